/* SPDX-License-Identifier: MIT */
/*
 * cache.c - probe `cache`: latency and read bandwidth over the size of the working set, by one worker and by all at
 * once, each on memory of its own. Where latency rises a cache ends (bench/data/cache_levels.h).
 *
 * Latency is that of a walk along pointers, one a line, in one random cycle (Sattolo 1986), which no prefetcher
 * foresees. The cycle is grown line by line: a new line is inserted behind a random earlier one, which gives each cycle
 * with the same probability. Memory is in huge pages where the system has them, so that translation of addresses and
 * the scatter of pages add little. Workers begin each part together, so that shared caches are shared.
 */
#include "bench/probe/pages.h"
#include "bench/probe/tasks.h"

#include "base/rng.h"
#include "base/units.h"
#include "bench/data/cache_levels.h"
#include "kernels/cpu.h"
#include "kernels/kernel.h"

#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE = 64,
	SMALLEST = 4096,
	HUGE_PAGE = 2 << 20,
	TEAMS = 2,            /* one worker, all */
	ROUNDS = 3,           /* of each part, of which the quickest counts */
	HOPS_LEAST = 1 << 14, /* of a round */
	HOPS_MOST = 1 << 16,
	GROUP_BYTES = 1 << 17,
	PASS_NS = 300000, /* a round of reading is so many passes as take this */
	MIB = 1 << 20,
	PART_OF_FREE = 4, /* of the free memory that all workers take at most */
	/* beyond the largest cache that the system tells of: so that what is four times as large, which plans take
	 * for memory, is seen beside twice as much */
	TIMES_LARGEST = 8,
	QUICK_STEPS = 2, /* sizes an octave */
	FULL_STEPS = 8,
	CACHE_TASK_SECONDS = 60
};
static const uint64_t whole_walk = 64 << 20;    /* bytes up to which a walk warms up all of a cycle */
static const uint64_t quick_untold = 256 << 20, /* the largest size of a quick look where no cache is told */
	quick_coarse = 64 << 20;                /* and from where it takes two sizes an octave at most */
static const double quick_seconds = 8;

enum option { LARGEST_MIB, PER_OCTAVE };

struct cache_state {
	const struct variant *read;
	uint64_t deadline_ns; /* 0: none */
	double ns_per_byte;   /* that samples have taken so far, at most */
};

/* What all workers of a sample share. */
struct sampling {
	uint64_t bytes; /* of each worker */
	unsigned workers;
	const struct variant *read;
	uint64_t seed;
	_Atomic unsigned arrived; /* at all meetings so far */
};

/* All workers wait here for the last one. */
static void meet(struct sampling *s, unsigned meeting)
{
	atomic_fetch_add(&s->arrived, 1);
	for (unsigned i = 1; atomic_load(&s->arrived) < meeting * s->workers; i++)
		if (i % 1000 == 0)
			sched_yield();
}

/* Makes one random cycle of all lines: each begins with the address of the next. */
static void grow_cycle(char *memory, uint64_t lines, uint64_t seed)
{
	*(void **)(void *)memory = memory;
	for (uint64_t i = 1; i < lines; i++) {
		void **line = (void **)(void *)(memory + i * LINE);
		void **before = (void **)(void *)(memory + rng_next(&seed) % i * LINE);
		*line = *before;
		*before = line;
	}
}

/* So many hops on from `at`. */
static void **walk(void **at, uint64_t hops)
{
	for (uint64_t i = 0; i < hops; i++)
		at = *at;
	return at;
}

/* The length of the cycle; more than `most` counts as 0. */
static uint64_t length(void **start, uint64_t most)
{
	uint64_t n = 1;
	for (void **at = *start; at != start; at = *at)
		if (n++ > most)
			return 0;
	return n;
}

