/* SPDX-License-Identifier: MIT */
/*
 * work.c - cuts a problem into chunks and executes them; the code that runs in every worker of
 * every back end.
 *
 * Entering binds the worker to its CPU and touches its scratch memory, so that its pages lie on its
 * own NUMA node. After the gate a run is nothing but two clock readings, two getrusage calls and
 * chunks: everything that allocates or can fail happened before. Static schedules have one chunk
 * per worker. Dynamic ones have 64 per worker if the grain allows: a worker then waits for at most
 * one chunk at the end, less than 2 % of its time, and the shared counter is taken 64 times per
 * worker only.
 */
#include "bench/harness/work.h"

#include "bench/harness/scratch.h"
#include "bench/harness/worker_spec.h"
#include "bench/machine/clock.h"
#include "bench/machine/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* See above: 1 / 64 bounds the imbalance at the end. */
enum { CHUNKS_PER_WORKER = 64 };

/* The first units % parts parts are one unit longer; computed from i alone, without a loop, so any
 * worker can compute any part. */
struct span work_part(uint64_t units, uint64_t parts, uint64_t i)
{
	uint64_t each = units / parts, longer = units % parts;
	uint64_t lo = i * each + (i < longer ? i : longer);
	return (struct span){lo, lo + each + (i < longer)};
}

uint64_t work_chunks(uint64_t units, uint64_t grain, unsigned workers)
{
	const uint64_t most = units ? (units - 1) / grain + 1 : 0,
		       wanted = (uint64_t)workers * CHUNKS_PER_WORKER;
	return most < wanted ? most : wanted;
}

/* Static: a share for each worker. Dynamic: enough chunks to even out the ends, none below the grain. */
static uint64_t count_chunks(const struct work *w)
{
	const struct cell *c = w->cell;
	if (w->units == 0)
		return 0;
	if (c->scaling == SCALING_THROUGHPUT)
		return cell_copies(c);
	if (c->schedule == SCHEDULE_STATIC)
		return w->units < c->workers ? w->units : c->workers;
	return c->grain ? (w->units - 1) / c->grain + 1
			: work_chunks(w->units, c->variant->grain(w->input), c->workers);
}

static struct span span_of(const struct work *w, uint64_t chunk)
{
	if (w->cell->scaling == SCALING_THROUGHPUT)
		return (struct span){0, w->units};
	return work_part(w->units, w->chunks, chunk);
}

int work_setup(struct work *w, struct err *e)
{
	const struct variant *v = w->cell->variant;
	if (v->setup(&w->problem, &w->input, e) != 0)
		return -1;
	w->units = v->units(w->input);
	w->scratch_bytes = v->scratch_bytes(w->input);
	w->chunks = count_chunks(w);
	return 0;
}

void work_teardown(struct work *w)
{
	if (w->input)
		w->cell->variant->teardown(w->input);
	w->input = NULL;
}

/* A worker that is the launch itself has to say why that ends; who waits for a process tells it. */
static void say_why(const struct work *w, unsigned worker)
{
	const struct backend *b = w->cell->backend;
	if (w->fault.kind == FAULT_OOM && (strcmp(b->worker, "process") != 0 || b->host))
		dprintf(STDERR_FILENO, "parscale: %s: worker %u is out of memory\n", b->name, worker);
}

bool work_fault(const struct work *w, unsigned worker, struct slot *s, enum fault_phase phase)
{
	if (w->fault.kind == FAULT_NONE || !fault_due(&w->fault, worker, phase, &s->reached[phase]))
		return false;
	say_why(w, worker);
	fault_strike(&w->fault);
	return w->fault.kind == FAULT_WRONG;
}

