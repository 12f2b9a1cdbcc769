/* SPDX-License-Identifier: MIT */
#include "stats.h"

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

/* Going outwards from the median on both sides visits the deviations in ascending order. */
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

bool stats_median_ranks(size_t n, double confidence, size_t *low, size_t *high)
{
	assert(confidence > 0 && confidence < 1);
	double tail_allowed = (1 - confidence) / 2;
	/* What lies more than 30 standard deviations (of sqrt(n) / 2 each) below the middle adds nothing to a
	 * double. */
	double start = (double)n / 2 - 15 * sqrt((double)n);
	size_t k = start > 0 ? (size_t)start : 0;
	double term = binomial_half(n, k), tail = term;
	size_t rank = k; /* P(Binomial < rank) <= tail_allowed */
	while (tail <= tail_allowed && 2 * (k + 1) <= n) {
		rank = ++k;
		term *= (double)(n - k + 1) / (double)k;
		tail += term;
	}
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

struct ratio stats_median_ratio(const double *a, size_t na, const double *b, size_t nb)
{
	struct interval i = stats_median_interval(a, na, 0.975), j = stats_median_interval(b, nb, 0.975);
	bool known = !isnan(i.low) && !isnan(j.low);
	return (struct ratio){
		.value = stats_median(a, na) / stats_median(b, nb),
		.interval = known ? (struct interval){i.low / j.high, i.high / j.low} : unknown,
	};
}
