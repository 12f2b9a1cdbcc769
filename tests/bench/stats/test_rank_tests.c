/* SPDX-License-Identifier: MIT */
/* test_rank_tests.c - Mann and Whitney's and Wilcoxon's distributions against published tables and by enumeration;
 * shifts; how many values are needed; adjusted p-values. */
#include "bench/stats/rank_tests.h"

#include "tests/base/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct rank_tests make(size_t n, size_t m)
{
	struct rank_tests r;
	struct err e = {0};
	assert_int_equal(rank_tests_make(&r, n, m, &e), 0);
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
		struct rank_tests r = make(table[i].n, table[i].m);
		assert_true(r.below[table[i].critical] <= 0.025);
		assert_true(r.below[table[i].critical + 1] > 0.025);
		rank_tests_free(&r);
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
	struct rank_tests r = make(N, M);
	size_t below = 0;
	for (size_t u = 0; u <= N * M; u++) {
		below += counts[u];
		assert_true(fabs(r.below[u] - (double)below / (double)orders) < 1e-15);
	}
	rank_tests_free(&r);
}

/* Largest W with P(W <= it) <= 2.5 % for n pairs, as every textbook has it (Wilcoxon 1945; two-sided 5 %). */
static void critical_values_of_pairs_as_published(void **state)
{
	(void)state;
	static const struct {
		size_t n, critical;
	} table[] = {{6, 0}, {7, 2}, {8, 3}, {9, 5}, {10, 8}, {11, 10}, {12, 13}, {15, 25}, {20, 52},
		{25, 89}, {30, 137}, {40, 264}};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct rank_tests r = make(table[i].n, 0);
		assert_true(r.below[table[i].critical] <= 0.025);
		assert_true(r.below[table[i].critical + 1] > 0.025);
		rank_tests_free(&r);
	}
}

/* All signs of 7 differences, one by one, the means of any two counted as the test counts them. */
static void distribution_of_pairs_by_enumeration(void **state)
{
	(void)state;
	enum { N = 7, MEANS = N * (N + 1) / 2 };
	static const double zero[N], sizes[N] = {0.3, 1, 1.7, 2.9, 4.1, 5.3, 8};
	size_t counts[MEANS + 1] = {0}, below = 0;
	struct rank_tests r = make(N, 0);
	for (unsigned signs = 0; signs < 1u << N; signs++) {
		double d[N];
		size_t negative = 0;
		for (unsigned i = 0; i < N; i++)
			d[i] = signs >> i & 1 ? -sizes[i] : sizes[i];
		rank_tests_take(&r, zero, d);
		for (size_t k = 0; k < r.count; k++)
			negative += r.differences[k] < 0;
		counts[negative]++;
		assert_true(rank_tests_above(&r, 0) == r.below[negative]);
	}
	for (size_t k = 0; k <= MEANS; k++) {
		below += counts[k];
		assert_true(fabs(r.below[k] - (double)below / (1u << N)) < 1e-15);
	}
	rank_tests_free(&r);
}

static double mean_of(const struct rank_tests *r)
{
	return (double)r->count / 2;
}

/* From the distribution itself. */
static double deviation_of(const struct rank_tests *r)
{
	double squares = 0;
	for (size_t k = 0; k <= r->count; k++)
		squares += (r->below[k] - (k ? r->below[k - 1] : 0)) * pow((double)k - mean_of(r), 2);
	return sqrt(squares);
}

