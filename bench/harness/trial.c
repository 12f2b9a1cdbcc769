/* SPDX-License-Identifier: MIT */
/*
 * trial.c - runs a cell's problem on a team of workers and splits the wall time into phases.
 *
 * The opener stamps the start, the return (all workers done, results merged) and the end (workers
 * reaped). Each worker stamps its entry, the end of its first touch, the opening of the gate and
 * its last chunk in its own slot. All use CLOCK_MONOTONIC, one clock for all processes of a host,
 * so the phases are differences: launch = first worker past the gate - start - touch, compute =
 * last worker done - first past the gate, return = merged - last done, reap = end - merged. They
 * add up to the total by construction. Runs of a batch must agree in their tally, or the batch
 * fails.
 */
#include "bench/harness/trial.h"

#include "bench/harness/marshal.h"
#include "bench/harness/watchdog.h"
#include "bench/harness/work.h"
#include "bench/harness/worker_spec.h"
#include "bench/machine/clock.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { SPINS = 20000 };

struct trial {
	struct work work; /* first: the job's ctx is both */
	struct place place;
	int *cpus;
	struct worker_spec order;
	struct marshal marshal;
	struct job job;
	struct team *team;
	double setup_seconds, open_seconds;
	double timeout_seconds;

	/* the run in progress */
	uint64_t started, returned;
	/* where each solved the whole problem: the first whose answer is not worker 0's; 0: none */
	unsigned disagrees;
	bool fresh;    /* the workers entered in this run: their touch belongs to it */
	uint64_t done; /* how often each chunk is; before the first run 1 */
	struct timing timing;
};

/* How often a waiting worker polls before it sleeps. If workers outnumber their CPUs, the worker
 * that is waited for may be queued behind the one that polls; and if workers may move, waking them
 * up is what spreads them over the CPUs. */
static unsigned looks(const struct trial *t)
{
	static const unsigned by_choice[] = {[WAIT_ACTIVE] = UINT_MAX, [WAIT_PASSIVE] = 0};
	const struct cell *c = t->work.cell;
	if (c->wait != WAIT_AUTO)
		return by_choice[c->wait];
	return t->place.bound && c->workers <= t->place.capacity ? SPINS : 0;
}

static void before_create(void *ctx, unsigned worker)
{
	const struct trial *t = ctx;
	struct err ignored = {0};
	place_bind(t->cpus[worker], &ignored);
}

static void after_create(void *ctx)
{
	const struct trial *t = ctx;
	if (t->place.bound)
		place_restore(&t->place);
}

static double nanoseconds(struct timeval a, struct timeval b)
{
	return (double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_usec - a.tv_usec) * 1e3;
}

/* All workers are done and not yet reaped: merges their results and reads their stamps. */
static void all_done(void *ctx)
{
	struct trial *t = ctx;
	struct timing *m = &t->timing;
	uint64_t first_began = UINT64_MAX, first_ended = UINT64_MAX, last_ended = 0, touch = 0;
	*m = (struct timing){0};
	for (unsigned w = 0; w < t->work.cell->workers; w++) {
		const struct slot *s = t->work.cell->backend->slot(t->team, w);
		if (t->work.cell->scaling != SCALING_THROUGHPUT || w == 0)
			tally_add(&m->tally, s->tally);
		else if (!t->disagrees && memcmp(&m->tally, &s->tally, sizeof s->tally) != 0)
			t->disagrees = w;
		first_began = s->began < first_began ? s->began : first_began;
		first_ended = s->ended < first_ended ? s->ended : first_ended;
		last_ended = s->ended > last_ended ? s->ended : last_ended;
		touch = t->fresh && s->touched - s->entered > touch ? s->touched - s->entered : touch;
		m->misplaced += (unsigned)s->misplaced;
		m->user_ns += nanoseconds(s->before.ru_utime, s->after.ru_utime);
		m->sys_ns += nanoseconds(s->before.ru_stime, s->after.ru_stime);
		m->faults += (double)(s->after.ru_minflt - s->before.ru_minflt + s->after.ru_majflt -
				      s->before.ru_majflt);
		m->switches += (double)(s->after.ru_nivcsw - s->before.ru_nivcsw);
		m->sleeps += (double)(s->after.ru_nvcsw - s->before.ru_nvcsw);
		m->moves += s->moved;
	}
	if (t->work.marshal)
		m->tally = marshal_tally(&t->marshal);
	else if (t->work.cell->variant->settle)
		t->work.cell->variant->settle(t->work.input, &m->tally);
	m->touch_ns = (double)touch;
	m->startup_ns = (double)(first_began - t->started) - m->touch_ns;
	m->compute_ns = (double)(last_ended - first_began);
	m->imbalance_ns = (double)(last_ended - first_ended);
	t->returned = clock_ns();
	m->return_ns = (double)(t->returned - last_ended);
}

