/* SPDX-License-Identifier: MIT */
/*
 * rank_tests.h - whether values are larger here than there, by ranks: Mann and Whitney's test of two groups,
 * Wilcoxon's of pairs, and Hodges and Lehmann's shift with both.
 *
 * Both tests count differences on one side of a value. Of two groups they are all differences between a value
 * of the one and one of the other; of pairs, the means of any two pairs' differences, each with itself too
 * (Walsh averages). Two groups are assumed to have the same shape, moved by a shift; differences of pairs to
 * lie alike on both sides of it, as they do where chance decides which of a pair comes first. Nothing is
 * assumed of the shape. There is one value per unit of replication. Nothing here interprets them.
 */
#ifndef PARSCALE_BENCH_STATS_RANK_TESTS_H
#define PARSCALE_BENCH_STATS_RANK_TESTS_H

#include "base/err.h"
#include "bench/stats/stats.h"

struct rank_tests {
	size_t n, m;         /* values of both groups; of pairs n, and m is 0 */
	size_t count;        /* of differences */
	double *differences; /* b - a, ascending */
	/* P(at most k of them are negative) for k = 0 .. count where there is no shift, of continuous values:
	 * exact up to RANK_TESTS_EXACT differences, then by the normal approximation */
	double *below;
};

enum { RANK_TESTS_EXACT = 900 };

/* n >= 1; m = 0 for pairs. ERR_FAILED without memory; rank_tests_free is legal then, and for a zeroed one. */
int rank_tests_make(struct rank_tests *r, size_t n, size_t m, struct err *e);
void rank_tests_free(struct rank_tests *r);

/* The differences of n values of `a` and m of `b`; of pairs, n of each, in the pairs' order. The functions
 * below are for the values taken last. */
void rank_tests_take(struct rank_tests *r, const double *a, const double *b);

/* One-sided p-value of "b is above a by more than `by`"; ties count against it. */
double rank_tests_above(const struct rank_tests *r, double by);

/* The same with the parts of a and b exchanged: "b is below a by more than `by`". */
double rank_tests_below(const struct rank_tests *r, double by);

/* Hodges-Lehmann estimate of b - a: the median of the differences, with the interval that the test does not
 * refute at `confidence`; not available where even the extreme differences have less (95 % needs 4 values on
 * both sides, or 6 pairs). */
struct shift {
	double value;
	struct interval interval;
};
struct shift rank_tests_shift(const struct rank_tests *r, double confidence);

/*
 * How many values on each side, or pairs, find a shift of `size` beyond 0 with probability `power`, at
 * two-sided level `alpha`, when they scatter as the values taken do; at most 1e9. What ranks tell of a shift
 * is how many differences it carries past the middle: so scatter is judged by the share of differences within
 * `size` of their median, as in Noether (Journal of the American Statistical Association 82, 1987), and how
 * far out the rest lie does not matter. It is on the safe side, since scatter seen in few values is too small
 * half of the time. 0: not known, with fewer than one degree of freedom.
 */
size_t rank_tests_needed(const struct rank_tests *r, double size, double alpha, double power);

/* Benjamini and Hochberg: the smallest false discovery rate at which each of n p-values is a discovery. q[i]
 * is for p[i]; NAN is left out and stays NAN. ERR_FAILED without memory. */
int rank_tests_adjust(const double *p, double *q, size_t n, struct err *e);

#endif
