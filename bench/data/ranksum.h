/* SPDX-License-Identifier: MIT */
/*
 * ranksum.h - two groups of values compared by their ranks: Mann and Whitney's test, Hodges and Lehmann's
 * shift.
 *
 * Assumes that both groups have the same shape, moved by a shift, and nothing of the shape. Values are one a
 * unit of replication. Nothing here knows what they are.
 */
#ifndef PARSCALE_RANKSUM_H
#define PARSCALE_RANKSUM_H

#include "err.h"
#include "data/stats.h"

/* U, the number of pairs (i, j) with b[j] < a[i], when a (n values) and b (m) are draws of the same
 * continuous distribution. */
struct ranksum {
	size_t n, m;
	double *below; /* P(U <= u) for u = 0 .. n * m: exact up to n * m = RANKSUM_EXACT, then by the normal
			  approximation */
	double *work;  /* room for n * m differences */
};

enum { RANKSUM_EXACT = 900 };

/* n, m >= 1. ERR_FAILED without memory; ranksum_free is legal then, and for a zeroed one. */
int ranksum_make(struct ranksum *r, size_t n, size_t m, struct err *e);
void ranksum_free(struct ranksum *r);

/* One-sided p-value of "b is above a by more than `by`"; ties count against it. */
double ranksum_above(const struct ranksum *r, const double *a, const double *b, double by);

/* The same with the parts of a and b exchanged: "b is below a by more than `by`". */
double ranksum_below(const struct ranksum *r, const double *a, const double *b, double by);

/* Hodges-Lehmann estimate of b - a: the median of all differences, with the interval that the test does not
 * refute at `confidence`; not available where even the extreme differences have less (95 % needs 4 values on
 * both sides). */
struct shift {
	double value;
	struct interval interval;
};
struct shift ranksum_shift(const struct ranksum *r, const double *a, const double *b, double confidence);

/* Benjamini and Hochberg: the smallest false discovery rate at which each of n p-values is a discovery. q[i]
 * is for p[i]; NAN is left out and stays NAN. ERR_FAILED without memory. */
int ranksum_adjust(const double *p, double *q, size_t n, struct err *e);

/* How many values on each side find a shift of `size` beyond 0 with probability `power`, at two-sided level
 * `alpha`, when values scatter normally with standard deviation `sigma`; at most 1e9. */
size_t ranksum_needed(double size, double sigma, double alpha, double power);

#endif