/* ns of a hop, the quickest round. */
static double chase(struct sampling *s, struct task *t)
{
	const uint64_t room = (s->bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, lines = s->bytes / LINE;
	char *memory = pages_map(room, true);
	double least = INFINITY;
	if (memory) {
		grow_cycle(memory, lines, s->seed + t->index);
		if (s->bytes <= whole_walk && length((void **)(void *)memory, lines) != lines)
			task_say(t, PROBE_WRONG, "the walk does not come by all lines");
	} else {
		task_say(t, PROBE_MEMORY, "out of memory for %llu bytes", (unsigned long long)room);
	}
	void **at = (void **)(void *)memory;
	const uint64_t hops = lines < HOPS_LEAST ? HOPS_LEAST : lines > HOPS_MOST ? HOPS_MOST : lines;
	meet(s, 1);
	for (int round = 0; at && round <= ROUNDS; round++) { /* the first one warms up */
		const uint64_t start = clock_ns();
		at = walk(at, hops);
		const double ns = (double)(clock_ns() - start) / (double)hops;
		least = round > 0 && ns < least ? ns : least;
	}
	t->word[2] = (uintptr_t)at; /* so that the walk is made */
	meet(s, 2);
	t->word[3] = memory ? pages_huge_bytes(memory) * 100 / room : 0;
	pages_unmap(memory, room);
	return least;
}

/* ns of a pass over as many bytes by the kernel `read`, the quickest round. */
static double read_all(struct sampling *s, struct task *t)
{
	const struct kernel *k;
	struct err e = {0};
	struct problem p;
	void *input = NULL;
	struct tally first = {0};
	double least = INFINITY;
	problem_init(&p);
	k = kernel_find("read", &e);
	if (k)
		k->resize(&p, s->bytes);
	p.workers = 1;
	if (!k || s->read->setup(&p, &input, &e) != 0)
		task_say(t, probe_status_of(e.cause), "%.120s", e.text);
	const uint64_t group = 1 + GROUP_BYTES / s->bytes; /* passes between two looks at the clock */
	const struct span all = {0, input ? s->read->units(input) : 0};
	if (input)
		s->read->chunk(input, all, NULL, &first);
	meet(s, 3);
	for (int round = 0; input && round < ROUNDS; round++) {
		uint64_t passes = 0, end;
		const uint64_t start = clock_ns();
		do {
			for (uint64_t i = 0; i < group; i++) {
				struct tally next = {0};
				s->read->chunk(input, all, NULL, &next);
				if (memcmp(&first, &next, sizeof first) != 0)
					task_say(t, PROBE_WRONG, "two passes gave different answers");
			}
			passes += group;
			end = clock_ns();
		} while (end - start < PASS_NS);
		const double ns = (double)(end - start) / (double)passes;
		least = ns < least ? ns : least;
	}
	meet(s, 4);
	if (input)
		s->read->teardown(input);
	return least;
}

static void work(void *ctx, struct task *t)
{
	struct sampling *s = ctx;
	const double found[2] = {chase(s, t), read_all(s, t)};
	memcpy(t->word, found, sizeof found);
}

static unsigned workers_of(const struct probe_run *r, uint64_t team)
{
	return team == 0 ? 1 : r->place.capacity;
}

/* Whether there is time for a sample of so many bytes. */
static bool in_time(const struct cache_state *state, double bytes)
{
	return !state->deadline_ns ||
	       (double)clock_ns() + state->ns_per_byte * bytes < (double)state->deadline_ns;
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct cache_state *state = r->state;
	struct sampling one = {.bytes = c->size / TEAMS,
		.workers = workers_of(r, c->size % TEAMS),
		.read = state->read,
		.seed = c->size};
	const struct tasks tasks = {.count = one.workers,
		.run = work,
		.ctx = &one,
		.place = &r->place,
		.timeout_seconds = CACHE_TASK_SECONDS};
	(void)batch;
	if (!in_time(state, (double)one.bytes))
		return probe_say(s, PROBE_ABSENT, "no time left in a quick look");
	if (one.bytes * one.workers > pages_available() / PART_OF_FREE)
		return probe_say(s, PROBE_ABSENT, "more than a quarter of the free memory");
	struct task *done = calloc(one.workers, sizeof *done);
	if (!done)
		return probe_say(s, PROBE_MEMORY, "out of memory");
	const uint64_t start = clock_ns();
	enum probe_status status = tasks_run(&tasks, done, s);
	const double took = (double)(clock_ns() - start) / (double)one.bytes;
	if (one.bytes >= HUGE_PAGE && took > state->ns_per_byte)
		state->ns_per_byte = took;
	double hop = 0, rate = 0, huge = 0;
	for (unsigned w = 0; status == PROBE_OK && w < one.workers; w++) {
		double found[2];
		memcpy(found, done[w].word, sizeof found);
		hop += found[0] / one.workers;
		rate += (double)one.bytes / found[1] * 1e9;
		huge += (double)done[w].word[3] / one.workers;
	}
	free(done);
	s->value[0] = hop;
	s->value[1] = rate;
	s->value[2] = huge;
	return status;
}

/* Bytes of the largest cache that the system tells a worker to have, among so many; 0: none. */
static uint64_t told(const struct probe_run *r, unsigned workers)
{
	const struct cache_share share = place_caches(&r->place, workers);
	const uint64_t first = share.l1_bytes > share.l2_bytes ? share.l1_bytes : share.l2_bytes;
	return share.l3_bytes > first ? share.l3_bytes : first;
}

/* Bytes of the largest working set of a worker alone. */
static uint64_t largest(const struct probe_run *r)
{
	const uint64_t available = pages_available(),
		       room = available == UINT64_MAX ? UINT64_C(1) << 30 : available / PART_OF_FREE;
	const uint64_t most = told(r, 1) ? TIMES_LARGEST * told(r, 1) : r->quick ? quick_untold : room;
	return most < room ? most : room;
}

/* The same of each of a team, where one alone has `most`. */
static uint64_t largest_of(const struct probe_run *r, unsigned workers, uint64_t most)
{
	const uint64_t share = told(r, workers), own = share ? TIMES_LARGEST * share : most / workers;
	return own < most ? own : most;
}

static void add_case(struct probe_run *r, uint64_t bytes, uint64_t team)
{
	struct probe_case c = {.mechanism = cache_teams[team],
		.worker = task_workers[0],
		.base = -1,
		.sample = sample,
		.most = 1,
		.size = bytes * TEAMS + team};
	units_bytes_exact(bytes, c.setting);
	if (r->count < PROBE_CASES)
		probe_add(r, &c);
}

static int cases(struct probe_run *r, struct err *e)
{
	const unsigned all = workers_of(r, 1);
	const uint64_t steps = r->option[PER_OCTAVE] ? r->option[PER_OCTAVE]
			       : r->quick            ? QUICK_STEPS
						     : FULL_STEPS;
	(void)e;
	/* said, so that the launch makes the same cases as the driver, whatever memory is free by then */
	if (r->option[LARGEST_MIB] == 0)
		r->option[LARGEST_MIB] = (largest(r) + MIB - 1) / MIB;
	const uint64_t most = r->option[LARGEST_MIB] * MIB, most_of_all = largest_of(r, all, most);
	for (uint64_t octave = SMALLEST; octave <= most; octave *= 2)
		for (uint64_t i = 0; i < steps; i++) {
			const uint64_t bytes = octave / steps * (steps + i) / LINE * LINE;
			if (bytes > most || (r->quick && octave >= quick_coarse && i * 2 % steps != 0))
				continue;
			add_case(r, bytes, 0);
			if (all > 1 && bytes <= most_of_all)
				add_case(r, bytes, 1);
		}
	return 0;
}

static int open_cache(struct probe_run *r, struct err *e)
{
	struct cache_state *state = r->state = calloc(1, sizeof *state);
	if (!state)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	const struct kernel *k = kernel_find("read", e);
	state->read = k ? variant_find(k, "best", e) : NULL;
	state->deadline_ns = r->quick ? clock_ns() + (uint64_t)(quick_seconds * 1e9) : 0;
	return state->read ? 0 : -1;
}

static void close_cache(struct probe_run *r)
{
	free(r->state);
	r->state = NULL;
}

const struct probe probe_cache = {
	.name = "cache",
	.summary = "latency and read rate over the size of the working set, by one worker and by all",
	.timed =
		"Latency: a hop along pointers, one in each line of 64 bytes, in one random cycle that comes by all "
		"lines, after a warm-up. Rate: passes of the kernel `read` over as many bytes. Each worker has "
		"memory of its own, in huge pages where the system has them, and all begin together; of three "
		"rounds the quickest counts. The latency is the workers' mean, the rate their sum. The walk must "
		"come by every line, and each pass must give the same answer.",
	.expect =
		"Latency is flat inside a cache and rises where it ends: about 1 to 2 ns in L1, 3 to 6 in L2, 10 to "
		"40 in L3, 80 to 150 from memory. Where all work, shared caches end at a fraction of their size. In "
		"small pages address translation adds steps of its own. What a sweep makes of it is the table of "
		"caches in its report.",
	.metrics = {{"hop", "ns", "to the next line"}, {"rate", "B/s", "read by all workers"},
		{"huge", "%", "of the memory in huge pages"}},
	.options =
		{{"largest-mib", 0, 1048576, 0,
			 "MiB of the largest working set of a worker; 0: eight times the largest cache, or a "
			 "quarter of the free memory"},
			{"per-octave", 0, 16, 0, "sizes per doubling; 0: 8, in a quick look 2"}},
	.once = true,
	.opens = true,
	.cases = cases,
	.open = open_cache,
	.close = close_cache,
};
