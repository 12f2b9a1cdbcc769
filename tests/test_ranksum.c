/* SPDX-License-Identifier: MIT */
/* test_ranksum.c - Mann and Whitney's distribution against published tables and by enumeration; shifts;
 * adjusted p-values. */
#include "data/ranksum.h"

#include "draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct ranksum make(size_t n, size_t m)
{
	struct ranksum r;
	struct err e = {0};
	assert_int_equal(ranksum_make(&r, n, m, &e), 0);
	return r;
}

/* Largest U with P(U <= it) <= 2.5 %, as every textbook has it (Mann and Whitney 1947; two-sided 5 %). */
static void critical_values_as_published(void **state)
{
	(void)state;
	static const struct {
		size_t n, m, critical;
	} table[] = {{4, 4, 0}, {5, 3, 0}, {5, 5, 2}, {5, 10, 8}, {6, 8, 8}, {8, 8, 13}, {8, 10, 17},
		{9, 9, 17}, {10, 10, 23}, {12, 15, 49}, {15, 15, 64}, {20, 20, 127}};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct ranksum r = make(table[i].n, table[i].m);
		assert_true(r.below[table[i].critical] <= 0.025);
		assert_true(r.below[table[i].critical + 1] > 0.025);
		ranksum_free(&r);
	}
}

/* All orders of 4 and 5 values, one by one. */
static void distribution_by_enumeration(void **state)
{
	(void)state;
	enum { N = 4, M = 5 };
	size_t orders = 0, counts[N * M + 1] = {0};
	for (unsigned set = 0; set < 1u << (N + M); set++) { /* bit k: the k-th smallest is one of a */
		size_t ones = 0, u = 0;
		for (unsigned k = 0; k < N + M; k++) {
			ones += set >> k & 1;
			for (unsigned j = 0; j < k; j++)
				u += (set >> k & 1) && !(set >> j & 1);
		}
		if (ones == N) {
			orders++;
			counts[u]++;
		}
	}
	assert_int_equal(orders, 126);
	struct ranksum r = make(N, M);
	size_t below = 0;
	for (size_t u = 0; u <= N * M; u++) {
		below += counts[u];
		assert_true(fabs(r.below[u] - (double)below / (double)orders) < 1e-15);
	}
	ranksum_free(&r);
}

/* Where the exact distribution ends, the approximation goes on without a jump that matters. */
static void approximation_is_close(void **state)
{
	(void)state;
	struct ranksum exact = make(30, 30), normal = make(31, 31);
	for (double z = -3; z <= 0; z += 0.1) {
		double deviation = sqrt(900 * 61 / 12.0), other = sqrt(961 * 63 / 12.0);
		double p = exact.below[(size_t)(450 + z * deviation)],
		       q = normal.below[(size_t)(480.5 + z * other)];
		assert_true(fabs(p - q) < 0.15 * q);
	}
	assert_true(normal.below[961] == 1 && exact.below[900] == 1);
	ranksum_free(&exact);
	ranksum_free(&normal);
}

static void shift_by_hand(void **state)
{
	(void)state;
	const double a[] = {1, 2, 3, 5}, b[] = {4, 6, 9, 30};
	struct ranksum r = make(3, 3);
	struct shift s = ranksum_shift(&r, a, b, 0.95); /* 1 2 3 3 4 5 6 7 8 */
	assert_true(s.value == 4 && isnan(s.interval.low) && isnan(s.interval.high));
	s = ranksum_shift(&r, a, b, 0.89); /* P(U <= 0) = 1 / 20 */
	assert_true(s.interval.low == 1 && s.interval.high == 8);
	assert_true(ranksum_above(&r, a, b, 0) == r.below[0] && ranksum_below(&r, a, b, 0) == 1);
	assert_true(ranksum_above(&r, a, b, 1) == r.below[1]); /* a tie counts against */
	assert_true(ranksum_above(&r, a, b, 3) == r.below[4]);
	ranksum_free(&r);
	r = make(4, 4);
	s = ranksum_shift(&r, a, b, 0.95); /* P(U <= 0) = 1 / 70 */
	assert_true(s.interval.low == -1 && s.interval.high == 29);
	ranksum_free(&r);
}

/* The interval encloses the true shift as often as it says, and the test agrees with it: refuted is what lies
 * outside. */
