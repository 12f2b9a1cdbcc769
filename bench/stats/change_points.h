/* SPDX-License-Identifier: MIT */
/*
 * change_points.h - where the distribution of a series changes: E-divisive (Matteson and James, Journal of the American
 * Statistical Association 109, 2014), and the method of Hunter (Fleming, Kolaczkowski and others, ICPE 2023), which
 * is its splitting with Student's t-test instead of permutations.
 *
 * A split of a stretch has the statistic m n / (m + n) times the energy distance of both parts: twice the mean distance
 * between their values less the mean distances within each. E-divisive takes the split with the largest statistic, also
 * over where the right part ends; it is significant if random orders of the stretches so far rarely have one as large.
 * Then it goes on within the parts. No distribution is assumed, but values must not depend on their predecessors: drift
 * and correlation in time are changes to it. Pure but for memory; the same values give the same answer.
 */
#ifndef PARSCALE_BENCH_STATS_CHANGE_POINTS_H
#define PARSCALE_BENCH_STATS_CHANGE_POINTS_H

#include "base/err.h"

#include <stddef.h>

/* A part of a series has at least so many values; fewer than CHANGE_FEWEST values in all say nothing. */
enum { CHANGE_PART = 2, CHANGE_FEWEST = 6 };

struct change_point {
	size_t at;      /* the first value after the change */
	double p_value; /* of a change as large where there is none */
};

struct change_rules {
	double level;  /* p-values up to this are changes */
	size_t orders; /* random orders of a test, at least 99: p-values have steps of 1 / (orders + 1) */
};

/* The p-value of the first change alone: of "nothing changes". 1 below CHANGE_FEWEST values. */
int change_first(const double *x, size_t n, size_t orders, double *p_value, struct err *e);

/* E-divisive: all changes in order of place, into `out` with room for n; how many in *count. With nothing but chance in
 * the series there is one with a probability of at most `level`. -1 without memory. */
int change_points(const double *x, size_t n, const struct change_rules *rules, struct change_point *out,
	size_t *count, struct err *e);

/* The method of Hunter: splits as long as Welch's t-test says p <= 10 level, then drops the weakest change between its
 * neighbours' until all have p <= level. Its own level is 0.001, since the split is chosen to be the largest, which the
 * t-test knows nothing of. Arguments as above; `orders` is not used. */
int change_points_hunter(const double *x, size_t n, const struct change_rules *rules,
	struct change_point *out, size_t *count, struct err *e);

#endif
