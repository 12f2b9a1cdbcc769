/* SPDX-License-Identifier: MIT */
/* test_stats.c - order statistics against published tables and hand-made values; intervals by simulation. */
#include "stats.h"

#include "draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void quantiles_by_hand(void **state)
{
	(void)state;
	const double one[] = {7}, five[] = {1, 2, 4, 8, 16}, six[] = {1, 2, 4, 8, 16, 32};
	assert_true(isnan(stats_median(one, 0)) && isnan(stats_quantile(one, 0, 0.5)) &&
		    isnan(stats_mad(one, 0)));
	assert_true(stats_median(one, 1) == 7 && stats_quantile(one, 1, 0.25) == 7 && stats_mad(one, 1) == 0);
	assert_true(stats_median(five, 5) == 4 && stats_median(six, 6) == 6);
	assert_true(stats_quantile(five, 5, 0) == 1 && stats_quantile(five, 5, 1) == 16);
	assert_true(stats_quantile(five, 5, 0.25) == 2 && stats_quantile(five, 5, 0.9) == 8 + 0.6 * 8);
	assert_true(stats_quantile(six, 6, 0.25) == 2.5 && stats_quantile(six, 6, 0.75) == 14);
	assert_true(stats_mad(five, 5) == 3);  /* of 3 2 0 4 12 */
	assert_true(stats_mad(six, 6) == 4.5); /* of 5 4 2 2 10 26 */
}

/* The deviations one by one, sorted. */
static void mad_is_the_median_of_deviations(void **state)
{
	(void)state;
	uint64_t seed = 5;
	double x[40], d[40];
	for (int trial = 0; trial < 2000; trial++) {
		size_t n = 1 + (size_t)(draw_bits(&seed) % COUNT(x));
		for (size_t i = 0; i < n; i++)
			x[i] = floor(16 * draw_uniform(&seed)); /* with ties */
		stats_sort(x, n);
		for (size_t i = 0; i < n; i++)
			d[i] = fabs(x[i] - stats_median(x, n));
		stats_sort(d, n);
		assert_true(stats_mad(x, n) == stats_median(d, n));
	}
}

/* Lower ranks of the 95 % interval of the median in the tables of nonparametric textbooks (the sign test's
 * critical values plus one: Conover, Practical Nonparametric Statistics, table A3). */
static void ranks_as_published(void **state)
{
	(void)state;
	static const size_t lower[] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6}; /* n = 6 .. 20 */
	size_t low = 0, high = 0;
	for (size_t n = 0; n < 6; n++)
		assert_false(stats_median_ranks(n, 0.95, &low, &high));
	for (size_t n = 6; n <= 20; n++) {
		assert_true(stats_median_ranks(n, 0.95, &low, &high));
		assert_int_equal(low, lower[n - 6]);
		assert_int_equal(high, n + 1 - low);
	}
	assert_true(stats_median_ranks(25, 0.95, &low, &high) && low == 8);
	assert_true(stats_median_ranks(30, 0.95, &low, &high) && low == 10);
	assert_true(stats_median_ranks(100, 0.95, &low, &high) && low == 40);
	assert_true(stats_median_ranks(100, 0.99, &low, &high) && low == 37);
	assert_false(stats_median_ranks(6, 0.975, &low, &high));
	assert_true(stats_median_ranks(7, 0.975, &low, &high) && low == 1);
	assert_true(
		stats_median_ranks(6, 0.96875, &low, &high) && low == 1); /* exactly what the extremes give */
}

/* Large n against the normal approximation, which is then as good as exact, and no jump where the sum starts
 * late. */
static void ranks_of_large_samples(void **state)
{
	(void)state;
	size_t before = 0;
	for (size_t n = 800; n < 1100; n++) {
		size_t low, high;
		assert_true(stats_median_ranks(n, 0.95, &low, &high));
		assert_true(low == before || low == before + 1 || n == 800);
		before = low;
	}
	for (size_t n = 1000; n <= 10000000; n *= 10) {
		size_t low, high;
		assert_true(stats_median_ranks(n, 0.95, &low, &high));
		double expected = (double)n / 2 - 1.959964 * sqrt((double)n) / 2;
		assert_true(fabs((double)low - expected) <= 1);
	}
}