/* Where the exact distributions end, the approximation goes on without a jump that matters. */
static void approximation_is_close(void **state)
{
	(void)state;
	static const size_t sizes[][2][2] = {{{30, 30}, {31, 31}}, {{41, 0}, {42, 0}}};
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct rank_tests exact = make(sizes[i][0][0], sizes[i][0][1]),
				  normal = make(sizes[i][1][0], sizes[i][1][1]);
		assert_true(exact.count <= RANK_TESTS_EXACT && normal.count > RANK_TESTS_EXACT);
		for (double z = -3; z <= 0; z += 0.1) {
			const double p = exact.below[(size_t)(mean_of(&exact) + z * deviation_of(&exact))],
				     q = normal.below[(size_t)(mean_of(&normal) + z * deviation_of(&normal))];
			assert_true(fabs(p - q) < 0.25 * q);
		}
		assert_true(normal.below[normal.count] == 1 && exact.below[exact.count] == 1);
		rank_tests_free(&exact);
		rank_tests_free(&normal);
	}
}

static void shift_by_hand(void **state)
{
	(void)state;
	const double a[] = {1, 2, 3, 5}, b[] = {4, 6, 9, 30};
	struct rank_tests r = make(3, 3);
	rank_tests_take(&r, a, b);
	struct shift s = rank_tests_shift(&r, 0.95); /* 1 2 3 3 4 5 6 7 8 */
	assert_true(s.value == 4 && isnan(s.interval.low) && isnan(s.interval.high));
	s = rank_tests_shift(&r, 0.89); /* P(U <= 0) = 1 / 20 */
	assert_true(s.interval.low == 1 && s.interval.high == 8);
	assert_true(rank_tests_above(&r, 0) == r.below[0] && rank_tests_below(&r, 0) == 1);
	assert_true(rank_tests_above(&r, 1) == r.below[1]); /* a tie counts against */
	assert_true(rank_tests_above(&r, 3) == r.below[4]);
	assert_true(rank_tests_below(&r, -8) == r.below[1]);
	rank_tests_free(&r);
	r = make(4, 4);
	rank_tests_take(&r, a, b);
	s = rank_tests_shift(&r, 0.95); /* P(U <= 0) = 1 / 70 */
	assert_true(s.interval.low == -1 && s.interval.high == 29);
	rank_tests_free(&r);
	r = make(4, 0);
	rank_tests_take(&r, a, b); /* 3 4 6 25, and means 3.5 4.5 5 14 14.5 15.5 */
	s = rank_tests_shift(&r, 0.87);
	assert_true(s.value == 5.5 && s.interval.low == 3 && s.interval.high == 25);
	assert_true(rank_tests_above(&r, 3) == r.below[1] && rank_tests_above(&r, 5) == r.below[5]);
	rank_tests_free(&r);
}

/* The interval encloses the true shift as often as it says, and the test agrees with it: refuted is what lies
 * outside. */