static void intervals_cover_and_agree(void **state)
{
	(void)state;
	enum { TRIALS = 10000 };
	uint64_t seed = 1947;
	static const size_t sizes[][2] = {{4, 4}, {6, 9}, {12, 12}, {40, 30}};
	for (size_t k = 0; k < COUNT(sizes); k++) {
		size_t n = sizes[k][0], m = sizes[k][1], covered = 0;
		struct ranksum r = make(n, m);
		for (int t = 0; t < TRIALS / (int)n; t++) {
			double a[40], b[40];
			for (size_t i = 0; i < n; i++)
				a[i] = draw_normal(&seed);
			for (size_t j = 0; j < m; j++)
				b[j] = draw_normal(&seed) + 0.7;
			struct shift s = ranksum_shift(&r, a, b, 0.95);
			covered += s.interval.low <= 0.7 && 0.7 <= s.interval.high;
			assert_int_equal(2 * ranksum_above(&r, a, b, 0) <= 0.05, s.interval.low > 0);
			assert_int_equal(2 * ranksum_below(&r, a, b, 0) <= 0.05, s.interval.high < 0);
		}
		double found = (double)covered / (TRIALS / (int)n);
		assert_true(found >= 0.95 - 4 * sqrt(0.0475 / (TRIALS / (double)n)));
		ranksum_free(&r);
	}
}

/* The example of Benjamini and Hochberg 1995, section 3.2: 15 p-values of which 4 are discoveries at 0.05. */
static void adjusted_as_published(void **state)
{
	(void)state;
	const double p[] = {0.4262, 0.0001, 0.0298, 0.0004, 0.6528, 0.0019, 0.0095, 0.0201, 0.0278, 0.0344,
		0.0459, 0.3240, 0.5719, 0.7590, 1.0000, (double)NAN};
	double q[COUNT(p)];
	struct err e = {0};
	size_t discoveries = 0;
	assert_int_equal(ranksum_adjust(p, q, COUNT(p), &e), 0);
	for (size_t i = 0; i + 1 < COUNT(p); i++)
		discoveries += q[i] <= 0.05;
	assert_int_equal(discoveries, 4);
	assert_true(fabs(q[1] - 0.0015) < 1e-12 && fabs(q[6] - 0.0095 * 15 / 4) < 1e-12 && q[14] == 1);
	assert_true(fabs(q[8] - 0.0298 * 15 / 7) < 1e-12); /* held down by the next larger one */
	assert_true(isnan(q[15]));
}

static void enough_values_for_any_verdict(void **state)
{
	(void)state;
	assert_int_equal(ranksum_needed(1, 0, 0.05, 0.9), 4);   /* 2 / 70 is the first below 5 % */
	assert_int_equal(ranksum_needed(1, 0, 0.0005, 0.9), 8); /* 2 / 12870 */
	assert_true(ranksum_needed(1, 1, 0.05, 0.9) > ranksum_needed(1, 1, 0.05, 0.5));
	assert_int_equal(ranksum_needed(1, (double)INFINITY, 0.05, 0.9), 1000000000);
}

/* As many as it asks for find the shift in 9 of 10 trials; a third fewer do not. */
static void needed_is_enough(void **state)
{
	(void)state;
	enum { TRIALS = 1500 };
	uint64_t seed = 3;
	size_t n = ranksum_needed(1, 1, 0.01, 0.9);
	for (int less = 0; less < 2; less++) {
		size_t found = 0, k = less ? n * 2 / 3 : n;
		struct ranksum r = make(k, k);
		for (int t = 0; t < TRIALS; t++) {
			double a[100], b[100];
			for (size_t i = 0; i < k; i++) {
				a[i] = draw_normal(&seed);
				b[i] = draw_normal(&seed) + 1;
			}
			found += 2 * ranksum_above(&r, a, b, 0) <= 0.01;
		}
		assert_int_equal((double)found >= 0.88 * TRIALS, !less);
		ranksum_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(critical_values_as_published),
		cmocka_unit_test(distribution_by_enumeration),
		cmocka_unit_test(approximation_is_close),
		cmocka_unit_test(shift_by_hand),
		cmocka_unit_test(intervals_cover_and_agree),
		cmocka_unit_test(adjusted_as_published),
		cmocka_unit_test(enough_values_for_any_verdict),
		cmocka_unit_test(needed_is_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
