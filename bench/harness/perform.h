/* SPDX-License-Identifier: MIT */
/*
 * perform.h - one launch from the inside, from its input to its last line of output.
 */
#ifndef PARSCALE_BENCH_HARNESS_PERFORM_H
#define PARSCALE_BENCH_HARNESS_PERFORM_H

#include "bench/harness/measure.h"

/* Takes one row; or NULL, after the last one, where the list of items comes next on standard output. */
int perform_cell(const struct measure_plan *plan, meter_measure_fn *measure, measure_sink_fn *take, void *ctx,
	struct err *e);

#endif
