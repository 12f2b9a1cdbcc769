/* SPDX-License-Identifier: MIT */
/* test_campaign_pairs.c - campaigns of two programs on a simulated machine: who is first, when a cell is
 * done, and how they go on. */
#include "tests/bench/sweep/mock_machine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The n-th launch of a side, of two rows. */
static const struct sample *launch_of(const struct table *t, size_t n)
{
	return table_row(t, 2 * n);
}

/* Both sides have the same launches in the same order; of two of a cell that follow each other each side was
 * first in one; every complete block has every cell. */
static void check_pairs(const struct plan *p, const struct table arms[2])
{
	bool here_first[MOCK_CELLS];
	unsigned had[MOCK_CELLS] = {0};
	assert_int_equal(arms[0].count, arms[1].count);
	for (size_t n = 0; n < arms[0].count / 2; n++) {
		const struct sample *a = launch_of(&arms[0], n), *b = launch_of(&arms[1], n);
		const size_t cell = a->cell_id.value;
		assert_true(a->launch_id.value == n && b->launch_id.value == n);
		assert_true(b->cell_id.value == cell && a->block.value == b->block.value);
		if (had[cell] % 2)
			assert_int_equal(a->stamp < b->stamp, !here_first[cell]);
		here_first[cell] = a->stamp < b->stamp;
		had[cell]++;
	}
	for (size_t i = 0; i < p->count; i++)
		assert_true(had[i] >= p->launches);
}

/* Cells are launched on both sides until both are precise. */
static void two_programs_take_turns(void **state)
{
	(void)state;
	struct plan p = mock_plan(MOCK_CELLS, 3, 40, 0.02);
	unsigned here_first = 0, launches = 0;
	for (uint64_t trial = 0; trial < 10; trial++) {
		struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.03, .spread = 2, .seed = trial};
		struct table arms[2];
		struct err e = {0};
		p.order_seed = trial;
		assert_int_equal(mock_try(&p, &m, 2, NULL, arms, &e), 0);
		check_pairs(&p, arms);
		for (size_t n = 0; n < arms[0].count / 2; n++, launches++)
			here_first += launch_of(&arms[0], n)->stamp < launch_of(&arms[1], n)->stamp;
		for (size_t i = 0; i < 2; i++)
			table_free(&arms[i]);
	}
	assert_true(here_first >= 45 * launches / 100 && here_first <= 55 * launches / 100);
}

/* The two sweeps of before, then of what followed, one after the other. */
static void join(struct table *whole, const struct table *then)
{
	struct err e = {0};
	for (size_t i = 0; i < then->count; i++)
		assert_non_null(table_add(whole, table_row(then, i), &e));
}

/* Killed after any launch, also between both of a pair: it goes on as if it had not been. */
static void two_programs_go_on(void **state)
{
	(void)state;
	const struct plan p = mock_plan(MOCK_CELLS, 4, 4, INFINITY);
	struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table all[2];
	struct err e = {0};
	assert_int_equal(mock_try(&p, &m, 2, NULL, all, &e), 0);
	for (size_t launches = 0; launches <= all[0].count; launches++) { /* of both sides */
		struct table before[2], rest[2];
		const size_t n = launches / 2;
		for (size_t i = 0; i < 2; i++) {
			const bool first = n < all[0].count / 2 &&
					   launch_of(&all[i], n)->stamp < launch_of(&all[1 - i], n)->stamp;
			struct table kept = all[i];
			kept.count = 2 * (n + (launches % 2 && first));
			table_init(&before[i], sample_columns, sizeof(struct sample));
			join(&before[i], &kept);
		}
		m = (struct mock_machine){
			.slow_from = INFINITY, .now = 1e6, .scatter = 0.02, .spread = 1, .seed = 2};
		assert_int_equal(mock_try(&p, &m, 2, before, rest, &e), 0);
		for (size_t i = 0; i < 2; i++) {
			join(&before[i], &rest[i]);
			table_free(&rest[i]);
			assert_int_equal(before[i].count, all[i].count);
			for (size_t k = 0; k < all[i].count / 2; k++)
				assert_true(launch_of(&before[i], k)->cell_id.value ==
					    launch_of(&all[i], k)->cell_id.value);
		}
		check_pairs(&p, before);
		for (size_t i = 0; i < 2; i++)
			table_free(&before[i]);
	}
	for (size_t i = 0; i < 2; i++)
		table_free(&all[i]);
}

/* Sides that are not of one sweep, or of which one lacks more than the launch in which it was killed. */
static void sides_that_do_not_match_are_refused(void **state)
{
	(void)state;
	const struct plan p = mock_plan(MOCK_CELLS, 3, 3, INFINITY);
	struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table all[2];
	struct err e = {0};
	assert_int_equal(mock_try(&p, &m, 2, NULL, all, &e), 0);
	for (int fault = 0; fault < 3; fault++) {
		struct table before[2] = {all[0], all[1]}, rest[2];
		struct sample *s = table_row(&all[1], 10);
		const struct uint_field cell = s->cell_id, block = s->block;
		if (fault == 0)
			before[1].count -= 4;
		if (fault == 1)
			s->cell_id.value = (cell.value + 1) % MOCK_CELLS;
		if (fault == 2)
			s->block.value++;
		e = (struct err){0};
		assert_int_equal(mock_try(&p, &m, 2, before, rest, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		if (!strstr(e.text, fault ? "/nowhere/against/samples.csv: row 11 is of no launch"
					  : "/nowhere/samples.csv: row 71 is of a launch that the other"))
			fail_msg("fault %d: '%s'", fault, e.text);
		s->cell_id = cell;
		s->block = block;
		for (size_t i = 0; i < 2; i++)
			table_free(&rest[i]);
	}
	for (size_t i = 0; i < 2; i++)
		table_free(&all[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_programs_take_turns),
		cmocka_unit_test(two_programs_go_on),
		cmocka_unit_test(sides_that_do_not_match_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