/*
 * How often the chunks of the next run are repeated, of the `left` times wanted. Ceilings measure
 * memory and registers, not start-up, so as many runs of a batch follow each other inside the
 * workers as fit into a tenth of a second. Not where the opener cannot write to the workers' slots.
 */
static uint64_t repeated(const struct trial *t, uint64_t left)
{
	const double most_ns = 1e8, took_ns = t->timing.total_ns / (double)t->done;
	const struct cell *c = t->work.cell;
	if (c->kernel->ceiling == CEILING_NONE || c->backend->message_passing || c->backend->host ||
		!(took_ns > 0))
		return 1;
	const double room = most_ns / took_ns;
	return room < 2 ? 1 : room < (double)left ? (uint64_t)room : left;
}

static int run_once(struct trial *t, uint64_t left, struct err *e)
{
	const uint64_t times = repeated(t, left);
	for (unsigned w = 0; w < t->work.cell->workers && times != t->done; w++)
		((struct slot *)t->work.cell->backend->slot(t->team, w))->again = times - 1;
	t->done = times;
	t->fresh = t->work.cell->lifetime == LIFETIME_SPAWN;
	t->returned = 0;
	if (t->work.marshal)
		marshal_clear(&t->marshal);
	t->started = clock_ns();
	if (t->work.cell->backend->run(t->team, e) != 0)
		return -1;
	if (t->disagrees)
		return err_blame(e, CAUSE_WRONG, "%s: worker %u of %u found another answer than worker 0",
			t->work.cell->backend->name, t->disagrees, t->work.cell->workers);
	uint64_t now = clock_ns();
	t->timing.reap_ns = (double)(now - t->returned);
	t->timing.total_ns = (double)(now - t->started);
	return 0;
}

static void add(struct timing *sum, const struct timing *m)
{
	sum->total_ns += m->total_ns;
#define PHASE(name, meaning) sum->name##_ns += m->name##_ns;
#define SPREAD(name, meaning) sum->name##_ns += m->name##_ns;
#define USAGE(name, unit, meaning) sum->name += m->name;
#include "bench/data/measured.def"
	sum->misplaced = m->misplaced > sum->misplaced ? m->misplaced : sum->misplaced;
}

static void divide(struct timing *m, double n)
{
	m->total_ns /= n;
#define PHASE(name, meaning) m->name##_ns /= n;
#define SPREAD(name, meaning) m->name##_ns /= n;
#define USAGE(name, unit, meaning) m->name /= n;
#include "bench/data/measured.def"
}

int trial_run(struct trial *t, uint64_t times, struct timing *mean, struct err *e)
{
	*mean = (struct timing){0};
	for (uint64_t i = 0; i < times; i += t->done) {
		if (run_once(t, times - i, e) != 0)
			return -1;
		if (i == 0)
			mean->tally = t->timing.tally;
		else if (memcmp(&mean->tally, &t->timing.tally, sizeof mean->tally) != 0)
			return err_blame(
				e, CAUSE_WRONG, "two runs of the same problem gave different answers");
		add(mean, &t->timing);
	}
	divide(mean, (double)times);
	return 0;
}

/* Ends this program where workers that a runtime makes, or the caller itself, hang outside of runs. Other back ends end
 * theirs themselves, which may take them a while. */
static void guard(const struct trial *t, const char *what)
{
	const struct backend *b = t->work.cell->backend;
	const double grace_seconds = b->runtime || b->max_workers == 1 ? 0.5 : 30;
	char message[100];
	snprintf(message, sizeof message, "parscale: %s: %s took longer than %g s\n", b->name, what,
		t->timeout_seconds);
	watchdog_on(t->timeout_seconds + grace_seconds, message);
}

