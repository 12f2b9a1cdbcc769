/* SPDX-License-Identifier: MIT */
/*
 * meter_gbench.h - Google Benchmark as a meter: it decides how many runs make a sample.
 *
 * Our clock by its manual time, our warm-up, and our cap: with manual time it has no limit on wall time of
 * its own.
 */
#ifndef PARSCALE_BENCH_GBENCH_METER_GBENCH_H
#define PARSCALE_BENCH_GBENCH_METER_GBENCH_H

#include "bench/harness/meter.h"

/* As meter_native: a sample is one of its repetitions, handed to `take` in order, when all are done. */
int meter_gbench(const struct meter_plan *plan, struct err *e);

#endif