/* Probability that the interval of n draws encloses the median, by simulation. */
static double coverage(size_t n, double confidence, int shape, uint64_t *seed)
{
	enum { CELLS = 20000 };
	double x[64];
	int covered = 0;
	for (int cell = 0; cell < CELLS; cell++) {
		for (size_t i = 0; i < n; i++) {
			double z = draw_normal(seed);
			x[i] = shape == 0   ? z
			       : shape == 1 ? exp(z) - 1
					    : z + copysign(3, z); /* median 0; the last has two humps */
		}
		stats_sort(x, n);
		struct interval v = stats_median_interval(x, n, confidence);
		covered += v.low <= 0 && 0 <= v.high;
	}
	return (double)covered / CELLS;
}

/* What the ranks promise: 1 - 2 P(Binomial(n, 1/2) < low), exactly, whatever the distribution. 4 standard
 * errors. */
static void intervals_cover_as_promised(void **state)
{
	(void)state;
	static const struct {
		size_t n;
		double exact;
	} known[] = {{6, 0.96875}, {9, 0.9609375}, {15, 0.96484375}, {20, 0.9586105}};
	uint64_t seed = 20261121;
	for (size_t i = 0; i < COUNT(known); i++)
		for (int shape = 0; shape < 3; shape++) {
			double found = coverage(known[i].n, 0.95, shape, &seed);
			if (fabs(found - known[i].exact) > 4 * sqrt(0.04 * 0.96 / 20000))
				fail_msg("n = %zu, shape %d: %g, not %g", known[i].n, shape, found,
					known[i].exact);
		}
}

static void ratios_by_hand(void **state)
{
	(void)state;
	const double a[] = {20, 21, 22, 23, 24, 25, 26}, b[] = {8, 9, 9.5, 10, 11, 12, 13};
	struct ratio r = stats_median_ratio(a, 7, b, 7);
	assert_true(r.value == 2.3 && r.interval.low == 20.0 / 13 && r.interval.high == 26.0 / 8);
	r = stats_median_ratio(a, 6, b, 7); /* 6 are too few for 97.5 % */
	assert_true(r.value == 2.25 && isnan(r.interval.low) && isnan(r.interval.high));
	r = stats_median_ratio(a, 7, b, 6);
	assert_true(isnan(r.interval.low) && isnan(r.interval.high));
	r = stats_median_ratio(a, 7, b, 0);
	assert_true(isnan(r.value));
}

/* The interval of a ratio encloses the true one in at least 95 % of cells. */
static void ratios_cover(void **state)
{
	(void)state;
	enum { CELLS = 4000 };
	uint64_t seed = 42;
	for (size_t n = 7; n <= 31; n += 8) {
		int covered = 0;
		for (int cell = 0; cell < CELLS; cell++) {
			double a[31], b[31];
			for (size_t i = 0; i < n; i++) {
				a[i] = 3 * exp(0.1 * draw_normal(&seed));
				b[i] = 2 * exp(0.3 * draw_normal(&seed));
			}
			stats_sort(a, n);
			stats_sort(b, n);
			struct ratio r = stats_median_ratio(a, n, b, n);
			covered += r.interval.low <= 1.5 && 1.5 <= r.interval.high;
		}
		assert_true(covered >= 0.95 * CELLS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_by_hand),
		cmocka_unit_test(mad_is_the_median_of_deviations),
		cmocka_unit_test(ranks_as_published),
		cmocka_unit_test(ranks_of_large_samples),
		cmocka_unit_test(intervals_cover_as_promised),
		cmocka_unit_test(ratios_by_hand),
		cmocka_unit_test(ratios_cover),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
