/* SPDX-License-Identifier: MIT */
/*
 * meter.c - the native meter: how many warm-up runs, how many runs per sample, when to stop.
 *
 * Warm-up ends by evidence: two runs in a row that agree within 10 %, at most ten. Runs shorter
 * than the sample time are batched until one sample lasts that long, so that the clock's resolution
 * and the cost of reading it do not matter; the batch is found by trial, at most tenfold per step,
 * because the first run of a short kernel is mostly start-up and predicts badly.
 */
#include "bench/harness/meter.h"

#include "base/paths.h"
#include "bench/machine/clock.h"
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct meter meters[] = {
	{"gbench", "Google Benchmark, by manual time", "parscale-gbench", MISSING_BENCHMARK},
	{"native", "our own: warm-up by evidence, batches that last a sample's time", "parscale", NULL}, {0}};

/* A program may have been copied without those beside it. */
static bool is_there(const struct meter *m)
{
	char path[4096];
	return m->name[0] == 'n' || access(paths_beside(m->program, path, sizeof path), X_OK) == 0;
}

const struct meter *meter_find(const char *name, struct err *e)
{
	for (const struct meter *m = meters; m->name; m++) {
		if (strcmp(name, "auto") == 0 && !m->missing && is_there(m))
			return m;
		if (strcmp(name, m->name) != 0)
			continue;
		if (!m->missing)
			return m;
		err_set(e, ERR_ABSENT, "--meter: %s is not available: %s", name, m->missing);
		return NULL;
	}
	err_set(e, ERR_USAGE, "--meter: '%s' is not one of auto, gbench, native", name);
	return NULL;
}

int meter_option(const char *name, const char *value, void *target, struct err *e)
{
	const struct meter **meter = target;
	(void)name;
	return (*meter = meter_find(value, e)) ? 0 : -1;
}

int meter_warm_up(const struct meter_plan *p, double deadline, double *ns, unsigned *taken, struct err *e)
{
	enum { LONGEST = 10, STEPS = 4 };
	const uint64_t times = p->warmup && p->known.batch > STEPS ? p->known.batch / STEPS : 1;
	double before = p->known.seconds * 1e9;
	*taken = 0;
	if (p->warmup == 1 && p->known.seconds > p->cap_seconds) { /* warms up within its own first moments */
		*ns = before;
		return 0;
	}
	for (unsigned i = 0; i < LONGEST || i < p->warmup; i++) {
		struct timing t;
		if (p->run(p->run_ctx, times, &t, e) != 0)
			return -1;
		*ns = t.total_ns;
		if (p->warmup == 0) {
			*taken = t.total_ns >= p->sample_seconds * 1e9;
			return *taken ? p->take(p->take_ctx, &t, 1, e) : 0;
		}
		bool settled = before > 0 && t.total_ns > 0.9 * before && t.total_ns < 1.1 * before;
		if (i + 1 >= p->warmup && (settled || (double)clock_ns() > deadline))
			return 0;
		before = t.total_ns;
	}
	return 0;
}

uint64_t meter_batch(const struct meter_plan *p, double ns)
{
	const double margin = 1.05, wanted = margin * p->sample_seconds * 1e9;
	const double most = 10 * (double)p->known.batch; /* what a run cannot have become faster by */
	return ns >= wanted ? 1 : ns * most > wanted ? (uint64_t)(wanted / ns) + 1 : (uint64_t)most;
}

unsigned meter_samples(const struct meter_plan *p, double ns, uint64_t batch)
{
	const double before = (double)clock_ns() - p->started, each = ns * (double)batch;
	if (!(p->share > 0 && p->known.batch > 0 && each > 0) || p->samples >= METER_MOST)
		return p->samples;
	const double wanted = ceil(before * p->share / (1 - p->share) / each);
	return wanted < p->samples ? p->samples : wanted > METER_MOST ? METER_MOST : (unsigned)wanted;
}

/* How many runs of `ns` make a sample; grown by trial, since a batch's mean is steadier than one run. */
static int find_batch(const struct meter_plan *p, double ns, uint64_t *batch, struct err *e)
{
	const double wanted = p->sample_seconds * 1e9;
	if (p->known.batch) {
		*batch = meter_batch(p, ns);
		return 0;
	}
	*batch = 1;
	while (ns * (double)*batch < wanted) {
		double factor = ns > 0 ? 1.1 * wanted / (ns * (double)*batch) : 10;
		*batch = (uint64_t)((double)*batch * (factor > 10 ? 10 : factor)) + 1;
		struct timing t;
		if (p->run(p->run_ctx, *batch, &t, e) != 0)
			return -1;
		ns = t.total_ns;
	}
	return 0;
}

int meter_native(const struct meter_plan *p, struct err *e)
{
	const double deadline = (double)clock_ns() + p->cap_seconds * 1e9;
	double ns = 0;
	uint64_t batch;
	unsigned taken;
	if (meter_warm_up(p, deadline, &ns, &taken, e) != 0 || find_batch(p, ns, &batch, e) != 0)
		return -1;
	const unsigned samples = meter_samples(p, ns, batch);
	for (unsigned i = taken; i < samples && (i == 0 || (double)clock_ns() < deadline); i++) {
		struct timing t;
		if (p->run(p->run_ctx, batch, &t, e) != 0 || p->take(p->take_ctx, &t, batch, e) != 0)
			return -1;
	}
	return 0;
}
