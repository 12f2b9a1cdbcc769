/* SPDX-License-Identifier: MIT */
#include "probe/sampler.h"

#include "shuffle.h"
#include "data/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAMPLE_NS = 1000000, /* shorter ones are batched: 1,000 times what a coarse clock tells apart */
	TRIES = 3,
	MOST_SAMPLES = 400,
	ENOUGH = 10, /* samples before a narrow interval is believed */
	FEW = 3,     /* blocks that samples take part in which cost more than LONG_NS, once the budget is spent */
	LONG_NS = 30000000,
};

static const double narrow = 0.01; /* half of the interval over the median */

/* One case under measurement. */
struct track {
	uint64_t batch, cost_ns; /* of the last sample, with all that is around it */
	size_t samples;
	bool done;
	double first_metric[MOST_SAMPLES];
};

struct sampling {
	struct probe_run *run;
	const struct sampler_plan *plan;
	sampler_emit_fn *emit;
	void *ctx;
	struct track *tracks;
	size_t *order;
};

static void fill(const struct sampling *s, size_t i, size_t metric, struct probe_sample_row *row)
{
	const struct probe *p = s->run->probe;
	const struct probe_case *c = &s->run->cases[i];
	row_clear(memset(row, 0, sizeof *row), probe_sample_columns);
	snprintf(row->of.probe, sizeof row->of.probe, "%s", p->name);
	snprintf(row->of.mechanism, sizeof row->of.mechanism, "%s", c->mechanism);
	snprintf(row->of.worker, sizeof row->of.worker, "%s", c->worker);
	snprintf(row->of.setting, sizeof row->of.setting, "%s", c->setting);
	snprintf(row->of.metric, sizeof row->of.metric, "%s", p->metrics[metric].name);
	snprintf(row->of.unit, sizeof row->of.unit, "%s", p->metrics[metric].unit);
	row->launch_id = (struct uint_field){s->plan->launch_id, true};
	row->sample = (struct uint_field){s->tracks[i].samples, true};
	row->batch = (struct uint_field){s->tracks[i].batch, true};
}

static int send(const struct sampling *s, size_t i, enum probe_status status, const struct probe_sample *sample, struct err *e)
{
	struct probe_sample_row row;
	for (size_t m = 0; s->run->probe->metrics[m].name; m++) {
		if (status == PROBE_OK && isnan(sample->value[m]))
			continue;
		fill(s, i, m, &row);
		snprintf(row.status, sizeof row.status, "%s", probe_status_name(status));
		snprintf(row.reason, sizeof row.reason, "%s", sample->reason);
		if (status == PROBE_OK)
			row.value = sample->value[m];
		if (s->emit(s->ctx, &row, e) != 0)
			return -1;
		if (status != PROBE_OK)
			break; /* said once */
	}
	return 0;
}

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

/* The quickest of a few tries: one that was interrupted says nothing about the batch. -1 with *e set when a row could not be sent. */
static int try_batch(struct sampling *s, size_t i, double *took, struct err *e)
{
	struct track *t = &s->tracks[i];
	struct probe_sample sample;
	*took = (double)INFINITY;
	for (int k = 0; k < TRIES && *took >= SAMPLE_NS; k++) {
		const uint64_t start = clock_ns();
		enum probe_status status = take(s, i, &sample);
		t->cost_ns = clock_ns() - start;
		if (status != PROBE_OK) {
			t->done = true;
			return send(s, i, status, &sample, e);
		}
		double ns = sample.value[0] * (double)t->batch;
		*took = ns < *took ? ns : *took;
		if (t->batch == s->run->cases[i].most)
			break;
	}
	return 0;
}

/* Finds the batch, which warms up as well. */
static int calibrate(struct sampling *s, size_t i, struct err *e)
{
	struct track *t = &s->tracks[i];
	const uint64_t most = s->run->cases[i].most;
	for (t->batch = 1; !t->done;) {
		double took;
		if (try_batch(s, i, &took, e) != 0)
			return -1;
		double growth = SAMPLE_NS / (took > 1 ? took : 1);
		if (t->batch == most || growth < 1.3)
			break;
		/* the first operations of a batch are slow: never more than tenfold */
		uint64_t next = (uint64_t)((double)t->batch * (growth > 10 ? 10 : growth)) + 1;
		t->batch = next < most ? next : most;
	}
	return 0;
}

static bool precise(struct track *t)
{
	double sorted[MOST_SAMPLES];
	if (t->samples < ENOUGH)
		return false;
	memcpy(sorted, t->first_metric, t->samples * sizeof *sorted);
	stats_sort(sorted, t->samples);
	struct interval i = stats_median_interval(sorted, t->samples, 0.95);
	return i.high - i.low <= 2 * narrow * stats_median(sorted, t->samples);
}

static int sample_once(struct sampling *s, size_t i, struct err *e)
{
	struct track *t = &s->tracks[i];
	struct probe_sample sample;
	const uint64_t start = clock_ns();
	enum probe_status status = take(s, i, &sample);
	t->cost_ns = clock_ns() - start;
	if (send(s, i, status, &sample, e) != 0)
		return -1;
	if (status == PROBE_OK)
		t->first_metric[t->samples++] = sample.value[0];
	t->done = status != PROBE_OK || t->samples == MOST_SAMPLES || precise(t);
	return 0;
}

static int sample_all(struct sampling *s, struct err *e)
{
	const uint64_t end = clock_ns() + (uint64_t)(s->plan->budget_seconds * 1e9);
	uint64_t random = s->plan->seed;
	const size_t n = s->run->count;
	for (size_t i = 0; i < n; i++) {
		s->order[i] = i;
		if (calibrate(s, i, e) != 0)
			return -1;
	}
	bool left = true;
	for (unsigned block = 0; left && (block < s->plan->blocks || clock_ns() < end); block++) {
		left = false;
		shuffle(s->order, n, &random);
		for (size_t k = 0; k < n; k++) {
			size_t i = s->order[k];
			struct track *t = &s->tracks[i];
			t->done |= block >= FEW && t->cost_ns > LONG_NS && clock_ns() >= end;
			if (!t->done && sample_once(s, i, e) != 0)
				return -1;
			left |= !t->done;
		}
	}
	return 0;
}

int sampler_run(struct probe_run *r, const struct sampler_plan *plan, sampler_emit_fn *emit, void *ctx, struct err *e)
{
	struct sampling s = {.run = r, .plan = plan, .emit = emit, .ctx = ctx};
	s.tracks = calloc(r->count, sizeof *s.tracks);
	s.order = calloc(r->count, sizeof *s.order);
	int status = s.tracks && s.order ? 0 : err_set(e, ERR_FAILED, "out of memory");
	if (status == 0)
		status = place_bind(r->cpus[0], e);
	if (status == 0 && r->probe->open)
		status = r->probe->open(r, e);
	if (status == 0)
		status = sample_all(&s, e);
	if (r->probe->close)
		r->probe->close(r);
	place_restore(&r->place);
	free(s.tracks);
	free(s.order);
	return status;
}
