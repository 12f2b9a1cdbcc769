/* SPDX-License-Identifier: MIT */
/*
 * stats.c - quantiles, and confidence intervals for the median over launches.
 *
 * The median is used because launches have outliers on one side, and a mean follows them.
 * Intervals:
 *
 * - From 6 launches on, order statistics: the median lies between x(r) and x(n + 1 - r) unless
 *   fewer than r of n values fall on one side of it, with probability 2 P(Binomial(n, 1/2) < r)
 *   whatever the distribution. Levels that exist jump with n, so the ends are interpolated to
 *   exactly 96 % (Hettmansperger and Sheather 1986).
 * - Below 6 launches no order statistics enclose 96 %. There the logarithms are taken as normal and
 *   Student's t is used, with a variance shrunk towards that of the other cells of the sweep
 *   (empirical Bayes as in limma, Smyth 2004): cells lend each other degrees of freedom.
 *
 * Ratios combine both intervals on the logarithms by MOVER (Zou and Donner 2008). Intervals are at
 * 96 %, since a sweep that stops when they are narrow enough loses coverage; simulations put the
 * result between 93.5 and 96.5 % (tests/bench/stats).
 */
#include "bench/stats/stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const struct interval unknown = {(double)NAN, (double)NAN};

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

void stats_sort(double *x, size_t n)
{
	if (n)
		qsort(x, n, sizeof *x, ascending);
}