static void intervals_cover_and_agree(void **state)
{
	(void)state;
	enum { TRIALS = 10000 };
	uint64_t seed = 1947; /* kept: the verdict depends on the draws */
	static const size_t sizes[][2] = {{4, 4}, {6, 9}, {12, 12}, {40, 30}, {6, 0}, {12, 0}, {50, 0}};
	for (size_t k = 0; k < COUNT(sizes); k++) {
		const size_t n = sizes[k][0], m = sizes[k][1], values = m ? m : n, trials = TRIALS / n;
		size_t covered = 0;
		struct rank_tests r = make(n, m);
		for (size_t t = 0; t < trials; t++) {
			double a[50], b[50];
			for (size_t i = 0; i < n; i++)
				a[i] = draw_normal(&seed);
			for (size_t j = 0; j < values; j++)
				b[j] = draw_normal(&seed) + 0.7 + (m ? 0 : a[j]);
			rank_tests_take(&r, a, b);
			struct shift s = rank_tests_shift(&r, 0.95);
			covered += s.interval.low <= 0.7 && 0.7 <= s.interval.high;
			assert_int_equal(2 * rank_tests_above(&r, 0) <= 0.05, s.interval.low > 0);
			assert_int_equal(2 * rank_tests_below(&r, 0) <= 0.05, s.interval.high < 0);
		}
		double found = (double)covered / (double)trials;
		assert_true(found >= 0.95 - 4 * sqrt(0.0475 / (double)trials));
		rank_tests_free(&r);
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
	assert_int_equal(rank_tests_adjust(p, q, COUNT(p), &e), 0);
	for (size_t i = 0; i + 1 < COUNT(p); i++)
		discoveries += q[i] <= 0.05;
	assert_int_equal(discoveries, 4);
	assert_true(fabs(q[1] - 0.0015) < 1e-12 && fabs(q[6] - 0.0095 * 15 / 4) < 1e-12 && q[14] == 1);
	assert_true(fabs(q[8] - 0.0298 * 15 / 7) < 1e-12); /* held down by the next larger one */
	assert_true(isnan(q[15]));
}

static size_t needed(size_t n, size_t m, const double *a, const double *b, double alpha, double power)
{
	struct rank_tests r = make(n, m);
	rank_tests_take(&r, a, b);
	size_t values = rank_tests_needed(&r, 1, alpha, power);
	rank_tests_free(&r);
	return values;
}

static void enough_values_for_any_verdict(void **state)
{
	(void)state;
	static const double same[6], wide[6] = {-9, -6, -2, 1, 4, 11}, none[6];
	assert_int_equal(needed(6, 6, same, none, 0.05, 0.9), 4);   /* 2 / 70 is the first below 5 % */
	assert_int_equal(needed(6, 6, same, none, 0.0005, 0.9), 8); /* 2 / 12870 */
	assert_int_equal(needed(6, 0, same, none, 0.05, 0.9), 6);   /* 2 / 64 */
	assert_int_equal(needed(6, 0, same, none, 0.0005, 0.9), 12);
	assert_int_equal(needed(1, 1, same, none, 0.05, 0.9), 0);
	assert_int_equal(needed(1, 0, same, none, 0.05, 0.9), 0);
	for (size_t m = 0; m <= 6; m += 6) {
		assert_true(needed(6, m, wide, none, 0.05, 0.9) > 30);
		assert_true(needed(6, m, wide, none, 0.05, 0.9) > needed(6, m, wide, none, 0.05, 0.5));
	}
}

/* As many as it asks for, having seen much, find the shift in 9 of 10 trials; a third fewer do not. */
static void needed_is_enough(void **state)
{
	(void)state;
	enum { TRIALS = 1500, SEEN = 300 };
	static double a[SEEN], b[SEEN];
	uint64_t seed = 3; /* kept: the verdict depends on the draws */
	for (int pairs = 0; pairs < 2; pairs++) {
		for (size_t i = 0; i < SEEN; i++) {
			a[i] = draw_normal(&seed);
			b[i] = draw_normal(&seed);
		}
		const size_t n = needed(SEEN, pairs ? 0 : SEEN, a, b, 0.01, 0.9);
		for (int less = 0; less < 2; less++) {
			size_t found = 0, k = less ? n * 2 / 3 : n;
			struct rank_tests r = make(k, pairs ? 0 : k);
			for (int t = 0; t < TRIALS; t++) {
				double x[100], y[100];
				for (size_t i = 0; i < k; i++) {
					x[i] = draw_normal(&seed);
					y[i] = draw_normal(&seed) + 1;
				}
				rank_tests_take(&r, x, y);
				found += 2 * rank_tests_above(&r, 0) <= 0.01;
			}
			assert_int_equal((double)found >= 0.88 * TRIALS, !less);
			rank_tests_free(&r);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(critical_values_as_published),
		cmocka_unit_test(distribution_by_enumeration),
		cmocka_unit_test(critical_values_of_pairs_as_published),
		cmocka_unit_test(distribution_of_pairs_by_enumeration),
		cmocka_unit_test(approximation_is_close),
		cmocka_unit_test(shift_by_hand),
		cmocka_unit_test(intervals_cover_and_agree),
		cmocka_unit_test(adjusted_as_published),
		cmocka_unit_test(enough_values_for_any_verdict),
		cmocka_unit_test(needed_is_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
