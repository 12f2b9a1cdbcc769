/* SPDX-License-Identifier: MIT */
/*
 * sampler.h - takes samples of a probe's cases in this process: warmed up, batched, interleaved in random
 * order.
 *
 * In each block every case is sampled once, so that drift hits all alike. A case is left alone when the
 * interval of its median is narrow enough; sampling ends when all are, or with the budget. It knows no
 * mechanism.
 */
#ifndef PARSCALE_BENCH_PROBE_SAMPLER_H
#define PARSCALE_BENCH_PROBE_SAMPLER_H

#include "bench/data/probe_rows.h"
#include "bench/probe/probe.h"

struct sampler_plan {
	double budget_seconds; /* begin no block after this */
	bool limited;          /* no batch is grown after that either */
	unsigned blocks;       /* at least so many, whatever they take */
	unsigned long_samples; /* enough, once the budget is spent, of cases whose samples take long */
	uint64_t seed;         /* of the order */
	uint64_t launch_id;
};

/* Takes what was found of one number of a case; -1 with *e set ends it. */
typedef int sampler_emit_fn(void *ctx, const struct probe_launch_row *row, struct err *e);

/* Opens the probe, samples its cases (probe->cases has been called), closes it, then hands the rows over, in
 * the order of the cases. -1 with the error of `open` or `emit`; what goes wrong in a case is its row, with
 * status and reason, and it is left alone from then on. */
int sampler_run(struct probe_run *r, const struct sampler_plan *plan, sampler_emit_fn *emit, void *ctx,
	struct err *e);

#endif
