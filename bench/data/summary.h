/* SPDX-License-Identifier: MIT */
/*
 * summary.h - from samples to one row per cell: medians, intervals, rates, speed-ups and their
 * bases.
 *
 * Only rows with status ok and known, positive seconds count; the others are counted as rejected.
 * The same samples give the same summary, byte for byte.
 *
 * Speed-up is base / median if size is the whole problem (strong scaling), and workers * base /
 * median if it is one worker's share or its own problem (weak and throughput scaling). The base is
 * a cell with one worker, the same kernel, variant and problem, timed alike, and of the same
 * block_bytes and grain if both give one:
 *
 *   serial  a cell of the back end `serial`. Of several, the one that agrees in most of these, in
 *           falling weight: scaling, block_bytes, grain, lifetime pool, schedule static, the row's
 *           placement; then the first measured.
 *   self    a cell of the row's own back end, lifetime, schedule and placement; chosen likewise.
 *
 * The problem is its size (the worker's, unless scaling is strong), the parameters that do not
 * follow from the size, and its input. Without a size it is all parameters, and there is no base
 * unless scaling is strong. A cell that is its own base has a speed-up of exactly 1.
 */
#ifndef PARSCALE_BENCH_DATA_SUMMARY_H
#define PARSCALE_BENCH_DATA_SUMMARY_H

#include "bench/data/csv.h"

/* Fills `summary` (made empty with summary_columns) from `samples` (struct sample) in the order in which the
 * cells first appear. -1 without memory. */
int summary_make(const struct table *samples, struct table *summary, struct err *e);

/* Whether times of two cells may be compared: they have one meter, or one is of a back end that knows no other. */
bool cells_timed_alike(const struct factors *a, const struct factors *b);

#endif
