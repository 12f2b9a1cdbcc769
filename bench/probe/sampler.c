/* SPDX-License-Identifier: MIT */
/*
 * sampler.c - samples the cases of a probe: calibrates batches, interleaves cases in random blocks,
 * and stops each case when its median is precise.
 *
 * A batch is grown from the case's least until it lasts 1 ms, at most tenfold per step, from the
 * quickest of three tries: an interruption makes a try longer, never shorter. A sample that takes
 * long is kept even if it was meant for calibration. A case that failed or was wrong is not sampled
 * again.
 */
#include "bench/probe/sampler.h"

#include "base/rng.h"
#include "bench/data/probe_summary.h"
#include "bench/stats/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAMPLE_NS = 1000000, /* shorter ones are batched: 1,000 times what a coarse clock tells apart */
	TRIES = 3,
	MOST_SAMPLES = 400,
	ENOUGH = 10,        /* samples before a narrow interval is believed */
	LONG_NS = 30000000, /* a sample that costs more is worth keeping when it was meant to warm up */
};

static const double narrow = 0.01; /* half of the interval over the median */

/* One case under measurement. */
struct track {
	uint64_t batch, cost_ns; /* of the last sample, with all that is around it */
	bool done;
	enum probe_status status;
	char reason[PROBE_REASON];
	size_t samples, count[PROBE_METRICS];
	double value[PROBE_METRICS][MOST_SAMPLES];
};

struct sampling {
	struct probe_run *run;
	const struct sampler_plan *plan;
	struct track *tracks;
	size_t *order;
};

static enum probe_status take(struct sampling *s, size_t i, struct probe_sample *sample)
{
	struct probe_run *r = s->run;
	struct err ignored = {0};
	*sample = (struct probe_sample){0};
	for (size_t m = 0; m < PROBE_METRICS; m++)
		sample->value[m] = (double)NAN;
	place_bind(r->cpus[0], &ignored); /* a sample may have unbound its process */
	return r->cases[i].sample(r, &r->cases[i], s->tracks[i].batch, sample);
}

/* A sample of the case, kept; or the reason why there is none, and the end of its sampling. */
static void keep(struct track *t, enum probe_status status, const struct probe_sample *sample)
{
	if (status != PROBE_OK) {
		t->status = status;
		t->done = true;
		memcpy(t->reason, sample->reason, sizeof t->reason);
		return;
	}
	for (size_t m = 0; m < PROBE_METRICS; m++)
		if (!isnan(sample->value[m]))
			t->value[m][t->count[m]++] = sample->value[m];
	t->samples++;
}

/* The quickest of a few tries: one that was interrupted says nothing about the batch. What took long was a
 * sample. */
static double try_batch(struct sampling *s, size_t i)
{
	struct track *t = &s->tracks[i];
	struct probe_sample sample;
	double took = (double)INFINITY;
	for (int k = 0; k < TRIES && took >= SAMPLE_NS; k++) {
		const uint64_t start = clock_ns();
		enum probe_status status = take(s, i, &sample);
		t->cost_ns = clock_ns() - start;
		if (status != PROBE_OK || t->cost_ns > LONG_NS || s->run->probe->once)
			keep(t, status, &sample);
		double ns = sample.value[0] * (double)t->batch;
		took = ns < took ? ns : took;
		if (status != PROBE_OK || t->cost_ns > LONG_NS || t->batch == s->run->cases[i].most)
			break;
	}
	return took;
}

/* Finds the batch, which warms up as well. */
static void calibrate(struct sampling *s, size_t i, uint64_t end)
{
	struct track *t = &s->tracks[i];
	const uint64_t least = s->run->cases[i].least, most = s->run->cases[i].most;
	for (t->batch = least ? least : 1;;) {
		double took = try_batch(s, i), growth = SAMPLE_NS / (took > 1 ? took : 1);
		if (t->done || t->samples || t->batch == most || growth < 1.3 ||
			(s->plan->limited && clock_ns() > end))
			break;
		/* the first operations of a batch are slow: never more than tenfold */
		uint64_t next = (uint64_t)((double)t->batch * (growth > 10 ? 10 : growth)) + 1;
		t->batch = next < most ? next : most;
	}
}

static bool precise(const struct track *t)
{
	double sorted[MOST_SAMPLES];
	if (t->samples < ENOUGH)
		return false;
	memcpy(sorted, t->value[0], t->samples * sizeof *sorted);
	stats_sort(sorted, t->samples);
	struct interval i = stats_median_interval(sorted, t->samples, 0.95);
	return i.high - i.low <= 2 * narrow * stats_median(sorted, t->samples);
}

