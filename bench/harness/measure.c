/* SPDX-License-Identifier: MIT */
/*
 * measure.c - one launch from the inside: finds the right answer, opens the trial, runs the meter,
 * and hands out a verified row for each sample.
 *
 * Order matters. The answer is computed before any worker exists, so that it neither competes with
 * them nor warms their caches. Performance counters are opened before the workers are made, since
 * they are inherited at creation. Listing happens last, from a fresh serial pass, outside of
 * everything that is timed.
 */
#include "bench/harness/measure.h"

#include "base/paths.h"
#include "bench/harness/input.h"
#include "bench/harness/print_counts.h"
#include "bench/harness/print_items.h"
#include "bench/harness/trace.h"
#include "bench/harness/trial.h"
#include "bench/machine/clock.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct measurement {
	const struct measure_plan *plan;
	struct trial *trial;
	struct counters counters;
	struct disturbances disturbances;
	struct expected expected;
	struct sample row; /* what all rows of the launch share is filled in */
	measure_sink_fn *take;
	void *ctx;
	int trace_fd;
	uint64_t samples;
	bool wrong;
};

/*
 * A run in the calling thread or in an OpenMP region cannot be interrupted, so this process ends
 * itself if one takes too long. The alarm comes half a second late: back ends that can abandon
 * their workers report first, and name the worker.
 */
static char too_late[100];

static void give_up(int signal)
{
	(void)signal;
	ssize_t said = write(STDERR_FILENO, too_late, strlen(too_late));
	(void)said;
	_exit(ERR_FAILED);
}

static void limit(double seconds)
{
	enum { LONGEST = 1000000000 };
	double whole;
	const double part = modf(fmin(seconds, LONGEST), &whole);
	const struct itimerval end = {
		.it_value = {.tv_sec = (time_t)whole, .tv_usec = (suseconds_t)(part * 1e6)}};
	setitimer(ITIMER_REAL, &end, NULL);
}

static int run(void *ctx, uint64_t times, struct timing *mean, struct err *e)
{
	struct measurement *m = ctx;
	const double grace_seconds = 0.5;
	limit(m->plan->timeout_seconds * (double)times + grace_seconds);
	disturbances_start(&m->disturbances);
	counters_start(&m->counters);
	int status = trial_run(m->trial, times, mean, e);
	counters_stop(&m->counters, times, &mean->counted);
	disturbances_stop(&m->disturbances, &mean->disturbed);
	limit(0);
	return status;
}

static int take(void *ctx, const struct timing *t, uint64_t batch, struct err *e)
{
	struct measurement *m = ctx;
	struct sample *r = &m->row;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	r->sample = uint_known(m->samples++);
	r->seconds = t->total_ns / 1e9;
	r->batch = uint_known(batch);
	r->startup_ns = t->startup_ns;
	r->touch_ns = t->touch_ns;
	r->compute_ns = t->compute_ns;
	r->return_ns = t->return_ns;
	r->reap_ns = t->reap_ns;
	r->imbalance_ns = t->imbalance_ns;
	r->count = uint_known(t->tally.count);
	r->check = uint_known(t->tally.checksum);
	r->longest = (struct uint_field){t->tally.longest, m->plan->cell.kernel->longest != NULL};
	r->user_ns = t->user_ns;
	r->sys_ns = t->sys_ns;
	r->faults = t->faults;
	r->switches = t->switches;
	r->sleeps = t->sleeps;
	r->moves = t->moves;
#define DISTURBANCE(name, path, key, skip, ns, unit, meaning) r->name = t->disturbed.by[DISTURBANCE_##name];
#include "bench/machine/disturbance.def"
#undef DISTURBANCE
	r->misplaced = (struct uint_field){t->misplaced, trial_bound(m->trial)};
#define COUNTER(name, group, type, config, meaning) r->name = t->counted.count[COUNTER_##name];
#include "bench/machine/counters.def"
#undef COUNTER
	r->joules = t->counted.joules;
	r->stamp = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	bool right = verify_matches(&m->expected, t->tally);
	snprintf(r->status, sizeof r->status, "%s", right ? "ok" : "wrong");
	if (!right)
		snprintf(r->reason, sizeof r->reason,
			"count %" PRIu64 " check %" PRIu64 " longest %" PRIu64 ", but %.100s says %" PRIu64
			" %" PRIu64 " %" PRIu64,
			t->tally.count, t->tally.checksum, t->tally.longest, m->expected.source,
			m->expected.tally.count, m->expected.tally.checksum, m->expected.tally.longest);
	m->wrong |= !right;
	return m->take(m->ctx, r, e);
}