static int open_team(struct trial *t, const struct trial_plan *plan, struct err *e)
{
	t->job = work_job(&t->work);
	t->job.before_create = before_create;
	t->job.after_create = after_create;
	t->job.all_done = all_done;
	if (t->work.cell->backend->exec_workers && plan->program) {
		if (worker_spec_make(&t->order, plan->program, t->work.cell, &t->work.problem, t->cpus,
			    &t->work.fault, e) != 0)
			return -1;
		t->job.program = t->order.program;
		t->job.order = t->order.fd;
	}
	const struct team_plan team = {.workers = t->work.cell->workers,
		.lifetime = (enum lifetime)t->work.cell->lifetime,
		.schedule = (enum schedule)t->work.cell->schedule,
		.threads_per_rank = t->work.cell->threads_per_rank,
		.nodes = (unsigned)t->work.cell->nodes,
		.global_lock = t->work.cell->global_lock,
		.spin = looks(t),
		.timeout_seconds = plan->timeout_seconds};
	if (t->work.cell->backend->message_passing) {
		if (marshal_open(&t->marshal, &t->work, e) != 0)
			return -1;
		t->work.marshal = &t->marshal;
		t->job.wire = &t->marshal.wire;
	}
	uint64_t start = clock_ns();
	guard(t, "creating its workers");
	t->team = t->work.cell->backend->open(&t->job, &team, e);
	watchdog_off();
	t->open_seconds = t->work.cell->lifetime == LIFETIME_POOL ? (double)(clock_ns() - start) / 1e9 : 0;
	return t->team ? 0 : -1;
}

/* Where the workers belong, and what they have of the caches. */
static int place_workers(struct trial *t, const struct trial_plan *plan, struct err *e)
{
	const unsigned workers = t->work.cell->workers;
	if (place_open(&t->place, t->work.cell->placement, plan->topology, e) != 0)
		return -1;
	t->cpus = malloc(workers * sizeof *t->cpus);
	if (!t->cpus)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	for (unsigned w = 0; w < workers; w++)
		t->cpus[w] = place_cpu(&t->place, w);
	if (plan->filler && t->work.cell->memory_policy.how == MEMORY_LOCAL) {
		plan->filler->cpus = t->cpus;
		plan->filler->spread = workers;
	}
	struct cache_share caches = place_caches(&t->place, workers);
	t->work = (struct work){.cell = t->work.cell, .problem = t->work.cell->problem, .cpus = t->cpus};
	t->work.fault = plan->fault;
	t->work.problem.listing = t->work.cell->backend->message_passing &&
				  kernel_lists_all(t->work.cell->kernel, t->work.cell->variant);
	t->work.problem.l1_bytes = caches.l1_bytes;
	t->work.problem.l2_bytes = caches.l2_bytes;
	t->work.problem.l3_bytes = caches.l3_bytes;
	return 0;
}

struct trial *trial_open(const struct trial_plan *plan, struct err *e)
{
	struct trial *t = calloc(1, sizeof *t);
	if (!t) {
		err_blame(e, CAUSE_MEMORY, "out of memory");
		return NULL;
	}
	t->done = 1;
	t->work.cell = plan->cell;
	t->timeout_seconds = plan->timeout_seconds;
	t->order.fd = -1;
	if (place_workers(t, plan, e) != 0 || memory_policy_apply(&plan->cell->memory_policy, e) != 0)
		goto fail;
	uint64_t start = clock_ns();
	if (work_setup(&t->work, e) != 0)
		goto fail;
	t->setup_seconds = (double)(clock_ns() - start) / 1e9;
	if (open_team(t, plan, e) != 0)
		goto fail;
	return t;
fail:
	trial_close(t);
	return NULL;
}

void trial_close(struct trial *t)
{
	if (!t)
		return;
	if (t->team) {
		guard(t, "ending its workers");
		t->work.cell->backend->close(t->team);
		watchdog_off();
	}
	worker_spec_close(&t->order);
	marshal_close(&t->marshal);
	work_teardown(&t->work);
	place_close(&t->place);
	free(t->cpus);
	free(t);
}

double trial_setup_seconds(const struct trial *t)
{
	return t->setup_seconds;
}

double trial_open_seconds(const struct trial *t)
{
	return t->open_seconds;
}

bool trial_rank_costs(const struct trial *t, struct rank_costs *costs)
{
	const struct backend *b = t->work.cell->backend;
	if (b->costs)
		b->costs(t->team, costs);
	return b->costs != NULL;
}

bool trial_bound(const struct trial *t)
{
	return t->place.bound;
}

void trial_stamps(const struct trial *t, unsigned worker, struct worker_stamps *out)
{
	const struct slot *s = t->work.cell->backend->slot(t->team, worker);
	*out = (struct worker_stamps){.entered_ns = t->fresh ? (double)(s->entered - t->started) : NAN,
		.touched_ns = t->fresh ? (double)(s->touched - t->started) : NAN,
		.began_ns = (double)(s->began - t->started),
		.ended_ns = (double)(s->ended - t->started),
		.returned_ns = (double)(t->returned - t->started),
		.total_ns = t->timing.total_ns,
		.cpu = s->cpu};
}
