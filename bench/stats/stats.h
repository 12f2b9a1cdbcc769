/* SPDX-License-Identifier: MIT */
/*
 * stats.h - order statistics, and intervals from them. Pure: no allocation, no files, no
 * state.
 *
 * Samples come sorted upwards and finite. What is not available (too few samples) is NAN. The functions take
 * the values of an array for independent draws; whether an array holds samples or one value a launch is the
 * caller's choice.
 */
#ifndef PARSCALE_BENCH_STATS_STATS_H
#define PARSCALE_BENCH_STATS_STATS_H

#include <stdbool.h>
#include <stddef.h>

struct interval {
	double low, high; /* low <= high; both NAN: not available */
};

struct ratio {
	double value;
	struct interval interval;
};

void stats_sort(double *x, size_t n);

/* The q-quantile (0 <= q <= 1) by linear interpolation between order statistics, so that x[0] is q = 0 and
 * x[n-1] is q = 1 (type 7 of Hyndman & Fan, The American Statistician 50, 1996). NAN for n = 0. */
double stats_quantile(const double *sorted, size_t n, double q);

/* The middle one, or the mean of the middle two; NAN for n = 0. */
double stats_median(const double *sorted, size_t n);

/* Median of the absolute deviations from the median, unscaled; NAN for n = 0. */
double stats_mad(const double *sorted, size_t n);

/* Ranks counted from 1 whose order statistics x(low) <= x(high) = x(n + 1 - low) are the narrowest that
 * enclose the median of any continuous distribution with at least `confidence` (0 < confidence < 1): P = 1 -
 * 2 P(Binomial(n, 1/2) < low). false when even the extremes do not: 95 % needs 6 samples, 97.5 % needs 7. */
bool stats_median_ranks(size_t n, double confidence, size_t *low, size_t *high);

/* The interval between these order statistics. */
struct interval stats_median_interval(const double *sorted, size_t n, double confidence);

/* What the other cells of a sweep tell of the scatter of one: the variance of its launches' logarithms, as if
 * seen with so many degrees of freedom. All-zero: nothing. */
struct prior {
	double variance, freedom;
};

/* That of many cells, from the variance of each cell's launches and its degrees of freedom (launches less
 * one): what the variances have in common, and how closely they keep to it, by the moments of their
 * logarithms (Smyth, Statistical Applications in Genetics and Molecular Biology 3, 2004). Variances of 0 tell
 * nothing. Nothing is known from fewer than PRIOR_CELLS. */
enum { PRIOR_CELLS = 10 };
struct prior stats_prior(const double *variances, const double *freedoms, size_t n);

/* P(|t| > x) of Student's distribution with v >= 1 degrees of freedom. */
double stats_student_outside(unsigned v, double x);

/* The variance of the logarithms of n >= 2 positive values. */
double stats_log_variance(const double *x, size_t n);

/*
 * What is known of the median over launches, from one value a launch (its median): a 95 % interval that still
 * holds with 93.5 to 96.5 % when the number of launches was chosen by looking at its width (stats_look). It
 * is computed at 96 %, since looking takes its share. From 6 launches on it interpolates between order
 * statistics and assumes no distribution (Hettmansperger and Sheather, Statistics & Probability Letters 4,
 * 1986); below, where that is impossible, it is Student's t on the logarithms, their variance drawn towards
 * that of the other cells, which lend their degrees of freedom. Not available for one launch, nor below two
 * degrees of freedom: two launches alone say as good as nothing (t is 16). Values are positive.
 */
struct interval stats_launch_interval(const double *launches, size_t n, struct prior others);

/* median(a) / median(b), from one value a launch each, with a 95 % interval: both launch intervals' distances
 * to their medians, on the logarithms, combined as independent errors are (Zou and Donner, Statistics in
 * Medicine 27, 2008: MOVER). */
struct ratio stats_launch_ratio(const double *a, size_t na, const double *b, size_t nb, struct prior others);

/* Whether precision may be judged after so many launches: 6, 9, 14, 21 and so on. Looking after every launch
 * would stop too often where the values happen to lie close together. */
bool stats_look(size_t launches);

#endif
