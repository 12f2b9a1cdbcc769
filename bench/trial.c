/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { CHUNKS_PER_WORKER = 16, SPINS = 20000 };

/* A worker's own record. Stamps are in nanoseconds of the one clock; those of a run are rewritten in each. */
struct slot {
	struct tally tally;
	uint64_t entered, touched; /* first instruction in the worker; scratch touched and CPU bound */
	uint64_t began, ended;     /* gate open; last chunk done */
	struct rusage before, after;
	int cpu;       /* where it is bound; -1: free */
	int misplaced; /* it was found elsewhere */
	void *scratch;
	struct err err; /* why it could not enter */
};

struct trial {
	const struct cell *cell;
	const struct variant *variant;
	void *input;
	uint64_t units;
	size_t scratch_bytes;
	struct place place;
	struct job job;
	struct team *team;
	double setup_seconds, open_seconds;

	/* the run in progress, in the opener only */
	uint64_t started, returned;
	bool fresh; /* the workers entered in this run: their touch belongs to it */
	struct timing timing;
};

/* --- in the worker --- */

static int enter(void *ctx, unsigned worker, void *mine)
{
	const struct trial *t = ctx;
	struct slot *s = mine;
	s->entered = clock_ns();
	s->cpu = place_cpu(&t->place, worker);
	if (place_bind(s->cpu, &s->err) != 0)
		return -1;
	if (t->scratch_bytes) {
		s->scratch = mmap(NULL, t->scratch_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (s->scratch == MAP_FAILED) {
			s->scratch = NULL;
			return err_set(&s->err, ERR_FAILED, "out of memory: scratch of %zu bytes", t->scratch_bytes);
		}
		for (size_t i = 0; i < t->scratch_bytes; i += 4096)
			((volatile char *)s->scratch)[i] = 0;
	}
	s->touched = clock_ns();
	return 0;
}

static void begin(void *ctx, unsigned worker, void *mine)
{
	struct slot *s = mine;
	(void)ctx;
	(void)worker;
	s->tally = (struct tally){0};
	getrusage(RUSAGE_THREAD, &s->before);
	s->began = clock_ns();
}

static void chunk(void *ctx, unsigned worker, void *mine, uint64_t index)
{
	const struct trial *t = ctx;
	struct slot *s = mine;
	struct tally found = {0};
	(void)worker;
	t->variant->chunk(t->input, trial_part(t->units, t->job.chunks, index), s->scratch, &found);
	tally_add(&s->tally, found);
}

static void end(void *ctx, unsigned worker, void *mine)
{
	struct slot *s = mine;
	(void)ctx;
	(void)worker;
	s->ended = clock_ns();
	getrusage(RUSAGE_THREAD, &s->after);
	s->misplaced = s->cpu >= 0 && place_current() != s->cpu;
}

static void leave(void *ctx, unsigned worker, void *mine)
{
	const struct trial *t = ctx;
	struct slot *s = mine;
	(void)worker;
	if (s->scratch)
		munmap(s->scratch, t->scratch_bytes);
	s->scratch = NULL;
}

/* --- in the opener --- */

static void before_create(void *ctx, unsigned worker)
{
	const struct trial *t = ctx;
	struct err ignored = {0};
	place_bind(place_cpu(&t->place, worker), &ignored);
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
	for (unsigned w = 0; w < t->cell->workers; w++) {
		const struct slot *s = t->cell->backend->slot(t->team, w);
		tally_add(&m->tally, s->tally);
		first_began = s->began < first_began ? s->began : first_began;
		first_ended = s->ended < first_ended ? s->ended : first_ended;
		last_ended = s->ended > last_ended ? s->ended : last_ended;
		touch = t->fresh && s->touched - s->entered > touch ? s->touched - s->entered : touch;
		m->misplaced += (unsigned)s->misplaced;
		m->user_ns += nanoseconds(s->before.ru_utime, s->after.ru_utime);
		m->sys_ns += nanoseconds(s->before.ru_stime, s->after.ru_stime);
		m->faults += (double)(s->after.ru_minflt - s->before.ru_minflt + s->after.ru_majflt - s->before.ru_majflt);
		m->switches += (double)(s->after.ru_nivcsw - s->before.ru_nivcsw);
	}
	m->touch_ns = (double)touch;
	m->launch_ns = (double)(first_began - t->started) - m->touch_ns;
	m->compute_ns = (double)(last_ended - first_began);
	m->imbalance_ns = (double)(last_ended - first_ended);
	t->returned = clock_ns();
	m->return_ns = (double)(t->returned - last_ended);
}

/* The error of a worker that could not enter says more than the back end can. */
static void explain(const struct trial *t, struct err *e)
{
	for (unsigned w = 0; t->team && w < t->cell->workers; w++) {
		const struct slot *s = t->cell->backend->slot(t->team, w);
		if (s->err.status == ERR_NONE)
			continue;
		*e = (struct err){0};
		err_set(e, s->err.status, "%s: worker %u of %u: %.800s", t->cell->backend->name, w, t->cell->workers, s->err.text);
		return;
	}
}

static int run_once(struct trial *t, struct err *e)
{
	t->fresh = t->cell->lifetime == LIFETIME_SPAWN;
	t->returned = 0;
	t->started = clock_ns();
	if (t->cell->backend->run(t->team, e) != 0) {
		explain(t, e);
		return -1;
	}
	uint64_t now = clock_ns();
	t->timing.reap_ns = (double)(now - t->returned);
	t->timing.total_ns = (double)(now - t->started);
	return 0;
}

static void add(struct timing *sum, const struct timing *m)
{
	sum->total_ns += m->total_ns;
	sum->launch_ns += m->launch_ns;
	sum->touch_ns += m->touch_ns;
	sum->compute_ns += m->compute_ns;
	sum->return_ns += m->return_ns;
	sum->reap_ns += m->reap_ns;
	sum->imbalance_ns += m->imbalance_ns;
	sum->user_ns += m->user_ns;
	sum->sys_ns += m->sys_ns;
	sum->faults += m->faults;
	sum->switches += m->switches;
	sum->misplaced = m->misplaced > sum->misplaced ? m->misplaced : sum->misplaced;
}

static void divide(struct timing *m, double n)
{
	double *const parts[] = {&m->total_ns, &m->launch_ns, &m->touch_ns, &m->compute_ns, &m->return_ns, &m->reap_ns,
		&m->imbalance_ns, &m->user_ns, &m->sys_ns, &m->faults, &m->switches};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		*parts[i] /= n;
}

int trial_run(struct trial *t, uint64_t times, struct timing *mean, struct err *e)
{
	*mean = (struct timing){0};
	for (uint64_t i = 0; i < times; i++) {
		if (run_once(t, e) != 0)
			return -1;
		if (i == 0)
			mean->tally = t->timing.tally;
		else if (memcmp(&mean->tally, &t->timing.tally, sizeof mean->tally) != 0)
			return err_set(e, ERR_FAILED, "two runs of the same problem gave different answers");
		add(mean, &t->timing);
	}
	divide(mean, (double)times);
	return 0;
}

struct span trial_part(uint64_t units, uint64_t parts, uint64_t i)
{
	uint64_t each = units / parts, longer = units % parts;
	uint64_t lo = i * each + (i < longer ? i : longer);
	return (struct span){lo, lo + each + (i < longer)};
}

/* Static: a share for each worker. Dynamic: enough chunks to even out the ends, none below the grain. */
static uint64_t count_chunks(const struct trial *t)
{
	const struct cell *c = t->cell;
	if (t->units == 0)
		return 0;
	if (c->schedule == SCHEDULE_STATIC)
		return t->units < c->workers ? t->units : c->workers;
	uint64_t grain = c->grain ? c->grain : t->variant->grain(t->input);
	uint64_t most = (t->units - 1) / grain + 1, wanted = (uint64_t)c->workers * CHUNKS_PER_WORKER;
	return c->grain || most < wanted ? most : wanted;
}

static int open_team(struct trial *t, const struct trial_plan *plan, struct err *e)
{
	t->job = (struct job){.chunks = count_chunks(t),
		.slot_bytes = sizeof(struct slot),
		.ctx = t,
		.enter = enter,
		.begin = begin,
		.chunk = chunk,
		.end = end,
		.leave = leave,
		.before_create = before_create,
		.after_create = after_create,
		.all_done = all_done};
	const struct team_plan team = {.workers = t->cell->workers,
		.lifetime = (enum lifetime)t->cell->lifetime,
		.schedule = (enum schedule)t->cell->schedule,
		.one_at_a_time = t->cell->one_at_a_time,
		.spin = t->cell->workers <= t->place.capacity ? SPINS : 0,
		.timeout_seconds = plan->timeout_seconds};
	uint64_t start = clock_ns();
	t->team = t->cell->backend->open(&t->job, &team, e);
	t->open_seconds = t->cell->lifetime == LIFETIME_POOL ? (double)(clock_ns() - start) / 1e9 : 0;
	return t->team ? 0 : -1;
}

struct trial *trial_open(const struct trial_plan *plan, struct err *e)
{
	const struct cell *c = plan->cell;
	struct trial *t = calloc(1, sizeof *t);
	if (!t) {
		err_set(e, ERR_FAILED, "out of memory");
		return NULL;
	}
	t->cell = c;
	t->variant = c->variant;
	if (place_open(&t->place, c->placement, plan->topology, e) != 0)
		goto fail;
	struct cache_share caches = place_caches(&t->place, c->workers);
	struct problem problem = c->problem;
	problem.l1_bytes = caches.l1_bytes;
	problem.l2_bytes = caches.l2_bytes;
	problem.l3_bytes = caches.l3_bytes;
	uint64_t start = clock_ns();
	if (t->variant->setup(&problem, &t->input, e) != 0)
		goto fail;
	t->setup_seconds = (double)(clock_ns() - start) / 1e9;
	t->units = t->variant->units(t->input);
	t->scratch_bytes = t->variant->scratch_bytes(t->input);
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
	if (t->team)
		t->cell->backend->close(t->team);
	if (t->input)
		t->variant->teardown(t->input);
	place_close(&t->place);
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

bool trial_bound(const struct trial *t)
{
	return t->place.bound;
}