/* With the text in memory and the answer known. */
static int measure_trial(
	struct measurement *m, const struct cell *c, meter_measure_fn *measure, struct err *e)
{
	const struct measure_plan *p = m->plan;
	struct topology topology = {0};
	if (topology_read(&topology, "", e) != 0)
		return -1;
	char program[4096];
	const struct trial_plan plan = {.cell = c,
		.topology = &topology,
		.timeout_seconds = p->timeout_seconds,
		.program = paths_beside("parscale", program, sizeof program)};
	disturbances_open(&m->disturbances, "");
	/* Before there are workers: they inherit the counters. */
	if (p->counters)
		counters_open(&m->counters, "");
	m->trial = trial_open(&plan, e);
	int status = -1;
	if (m->trial) {
		const struct meter_plan meter = {.samples = p->samples,
			.warmup = p->warmup,
			.sample_seconds = p->sample_seconds,
			.cap_seconds = p->cap_seconds,
			.run = run,
			.run_ctx = m,
			.take = take,
			.take_ctx = m};
		snprintf(too_late, sizeof too_late, "parscale: %s: a run took longer than %g s\n",
			c->backend->name, p->timeout_seconds);
		signal(SIGALRM, give_up);
		m->row.setup_seconds += trial_setup_seconds(m->trial);
		if (c->lifetime == LIFETIME_POOL)
			m->row.open_seconds = trial_open_seconds(m->trial);
		status = measure(&meter, e);
		if (status == 0 && p->trace)
			status = trace_append(m->trace_fd, m->trial, &m->row.cell, e);
		trial_close(m->trial);
	}
	disturbances_close(&m->disturbances);
	counters_close(&m->counters);
	topology_free(&topology);
	return status;
}

/* What the runs must find, where the order does not say it, and what the kernel counts apart. */
static int find_answer(struct measurement *m, const struct cell *c, struct err *e)
{
	if (m->plan->expected_known)
		return 0;
	if (verify_expect(c, &m->expected, e) != 0)
		return -1;
	m->row.excluded.known = c->kernel->excluded != NULL;
	return verify_excluded(c, &m->expected, &m->row.excluded.value, e);
}

int measure_cell(const struct measure_plan *p, meter_measure_fn *measure, measure_sink_fn *taker, void *ctx,
	struct err *e)
{
	struct measurement m = {.plan = p, .expected = p->expected, .take = taker, .ctx = ctx};
	struct cell c = p->cell;
	struct input in = {0};
	counters_none(&m.counters);
	row_clear(&m.row, sample_columns);
	cell_factors(&c, p->meter, &m.row.cell);
	m.row.setup_seconds = 0;
	if (c.input[0]) {
		uint64_t start = clock_ns();
		if (input_open(c.input, &in, e) != 0)
			return -1;
		m.row.setup_seconds = (double)(clock_ns() - start) / 1e9;
		c.problem.text = in.bytes;
		c.problem.text_bytes = in.count;
		m.row.cell.items = uint_known(c.kernel->items(&c.problem));
	}
	m.trace_fd = p->trace ? trace_open(p->trace, e) : -1;
	int status = e->status == ERR_NONE ? find_answer(&m, &c, e) : -1;
	if (status == 0) {
		snprintf(m.row.verified_by, sizeof m.row.verified_by, "%s", m.expected.source);
		status = measure_trial(&m, &c, measure, e);
	}
	if (status == 0 && m.wrong)
		status = err_set(e, ERR_FAILED, "wrong answer: %.200s", m.row.reason);
	if (status == 0 && (p->print || p->print_unique))
		status = taker(ctx, NULL, e);
	if (status == 0 && p->print)
		status = print_items(&c, m.expected.tally, e);
	if (status == 0 && p->print_unique)
		status = print_counts(&c, m.expected.tally.count, e);
	if (status == 0)
		status = input_check(&in, e);
	if (m.trace_fd >= 0)
		close(m.trace_fd);
	input_free(&in);
	return status;
}