static int enter(void *ctx, unsigned worker, void *mine)
{
	const struct work *w = ctx;
	struct slot *s = mine;
	work_fault(w, worker, s, FAULT_ENTER);
	s->entered = clock_ns();
	s->cpu = w->cpus[worker];
	if (place_bind(s->cpu, &s->err) != 0 ||
		(w->cell->backend->host && memory_policy_apply(&w->cell->memory_policy, &s->err) != 0))
		return -1;
	if (w->scratch_bytes) {
		s->scratch = scratch_map(w->scratch_bytes);
		if (!s->scratch)
			return err_blame(&s->err, CAUSE_MEMORY, "out of memory: scratch of %zu bytes",
				w->scratch_bytes);
		scratch_touch(s->scratch, w->scratch_bytes);
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
	s->start_cpu = place_current();
	getrusage(RUSAGE_THREAD, &s->before);
	s->began = clock_ns();
}

#ifdef PARSCALE_PLANTED
/* A build for tests that must detect a change: each chunk takes a percentage more CPU time, as the environment says. */
static uint64_t own_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void work_longer(uint64_t began)
{
	const char *percent = getenv("PARSCALE_PLANTED");
	const uint64_t now = own_ns(), until = now + (uint64_t)((double)(now - began) *
								(percent ? strtod(percent, NULL) / 100 : 0));
	while (own_ns() < until)
		;
}
#endif

static void chunk(void *ctx, unsigned worker, void *mine, uint64_t index)
{
	const struct work *w = ctx;
	struct slot *s = mine;
	const struct span span = span_of(w, index);
	struct tally found;
	(void)worker;
#ifdef PARSCALE_PLANTED
	const uint64_t began = own_ns();
#endif
	for (uint64_t i = 0; i <= s->again; i++) {
		found = (struct tally){0};
		w->cell->variant->chunk(w->input, span, s->scratch, &found);
	}
#ifdef PARSCALE_PLANTED
	work_longer(began);
#endif
	tally_add(&s->tally, found);
}

static void end(void *ctx, unsigned worker, void *mine)
{
	struct slot *s = mine;
	(void)ctx;
	(void)worker;
	s->ended = clock_ns();
	getrusage(RUSAGE_THREAD, &s->after);
	const int cpu = place_current();
	s->misplaced = s->cpu >= 0 && cpu != s->cpu;
	s->moved = cpu != s->start_cpu;
}

/* --- the same in a run in which a fault is to happen; without one no run looks for it --- */

static void begin_with_fault(void *ctx, unsigned worker, void *mine)
{
	work_fault(ctx, worker, mine, FAULT_BEGIN);
	begin(ctx, worker, mine);
}

static void chunk_with_fault(void *ctx, unsigned worker, void *mine, uint64_t index)
{
	struct slot *s = mine;
	chunk(ctx, worker, mine, index);
	s->tally.count += work_fault(ctx, worker, s, FAULT_CHUNK);
}

static void end_with_fault(void *ctx, unsigned worker, void *mine)
{
	end(ctx, worker, mine);
	work_fault(ctx, worker, mine, FAULT_END);
}

static void at_gate(void *ctx, unsigned worker, void *mine)
{
	work_fault(ctx, worker, mine, FAULT_GATE);
}

static void reported(void *ctx, unsigned worker, void *mine)
{
	work_fault(ctx, worker, mine, FAULT_DONE);
}

static void leave(void *ctx, unsigned worker, void *mine)
{
	const struct work *w = ctx;
	struct slot *s = mine;
	work_fault(w, worker, s, FAULT_LEAVE);
	if (s->scratch)
		munmap(s->scratch, w->scratch_bytes);
	s->scratch = NULL;
}

/* Stamps by another host's clock: on that of `reference`, as if the gate had opened at the same instant for
 * both. */
static void align(void *ctx, const void *reference, void *theirs)
{
	const uint64_t shift = ((const struct slot *)reference)->began - ((const struct slot *)theirs)->began;
	struct slot *s = theirs;
	(void)ctx;
	s->entered += shift;
	s->touched += shift;
	s->began += shift;
	s->ended += shift;
}

static const struct err *why(const void *mine)
{
	return &((const struct slot *)mine)->err;
}

struct job work_job(struct work *w)
{
	struct job job = {.chunks = w->chunks,
		.slot_bytes = sizeof(struct slot),
		.ctx = w,
		.enter = enter,
		.why = why,
		.begin = begin,
		.chunk = chunk,
		.end = end,
		.leave = leave,
		.align = align};
	if (w->fault.kind != FAULT_NONE) {
		job.begin = begin_with_fault;
		job.chunk = chunk_with_fault;
		job.end = end_with_fault;
		job.at_gate = at_gate;
		job.reported = reported;
	}
	return job;
}

/* --- in a fresh program --- */

struct attached {
	struct work work; /* first: the job's ctx is both */
	struct job job;
};

/* Makes the input again before it enters: a failure is told like any other. */
static int setup_and_enter(void *ctx, unsigned worker, void *mine)
{
	struct attached *a = ctx;
	struct slot *s = mine;
	if (work_setup(&a->work, &s->err) != 0)
		return -1;
	if (a->work.chunks != a->job.chunks)
		return err_set(&s->err, ERR_FAILED, "its input makes %" PRIu64 " chunks, the team's %" PRIu64,
			a->work.chunks, a->job.chunks);
	return enter(ctx, worker, mine);
}

int work_again(struct work *w, const struct cell *cell, int order_fd, struct err *e)
{
	*w = (struct work){.cell = cell, .problem = cell->problem};
	return worker_spec_parse(order_fd, cell, &w->problem, &w->cpus, e);
}

int work_attach(const struct cell *cell, const struct fault *fault, int order_fd, int team_fd,
	unsigned worker, struct err *e)
{
	struct attached a = {0};
	if (work_again(&a.work, cell, order_fd, e) != 0)
		return -1;
	a.work.fault = *fault;
	a.job = work_job(&a.work);
	a.job.enter = setup_and_enter;
	int status = backend_attach(team_fd, worker, &a.job, e);
	work_teardown(&a.work);
	return status;
}
