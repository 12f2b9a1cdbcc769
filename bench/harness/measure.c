/* SPDX-License-Identifier: MIT */
/*
 * measure.c - opens the trial, runs the meter, and hands out a verified row for each sample.
 *
 * Order matters: performance counters are opened before the workers are made, since they are
 * inherited at creation.
 */
#include "bench/harness/measure.h"

#include "base/paths.h"
#include "bench/harness/prepare.h"
#include "bench/harness/trace.h"
#include "bench/harness/trial.h"
#include "bench/harness/watchdog.h"
#include "bench/machine/build.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

struct measurement {
	const struct measure_plan *plan;
	struct trial *trial;
	struct own_filler *filler;
	struct counters counters;
	struct disturbances disturbances;
	const struct expected *expected;
	struct sample row; /* what all rows of the launch share is filled in */
	measure_sink_fn *take;
	void *ctx;
	int trace_fd;
	uint64_t samples;
	char wrong[256]; /* the first wrong answer, of whatever run */
};

/* A wrong answer is told even where it is of a run that makes no sample. */
static void check_answer(struct measurement *m, const struct tally *found)
{
	const struct tally *right = &m->expected->tally;
	if (verify_matches(m->expected, *found) || m->wrong[0])
		return;
	snprintf(m->wrong, sizeof m->wrong,
		"count %" PRIu64 " check %" PRIu64 " longest %" PRIu64 ", but %.100s says %" PRIu64
		" %" PRIu64 " %" PRIu64,
		found->count, found->checksum, found->longest, m->expected->source, right->count,
		right->checksum, right->longest);
}

static int run(void *ctx, uint64_t times, struct timing *mean, struct err *e)
{
	struct measurement *m = ctx;
	/* half a second late: back ends that can abandon their workers report first, and name the worker */
	const double grace_seconds = 0.5;
	char message[100];
	snprintf(message, sizeof message, "parscale: %s: a run took longer than %g s\n",
		m->plan->cell.backend->name, m->plan->timeout_seconds);
	watchdog_on(m->plan->timeout_seconds * (double)times + grace_seconds, message);
	disturbances_start(&m->disturbances);
	counters_start(&m->counters);
	int status = trial_run(m->trial, times, mean, e);
	counters_stop(&m->counters, times, &mean->counted);
	disturbances_stop(&m->disturbances, &mean->disturbed);
	watchdog_off();
	if (status == 0)
		check_answer(m, &mean->tally);
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
#define PHASE(name, meaning) r->name##_ns = t->name##_ns;
#define SPREAD(name, meaning) r->name##_ns = t->name##_ns;
#define USAGE(name, unit, meaning) r->name = t->name;
#include "bench/data/measured.def"
	struct rank_costs costs;
	if (trial_rank_costs(m->trial, &costs)) {
#define RANK_COST(name, meaning) r->name##_ns = costs.name##_ns;
#include "bench/data/rank_costs.def"
	}
	r->count = uint_known(t->tally.count);
	r->check = uint_known(t->tally.checksum);
	r->longest = (struct uint_field){t->tally.longest, m->plan->cell.kernel->longest != NULL};
#define DISTURBANCE(name, path, key, skip, ns, unit, meaning) r->name = t->disturbed.by[DISTURBANCE_##name];
#include "bench/machine/disturbance.def"
#undef DISTURBANCE
	r->misplaced = (struct uint_field){t->misplaced, trial_bound(m->trial)};
#define COUNTER(name, group, type, config, meaning) r->name = t->counted.count[COUNTER_##name];
#include "bench/machine/counters.def"
#undef COUNTER
	r->joules = t->counted.joules;
	r->stamp = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	bool right = verify_matches(m->expected, t->tally);
	snprintf(r->status, sizeof r->status, "%s", right ? "ok" : "wrong");
	snprintf(r->reason, sizeof r->reason, "%s", right ? "" : m->wrong);
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
	if (topology_check_here(&topology, e) != 0) {
		topology_free(&topology);
		return -1;
	}
	char program[4096];
	const struct trial_plan plan = {.cell = c,
		.topology = &topology,
		.timeout_seconds = p->timeout_seconds,
		.filler = m->filler,
		.fault = p->fault,
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
			.share = p->share,
			.started = (double)p->started_ns,
			.known = p->known,
			.sample_seconds = p->sample_seconds,
			.cap_seconds = p->cap_seconds,
			.run = run,
			.run_ctx = m,
			.take = take,
			.take_ctx = m};
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

int measure_cell(const struct measure_plan *plan, const struct prepared *p, meter_measure_fn *measure,
	measure_sink_fn *take_row, void *ctx, struct err *e)
{
	struct own_filler filler = p->filler; /* the trial's own: it may spread what it makes */
	struct cell cell = p->cell;
	filler.filler.ctx = &filler;
	cell.problem.filler = &filler.filler;
	struct measurement m = {
		.plan = plan, .filler = &filler, .expected = &p->expected, .take = take_row, .ctx = ctx};
	counters_none(&m.counters);
	row_clear(&m.row, sample_columns);
	cell_factors(&p->cell, plan->meter, &m.row.cell);
	if (p->cell.input[0])
		m.row.cell.items = uint_known(p->cell.kernel->items(&p->cell.problem));
	m.row.setup_seconds = p->read_seconds;
	m.row.excluded = p->excluded;
	snprintf(m.row.verified_by, sizeof m.row.verified_by, "%s", p->expected.source);
	snprintf(m.row.openmp_runtime, sizeof m.row.openmp_runtime, "%s", build_openmp_runtime);
	m.trace_fd = plan->trace ? trace_open(plan->trace, e) : -1;
	int status = e->status == ERR_NONE ? measure_trial(&m, &cell, measure, e) : -1;
	if (status == 0 && m.wrong[0])
		status = err_blame(e, CAUSE_WRONG, "wrong answer: %.200s", m.wrong);
	if (m.trace_fd >= 0)
		close(m.trace_fd);
	return status;
}
