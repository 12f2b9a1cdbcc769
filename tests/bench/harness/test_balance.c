/* SPDX-License-Identifier: MIT */
/* How evenly chunks of the sieve keep workers busy: each goes to the worker that is free first, and costs as
 * much as its lines, of which one is like another, a tenth more or less as caches and clocks will have it. */
#include "bench/harness/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST_WORKERS = 128 };

/* What the busiest worker does more than the mean, as a part of all it does. */
static double imbalance(const struct work *w, unsigned workers)
{
	double busy[MOST_WORKERS] = {0}, longest = 0, all = 0;
	unsigned seed = 1;
	for (uint64_t i = 0; i < w->chunks; i++) {
		unsigned first = 0;
		for (unsigned j = 1; j < workers; j++)
			if (busy[j] < busy[first])
				first = j;
		struct span s = work_part(w->units, w->chunks, i);
		double cost = (double)(s.hi - s.lo) * (0.9 + 0.2 * rand_r(&seed) / RAND_MAX);
		busy[first] += cost;
		all += cost;
	}
	for (unsigned j = 0; j < workers; j++)
		longest = busy[j] > longest ? busy[j] : longest;
	return 1 - all / workers / longest;
}

static void check(const char *variant, uint64_t start, uint64_t numbers, unsigned workers)
{
	struct err e = {0};
	struct cell c;
	assert_int_equal(cell_init(&c, "sieve", &e), 0);
	c.variant = variant_find(c.kernel, variant, &e);
	c.schedule = SCHEDULE_DYNAMIC;
	c.workers = workers;
	c.problem.start = start;
	c.problem.stop = start + numbers;
	c.problem.workers = workers;
	c.problem.l1_bytes = 48 << 10;
	c.problem.l2_bytes = 2 << 20;
	c.problem.l3_bytes = 2 << 20;
	struct work w = {.cell = &c, .problem = c.problem};
	if (work_setup(&w, &e) != 0)
		fail_msg("%s", e.text);
	double found = imbalance(&w, workers);
	print_message("%s %llu + %llu, %u workers: %llu lines in %llu chunks, imbalance %.2f %%\n", variant,
		(unsigned long long)start, (unsigned long long)numbers, workers, (unsigned long long)w.units,
		(unsigned long long)w.chunks, 100 * found);
	if (found >= 0.02)
		fail_msg("imbalance of 2 %% or more");
	work_teardown(&w);
}

static void test_two_workers(void **state)
{
	(void)state;
	check("best", 0, 100000000, 2);
	check("best", 0, 1000000000, 2);
	check("best", 0, UINT64_C(10000000000), 2);
	check("best", UINT64_C(1000000000000), UINT64_C(10000000000), 2);
	check("best", UINT64_C(10000000000000), UINT64_C(10000000000), 2);
	check("best", UINT64_C(1000000000000000), UINT64_C(10000000000), 2);
}

static void test_many_workers(void **state)
{
	(void)state;
	for (unsigned workers = 8; workers <= MOST_WORKERS; workers *= 2)
		check("best", 0, UINT64_C(10000000000), workers);
	check("scalar", 0, UINT64_C(10000000000), MOST_WORKERS);
	check("best", 0, UINT64_C(100000000000), MOST_WORKERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_workers),
		cmocka_unit_test(test_many_workers),
	};
	return cmocka_run_group_tests_name("balance", tests, NULL, NULL);
}
