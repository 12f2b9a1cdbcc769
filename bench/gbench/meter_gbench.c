/* SPDX-License-Identifier: MIT */
/*
 * meter_gbench.c - the meter that leaves the number of runs to Google Benchmark.
 *
 * The library reports means only, so each call is recorded here with all its phases. It makes some
 * calls to estimate the iteration count and then one per repetition: the last calls, as many as
 * repetitions were reported, are the samples.
 */
#include "bench/gbench/meter_gbench.h"

#include "bench/gbench/gbench.h"
#include "bench/machine/clock.h"

#include <stdio.h>
#include <stdlib.h>

/* What Google Benchmark asked for, in order: while it looks for the number of runs that make a sample, then
 * sample by sample. */
struct call {
	uint64_t times;
	struct timing mean;
};

struct session {
	const struct meter_plan *plan;
	struct err *e;
	double deadline; /* on our clock */
	struct call *calls;
	size_t count, capacity;
	size_t samples; /* the last of the calls, that were reported */
	bool failed;
};

static int session_add(struct session *s, uint64_t times, const struct timing *mean)
{
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? 2 * s->capacity : 64;
		struct call *calls = realloc(s->calls, capacity * sizeof *calls);
		if (!calls)
			return err_blame(
				s->e, CAUSE_MEMORY, "gbench: out of memory for %zu samples", capacity);
		s->calls = calls;
		s->capacity = capacity;
	}
	s->calls[s->count++] = (struct call){times, *mean};
	return 0;
}

static int run(void *ctx, uint64_t times, double *seconds, char *why, size_t why_size)
{
	struct session *s = ctx;
	struct timing mean;
	if (!s->failed && s->count && (double)clock_ns() >= s->deadline) {
		snprintf(why, why_size, "the time is up");
		return -1;
	}
	if (s->failed || s->plan->run(s->plan->run_ctx, times, &mean, s->e) != 0 ||
		session_add(s, times, &mean) != 0) {
		s->failed = true;
		snprintf(why, why_size, "%s", s->e->text);
		return -1;
	}
	*seconds = mean.total_ns / 1e9;
	return 0;
}

static void report(void *ctx, const struct gbench_repetition *r)
{
	struct session *s = ctx;
	s->samples += !r->skipped;
}

int meter_gbench(const struct meter_plan *plan, struct err *e)
{
	struct session s = {.plan = plan, .e = e, .deadline = (double)clock_ns() + plan->cap_seconds * 1e9};
	const struct gbench_case c = {.name = "cell", .run = run, .ctx = &s};
	double ns;
	unsigned taken;
	if (meter_warm_up(plan, s.deadline, &ns, &taken, e) != 0)
		return -1;
	if (taken == plan->samples || (taken && (double)clock_ns() >= s.deadline))
		return 0;
	const uint64_t times = plan->known.batch ? meter_batch(plan, ns) : 0;
	const unsigned samples = meter_samples(plan, ns, times);
	gbench_measure(&c, plan->sample_seconds, times, samples - taken, report, &s);
	/* When the time was up before a sample was long enough, the longest try is the sample. */
	if (!s.samples && s.count)
		s.samples = 1;
	int status = s.failed ? -1 : 0;
	if (!s.samples && !s.failed)
		status = err_set(
			e, ERR_FAILED, "gbench: Google Benchmark ran nothing (is BENCHMARK_FILTER set?)");
	for (size_t i = s.count - s.samples; status == 0 && i < s.count; i++)
		status = plan->take(plan->take_ctx, &s.calls[i].mean, s.calls[i].times, e);
	free(s.calls);
	return status;
}
