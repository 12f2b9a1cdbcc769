/* SPDX-License-Identifier: MIT */
/*
 * drift.h - whether the machine kept its speed, from the launches of one cell (the canary) in the order of
 * time.
 *
 * The order is cut into stretches (four; two below 16 launches) and Kruskal and Wallis's statistic of their
 * ranks compared with that of random orders of the same values: a permutation test, which assumes no
 * distribution. A step, a trend and a hump all show. Pure but for memory.
 */
#ifndef PARSCALE_BENCH_DATA_DRIFT_H
#define PARSCALE_BENCH_DATA_DRIFT_H

#include "bench/data/csv.h"

enum drift_verdict { DRIFT_UNKNOWN, DRIFT_STEADY, DRIFT_DRIFTED };

struct drift {
	enum drift_verdict verdict;
	size_t launches;
	double range;   /* largest median of a stretch over the smallest, less 1; NAN: too few launches */
	double p_value; /* of stretches so unlike when time does not matter */
};

/* Below so many launches nothing is said. */
enum { DRIFT_FEWEST = 8 };

/* Of a cell's samples with status ok, by launches in the order of their numbers, as they stand in the file.
 * It is drift when random orders are rarely as uneven (p < 0.01) and the range matters (more than 2 %). -1
 * without memory. */
int drift_of_cell(const struct table *samples, uint64_t cell_id, struct drift *d, struct err *e);

#endif
