/* SPDX-License-Identifier: MIT */
/*
 * test_change_points.c - E-divisive against its definition; how often chance looks like a change, and how often a planted
 * one is found, over many seeds. PARSCALE_LONG=1: ten times as many.
 */
#include "base/rng.h"
#include "bench/stats/change_points.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 64 };

static unsigned times(unsigned n)
{
	const char *longer = getenv("PARSCALE_LONG");
	return longer && *longer ? 10 * n : n;
}

static double uniform(uint64_t *random)
{
	return ((double)(rng_next(random) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t *random)
{
	return sqrt(-2 * log(uniform(random))) * cos(6.283185307179586 * uniform(random));
}

/* Times as a sweep has them: skewed, one in ten slower by much. */
static double skewed(uint64_t *random)
{
	return 0.01 * exp(normal(random)) + (uniform(random) < 0.1 ? 0.1 * uniform(random) : 0);
}

/* How many random values are at most `alpha` of `of`, beyond which chance has less than 1 in 1000. */
static double allowed(unsigned of, double alpha)
{
	return of * alpha + 3.1 * sqrt(of * alpha * (1 - alpha));
}

/* The best split by the definition: sums over all pairs, each time anew. */
static size_t best_by_definition(const double *x, size_t n)
{
	size_t best = 0;
	double most = -INFINITY;
	for (size_t at = CHANGE_PART; at + CHANGE_PART <= n; at++)
		for (size_t end = at + CHANGE_PART; end <= n; end++) {
			const double l = (double)at, r = (double)(end - at);
			double across = 0, left = 0, right = 0;
			for (size_t i = 0; i < end; i++)
				for (size_t j = 0; j < end; j++) {
					const double d = fabs(x[i] - x[j]);
					across += i < at && j >= at ? d : 0;
					left += i < j && j < at ? d : 0;
					right += i >= at && i < j ? d : 0;
				}
			const double q =
				l * r / (l + r) *
				(2 * across / (l * r) - left / (l * (l - 1) / 2) - right / (r * (r - 1) / 2));
			if (q > most * (1 + 1e-12)) {
				most = q;
				best = at;
			}
		}
	return best;
}

static void the_split_is_that_of_the_definition(void **state)
{
	uint64_t random = 7;
	(void)state;
	for (int round = 0; round < 40; round++) {
		const size_t n = 12 + (size_t)round % 9, at = 3 + (size_t)round % 6;
		double x[MOST];
		for (size_t i = 0; i < n; i++)
			x[i] = normal(&random) + (i >= at ? 8 : 0);
		struct change_point out[MOST];
		struct err e = {0};
		size_t count;
		assert_int_equal(change_points(x, n, &(struct change_rules){0.05, 999}, out, &count, &e), 0);
		assert_true(count >= 1);
		bool found = false;
		for (size_t i = 0; i < count; i++)
			found = found || out[i].at == best_by_definition(x, n);
		assert_true(found);
	}
}

static void chance_is_rarely_a_change(void **state)
{
	const unsigned rounds = times(400);
	unsigned alarms = 0, tenths = 0, hunters = 0;
	(void)state;
	for (unsigned seed = 1; seed <= rounds; seed++) {
		uint64_t random = seed;
		const size_t n = 8 + seed % 25;
		double x[MOST], p;
		struct change_point out[MOST];
		struct err e = {0};
		size_t count;
		for (size_t i = 0; i < n; i++)
			x[i] = skewed(&random);
		assert_int_equal(change_points(x, n, &(struct change_rules){0.05, 199}, out, &count, &e), 0);
		alarms += count > 0;
		assert_int_equal(change_first(x, n, 199, &p, &e), 0);
		assert_true(p > 0 && p <= 1);
		tenths += p <= 0.1;
		assert_int_equal(
			change_points_hunter(x, n, &(struct change_rules){0.001, 0}, out, &count, &e), 0);
		hunters += count > 0;
	}
	printf("of %u series without a change, %u have one at 0.05, %u at 0.1, %u by Hunter's method at 0.001\n",
		rounds, alarms, tenths, hunters);
	assert_true(alarms <= allowed(rounds, 0.05));
	assert_true(tenths <= allowed(rounds, 0.1));
	assert_true(tenths >= rounds * 0.04); /* and the level is made use of */
}

/* Whether there is exactly one change, at most one value off. */
static bool only_near(const struct change_point *list, size_t count, size_t at)
{
	return count == 1 && list[0].at + 1 >= at && list[0].at <= at + 1;
}

static void planted_changes_are_found(void **state)
{
	const unsigned rounds = times(100);
	unsigned step = 0, hunter = 0, hump = 0, late = 0;
	(void)state;
	for (unsigned seed = 1; seed <= rounds; seed++) {
		uint64_t random = 1000 + seed;
		double x[3][MOST];
		struct change_point out[MOST];
		struct err e = {0};
		const struct change_rules rules = {0.05, 999};
		size_t count;
		for (size_t i = 0; i < 30; i++) {
			const double noise = 0.01 * normal(&random);
			x[0][i] = noise + (i >= 18 ? 0.03 : 0);           /* 3 % with 1 % of noise */
			x[1][i] = noise + (i >= 10 && i < 20 ? 0.05 : 0); /* and back */
			x[2][i] = noise + (i >= 27 ? 0.06 : 0);           /* the last three sweeps */
		}
		assert_int_equal(change_points(x[0], 30, &rules, out, &count, &e), 0);
		step += only_near(out, count, 18);
		assert_int_equal(
			change_points_hunter(x[0], 30, &(struct change_rules){0.001, 0}, out, &count, &e), 0);
		hunter += only_near(out, count, 18);
		assert_int_equal(change_points(x[1], 30, &rules, out, &count, &e), 0);
		hump += count >= 2 && out[0].at >= 9 && out[0].at <= 11 && out[count - 1].at >= 19 &&
			out[count - 1].at <= 21;
		assert_int_equal(change_points(x[2], 30, &rules, out, &count, &e), 0);
		late += count >= 1 && out[count - 1].at >= 26 && out[count - 1].at <= 28;
	}
	printf("of %u: a step of 3 sigma found alone %u times (Hunter's method %u), up and back %u, the last three %u\n",
		rounds, step, hunter, hump, late);
	assert_true(step * 10 >= rounds * 8);
	assert_true(hunter * 10 >= rounds * 8);
	assert_true(hump * 10 >= rounds * 9);
	assert_true(late * 10 >= rounds * 9);
}

static void short_and_odd_series(void **state)
{
	const double flat[12] = {0}, two[12] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
	struct change_point out[MOST];
	struct err e = {0};
	size_t count;
	double p;
	(void)state;
	for (size_t n = 0; n < CHANGE_FEWEST; n++) {
		assert_int_equal(change_points(two, n, &(struct change_rules){0.05, 99}, out, &count, &e), 0);
		assert_int_equal(count, 0);
		assert_int_equal(
			change_points_hunter(two, n, &(struct change_rules){0.001, 0}, out, &count, &e), 0);
		assert_int_equal(count, 0);
		assert_int_equal(change_first(two, n, 99, &p, &e), 0);
		assert_true(p == 1);
	}
	assert_int_equal(change_points(flat, 12, &(struct change_rules){0.05, 99}, out, &count, &e), 0);
	assert_int_equal(count, 0);
	assert_int_equal(
		change_points_hunter(flat, 12, &(struct change_rules){0.001, 0}, out, &count, &e), 0);
	assert_int_equal(count, 0);
	for (int hunter = 0; hunter < 2; hunter++) {
		const struct change_rules rules = {hunter ? 0.001 : 0.05, 999};
		assert_int_equal(
			(hunter ? change_points_hunter : change_points)(two, 12, &rules, out, &count, &e), 0);
		assert_int_equal(count, 1);
		assert_int_equal(out[0].at, 6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_split_is_that_of_the_definition),
		cmocka_unit_test(chance_is_rarely_a_change),
		cmocka_unit_test(planted_changes_are_found),
		cmocka_unit_test(short_and_odd_series),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