static void sample_once(struct sampling *s, size_t i)
{
	struct track *t = &s->tracks[i];
	struct probe_sample sample;
	const uint64_t start = clock_ns();
	enum probe_status status = take(s, i, &sample);
	t->cost_ns = clock_ns() - start;
	keep(t, status, &sample);
	t->done |= t->samples == MOST_SAMPLES || precise(t);
}

static void sample_all(struct sampling *s)
{
	const uint64_t end = clock_ns() + (uint64_t)(s->plan->budget_seconds * 1e9);
	uint64_t random = s->plan->seed;
	const size_t n = s->run->count;
	const bool once = s->run->probe->once;
	for (size_t i = 0; i < n; i++) {
		s->order[i] = i;
		calibrate(s, i, end);
	}
	bool left = true;
	for (unsigned block = 0; left && (block < s->plan->blocks || clock_ns() < end); block++) {
		left = false;
		shuffle(s->order, n, &random);
		for (size_t k = 0; k < n; k++) {
			size_t i = s->order[k];
			struct track *t = &s->tracks[i];
			t->done |= (once || (t->cost_ns > LONG_NS && t->samples >= s->plan->long_samples)) &&
				   clock_ns() >= end;
			if (!t->done)
				sample_once(s, i);
			left |= !t->done;
		}
	}
}

static void name_row(struct probe_launch_row *row, const struct sampling *s, size_t i, size_t metric)
{
	const struct probe *p = s->run->probe;
	const struct probe_case *c = &s->run->cases[i];
	const struct track *t = &s->tracks[i];
	row_clear(row, probe_launch_columns);
	snprintf(row->of.probe, sizeof row->of.probe, "%s", p->name);
	snprintf(row->of.mechanism, sizeof row->of.mechanism, "%s", c->mechanism);
	snprintf(row->of.worker, sizeof row->of.worker, "%s", c->worker);
	snprintf(row->of.setting, sizeof row->of.setting, "%s", c->setting);
	snprintf(row->of.metric, sizeof row->of.metric, "%s", p->metrics[metric].name);
	snprintf(row->of.unit, sizeof row->of.unit, "%s", p->metrics[metric].unit);
	row->launch_id = (struct uint_field){s->plan->launch_id, true};
	snprintf(row->status, sizeof row->status, "%s", probe_status_name(t->status));
	snprintf(row->reason, sizeof row->reason, "%s", t->reason);
}

static void fill_row(struct probe_launch_row *row, const struct sampling *s, size_t i, size_t metric)
{
	const struct probe_case *c = &s->run->cases[i];
	struct track *t = &s->tracks[i];
	double *x = t->value[metric];
	const size_t n = t->count[metric];
	stats_sort(x, n);
	row->samples = (struct uint_field){n, true};
	row->batch = (struct uint_field){t->batch, true};
	row->median = stats_median(x, n);
	row->min = x[0];
	row->max = x[n - 1];
	if (c->base >= 0) {
		const struct probe_case *base = &s->run->cases[c->base];
		probe_case_name(row->base, sizeof row->base, base->mechanism, base->worker, base->setting);
	}
	if (metric == 0 && c->expected_high > 0) {
		row->expected_low = c->expected_low;
		row->expected_high = c->expected_high;
	}
}

/* The rows of a case: one a number, or one that says why there is none. */
static int tell(const struct sampling *s, size_t i, sampler_emit_fn *emit, void *ctx, struct err *e)
{
	const struct track *t = &s->tracks[i];
	struct probe_launch_row row = {0};
	for (size_t m = 0; s->run->probe->metrics[m].name; m++) {
		if (t->status == PROBE_OK && t->count[m] == 0)
			continue;
		name_row(&row, s, i, m);
		if (t->status == PROBE_OK)
			fill_row(&row, s, i, m);
		if (emit(ctx, &row, e) != 0)
			return -1;
		if (t->status != PROBE_OK)
			break;
	}
	return 0;
}

int sampler_run(
	struct probe_run *r, const struct sampler_plan *plan, sampler_emit_fn *emit, void *ctx, struct err *e)
{
	struct sampling s = {.run = r, .plan = plan};
	s.tracks = calloc(r->count, sizeof *s.tracks);
	s.order = calloc(r->count, sizeof *s.order);
	int status = s.tracks && s.order ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
	if (status == 0)
		status = place_bind(r->cpus[0], e);
	if (status == 0 && r->probe->open)
		status = r->probe->open(r, e);
	if (status == 0)
		sample_all(&s);
	if (r->probe->close)
		r->probe->close(r);
	place_restore(&r->place);
	for (size_t i = 0; status == 0 && i < r->count; i++)
		status = tell(&s, i, emit, ctx, e);
	free(s.tracks);
	free(s.order);
	return status;
}