double stats_quantile(const double *sorted, size_t n, double q)
{
	assert(q >= 0 && q <= 1);
	if (n == 0)
		return (double)NAN;
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;
	if (i + 1 == n)
		return sorted[i];
	return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

double stats_median(const double *sorted, size_t n)
{
	if (n == 0)
		return (double)NAN;
	double upper = sorted[n / 2];
	return n % 2 ? upper : sorted[n / 2 - 1] + (upper - sorted[n / 2 - 1]) / 2;
}

/* Both neighbours of the median are walked outwards, which visits the absolute deviations in
 * ascending order: linear, and no second array. */
double stats_mad(const double *sorted, size_t n)
{
	if (n == 0)
		return (double)NAN;
	double median = stats_median(sorted, n), deviation = 0, before = 0;
	size_t right = n / 2, left = right; /* next: sorted[left - 1] and sorted[right] */
	for (size_t taken = 0; taken <= n / 2; taken++) {
		before = deviation;
		double l = left > 0 ? median - sorted[left - 1] : INFINITY;
		double r = right < n ? sorted[right] - median : INFINITY;
		deviation = l < r ? l : r;
		if (l < r)
			left--;
		else
			right++;
	}
	return n % 2 ? deviation : before + (deviation - before) / 2;
}

/* The probability of exactly k heads in n fair tosses. */
static double binomial_half(size_t n, size_t k)
{
	if (k == 0 && n < 1000)
		return ldexp(1, -(int)n); /* exact */
	int sign;
	double a = (double)n, b = (double)k;
	return exp(lgamma_r(a + 1, &sign) - lgamma_r(b + 1, &sign) - lgamma_r(a - b + 1, &sign) - a * log(2));
}

/* The largest rank r with 2 P(B < r) <= 1 - confidence for B ~ Binomial(n, 1/2), or 0 if there is
 * none; *below gets P(B < r), *at P(B = r). Terms follow from each other: C(n, k) / C(n, k - 1) =
 * (n - k + 1) / k. */
static size_t find_rank(size_t n, double confidence, double *below, double *at)
{
	assert(confidence > 0 && confidence < 1);
	double tail_allowed = (1 - confidence) / 2;
	/* Terms more than 30 standard deviations (of sqrt(n) / 2 each) below the middle add
	 * nothing. */
	double start = (double)n / 2 - 15 * sqrt((double)n);
	size_t k = start > 0 ? (size_t)start : 0;
	double term = binomial_half(n, k), tail = term;
	while (tail <= tail_allowed && 2 * (k + 1) <= n) {
		k++;
		term *= (double)(n - k + 1) / (double)k;
		tail += term;
	}
	*below = tail - term;
	*at = term;
	return k;
}

bool stats_median_ranks(size_t n, double confidence, size_t *low, size_t *high)
{
	double below, at;
	size_t rank = find_rank(n, confidence, &below, &at);
	if (rank == 0)
		return false;
	*low = rank;
	*high = n + 1 - rank;
	return true;
}

struct interval stats_median_interval(const double *sorted, size_t n, double confidence)
{
	size_t low, high;
	if (!stats_median_ranks(n, confidence, &low, &high))
		return unknown;
	return (struct interval){sorted[low - 1], sorted[high - 1]};
}

/* --- launches --- */

static const double launch_confidence = 0.96;
enum { FEWEST_ORDERED = 6 }; /* 1 - 2 / 2^6 is the first above 96 % */
enum { FEWEST_FREEDOM = 2, MOST_FREEDOM = 100 };

/* P(|t| <= x) for v degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
static double student_within(unsigned v, double x)
{
	bool odd = v % 2;
	double angle = atan(x / sqrt(v)), c = cos(angle), sum = 0, term = odd ? c : 1;
	for (unsigned j = odd ? 3 : 2; j <= v; j += 2) {
		sum += term;
		term *= c * c * (j - 1) / j;
	}
	return odd ? (angle + sin(angle) * sum) * 2 / 3.14159265358979323846 : sin(angle) * sum;
}

double stats_student_outside(unsigned v, double x)
{
	return fmax(0, 1 - student_within(v, x));
}

/* Bisection: the distribution function is monotonic, and this runs once per cell. */
static double student_quantile(unsigned v, double confidence)
{
	double low = 0, high = 1e6;
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;
		if (student_within(v, middle) < confidence)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double stats_log_variance(const double *x, size_t n)
{
	double mean = 0, squares = 0;
	for (size_t i = 0; i < n; i++)
		mean += log(x[i]) / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (log(x[i]) - mean) * (log(x[i]) - mean);
	return squares / (double)(n - 1);
}

/* The pooled variance is the mean of this cell's and the other cells', weighted by their degrees of
 * freedom; the interval has the sum of both. */
static struct interval student_interval(const double *x, size_t n, struct prior others)
{
	const double own = (double)(n - 1), freedom = own + others.freedom;
	if (freedom < FEWEST_FREEDOM)
		return unknown;
	const double variance = (own * stats_log_variance(x, n) + others.freedom * others.variance) / freedom;
	double mean = 0, median = stats_median(x, n);
	for (size_t i = 0; i < n; i++)
		mean += log(x[i]) / (double)n;
	const double half =
		sqrt(variance / (double)n) * student_quantile((unsigned)freedom, launch_confidence);
	/* The median of so few can lie outside of what their mean allows. */
	return (struct interval){fmin(exp(mean - half), median), fmax(exp(mean + half), median)};
}

/* The first two derivatives of ln gamma(x), x > 0 (Abramowitz and Stegun 6.3.5, 6.3.18, 6.4.6, 6.4.12). */
static double digamma(double x)
{
	double sum = 0;
	for (; x < 10; x++)
		sum -= 1 / x;
	const double y = 1 / (x * x);
	return sum + log(x) - 0.5 / x - y * (1.0 / 12 - y * (1.0 / 120 - y / 252));
}

static double trigamma(double x)
{
	double sum = 0;
	for (; x < 10; x++)
		sum += 1 / (x * x);
	const double y = 1 / (x * x);
	return sum + 1 / x + y / 2 + y / x * (1.0 / 6 - y * (1.0 / 30 - y / 42));
}

/* The inverse of trigamma, which falls, between 2^-10 and half the most degrees of freedom that
 * other cells may lend. */
static double trigamma_inverse(double y)
{
	double low = 0x1p-10, high = MOST_FREEDOM / 2.0;
	if (y <= trigamma(high))
		return high;
	for (int i = 0; i < 60; i++) {
		const double middle = sqrt(low * high);
		if (trigamma(middle) > y)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* If a cell's sample variance with d degrees of freedom is a draw around a true variance that is
 * itself spread like s0 / chi-squared(d0), then the mean of its logarithm is ln s + digamma(d/2) -
 * ln(d/2) and its variance is trigamma(d/2) + trigamma(d0/2). So d0 follows from the observed
 * variance of the logarithms less the mean of trigamma(d/2), and s0 from their mean (Smyth 2004,
 * section 6.2). */
struct prior stats_prior(const double *variances, const double *freedoms, size_t n)
{
	double mean = 0, squares = 0, own = 0;
	size_t told = 0;
	for (size_t i = 0; i < n; i++)
		if (variances[i] > 0) { /* running mean and sum of squares (Welford) */
			const double half = freedoms[i] / 2;
			const double z = log(variances[i]) - digamma(half) + log(half), off = z - mean;
			told++;
			mean += off / (double)told;
			squares += off * (z - mean);
			own += trigamma(half);
		}
	if (told < PRIOR_CELLS)
		return (struct prior){0};
	const double half = trigamma_inverse(squares / (double)(told - 1) - own / (double)told);
	return (struct prior){.variance = exp(mean + digamma(half) - log(half)), .freedom = 2 * half};
}

/* Between x(r) and x(r + 1), at the place that Hettmansperger and Sheather derive for Laplace-like
 * densities; it is nearly right for others. */
static struct interval ordered_interval(const double *x, size_t n)
{
	double below, at;
	size_t r = find_rank(n, launch_confidence, &below, &at);
	double part = ((1 - launch_confidence) / 2 - below) / at, from = (double)r, beyond = (double)(n - r);
	part = beyond * part / (from + (beyond - from) * part);
	return (struct interval){
		x[r - 1] + part * (x[r] - x[r - 1]), x[n - r] - part * (x[n - r] - x[n - r - 1])};
}

struct interval stats_launch_interval(const double *launches, size_t n, struct prior others)
{
	return n < 2                ? unknown
	       : n < FEWEST_ORDERED ? student_interval(launches, n, others)
				    : ordered_interval(launches, n);
}

struct ratio stats_launch_ratio(const double *a, size_t na, const double *b, size_t nb, struct prior others)
{
	struct interval i = stats_launch_interval(a, na, others), j = stats_launch_interval(b, nb, others);
	double x = stats_median(a, na), y = stats_median(b, nb), value = x / y;
	return (struct ratio){
		.value = value,
		.interval = {value * exp(-hypot(log(x / i.low), log(j.high / y))),
			value * exp(hypot(log(i.high / x), log(y / j.low)))},
	};
}

bool stats_look(size_t launches)
{
	size_t look = FEWEST_ORDERED;
	while (look < launches)
		look += (look + 1) / 2;
	return look == launches;
}
