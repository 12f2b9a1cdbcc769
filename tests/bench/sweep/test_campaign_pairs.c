/* SPDX-License-Identifier: MIT */
/* test_campaign_pairs.c - campaigns of several programs on a simulated machine: who is first, when a cell is
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

/* The sides of the n-th launch in the order of time, as digits from 1. */
static unsigned order_of(const struct table *arms, size_t count, size_t n)
{
	unsigned order = 0;
	double last = -1;
	for (size_t k = 0; k < count; k++) {
		size_t next = count;
		for (size_t i = 0; i < count; i++) {
			const double stamp = launch_of(&arms[i], n)->stamp;
			if (stamp > last && (next == count || stamp < launch_of(&arms[next], n)->stamp))
				next = i;
		}
		assert_true(next < count);
		last = launch_of(&arms[next], n)->stamp;
		order = 10 * order + (unsigned)next + 1;
	}
	return order;
}

static unsigned first_of(unsigned order)
{
	while (order >= 10)
		order /= 10;
	return order - 1;
}

/* All sides have the same launches in the same order; of as many of a cell that follow each other as there are sides
 * each was first in one; every complete block has every cell. */
static void check_turns(const struct plan *p, const struct table *arms, size_t count)
{
	unsigned firsts[MOCK_CELLS] = {0}, had[MOCK_CELLS] = {0};
	for (size_t n = 0; n < arms[0].count / 2; n++) {
		const struct sample *a = launch_of(&arms[0], n);
		const size_t cell = (size_t)a->cell_id.value;
		for (size_t i = 0; i < count; i++) {
			const struct sample *b = launch_of(&arms[i], n);
			assert_int_equal(arms[i].count, arms[0].count);
			assert_true(b->launch_id.value == n && b->cell_id.value == cell);
			assert_true(b->block.value == a->block.value);
		}
		const unsigned first = 1u << first_of(order_of(arms, count, n));
		if (had[cell]++ % count == 0)
			firsts[cell] = 0;
		assert_int_equal(firsts[cell] & first, 0);
		firsts[cell] |= first;
	}
	for (size_t i = 0; i < p->count; i++)
		assert_true(had[i] >= p->launches);
}

static void free_all(struct table *tables, size_t count)
{
	for (size_t i = 0; i < count; i++)
		table_free(&tables[i]);
}

/* Cells are launched on all sides until all are precise; each order of the sides is as frequent as the others of those
 * that rotate upwards or downwards. */
static void programs_take_turns(void **state)
{
	(void)state;
	for (size_t count = 2; count <= 3; count++) {
		struct plan p = mock_plan(MOCK_CELLS, 3, 40, 0.02);
		unsigned first[CAMPAIGN_ARMS] = {0}, upwards = 0, launches = 0;
		for (uint64_t trial = 0; trial < 10; trial++) {
			struct mock_machine m = {
				.slow_from = INFINITY, .scatter = 0.03, .spread = 2, .seed = trial};
			struct table arms[CAMPAIGN_ARMS];
			struct err e = {0};
			p.order_seed = trial;
			assert_int_equal(mock_try(&p, &m, count, NULL, arms, &e), 0);
			check_turns(&p, arms, count);
			for (size_t n = 0; n < arms[0].count / 2; n++, launches++) {
				const unsigned order = order_of(arms, count, n);
				first[first_of(order)]++;
				upwards += order == 123 || order == 231 || order == 312;
			}
			free_all(arms, count);
		}
		for (size_t i = 0; i < count; i++)
			assert_true(first[i] >= 90 * launches / 100 / count &&
				    first[i] <= 110 * launches / 100 / count);
		assert_true(count == 2 || (upwards >= 40 * launches / 100 && upwards <= 60 * launches / 100));
	}
}

/* As many sides as there may be. */
static void seven_others_are_measured(void **state)
{
	(void)state;
	const struct plan p = mock_plan(MOCK_CELLS, 3, 3, INFINITY);
	struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table arms[CAMPAIGN_ARMS];
	struct err e = {0};
	assert_int_equal(mock_try(&p, &m, CAMPAIGN_ARMS, NULL, arms, &e), 0);
	check_turns(&p, arms, CAMPAIGN_ARMS);
	free_all(arms, CAMPAIGN_ARMS);
}

/* The two sweeps of before, then of what followed, one after the other. */
static void join(struct table *whole, const struct table *then)
{
	struct err e = {0};
	for (size_t i = 0; i < then->count; i++)
		assert_non_null(table_add(whole, table_row(then, i), &e));
}

/* The time at which so many launches of all sides together had ended. */
static double killed_at(const struct table *all, size_t count, size_t launches)
{
	const size_t turns = all[0].count / 2, turn = launches / count;
	double at = -1;
	if (launches == 0)
		return at;
	for (size_t i = 0; turn > 0 && i < count; i++)
		at = fmax(at, launch_of(&all[i], turn - 1)->stamp);
	for (size_t k = 0; turn < turns && k < launches % count; k++) {
		double next = INFINITY;
		for (size_t i = 0; i < count; i++)
			if (launch_of(&all[i], turn)->stamp > at)
				next = fmin(next, launch_of(&all[i], turn)->stamp);
		at = next;
	}
	return at;
}

/* Killed after any launch, also between those of a turn: it goes on as if it had not been, with the same cells and the
 * same order of the sides. */
static void programs_go_on(size_t count)
{
	const struct plan p = mock_plan(MOCK_CELLS, 4, 4, INFINITY);
	struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table all[CAMPAIGN_ARMS];
	struct err e = {0};
	assert_int_equal(mock_try(&p, &m, count, NULL, all, &e), 0);
	for (size_t launches = 0; launches <= count * all[0].count / 2; launches++) {
		struct table before[CAMPAIGN_ARMS], rest[CAMPAIGN_ARMS];
		const double at = killed_at(all, count, launches);
		size_t kept = 0;
		for (size_t i = 0; i < count; i++) {
			struct table part = all[i];
			for (part.count = 0;
				part.count < all[i].count && launch_of(&all[i], part.count / 2)->stamp <= at;)
				part.count += 2;
			table_init(&before[i], sample_columns, sizeof(struct sample));
			join(&before[i], &part);
			kept += part.count / 2;
		}
		assert_int_equal(kept, launches);
		m = (struct mock_machine){
			.slow_from = INFINITY, .now = 1e6, .scatter = 0.02, .spread = 1, .seed = 2};
		assert_int_equal(mock_try(&p, &m, count, before, rest, &e), 0);
		for (size_t i = 0; i < count; i++) {
			join(&before[i], &rest[i]);
			assert_int_equal(before[i].count, all[i].count);
		}
		for (size_t n = 0; n < all[0].count / 2; n++) {
			assert_true(launch_of(&before[0], n)->cell_id.value ==
				    launch_of(&all[0], n)->cell_id.value);
			assert_int_equal(order_of(before, count, n), order_of(all, count, n));
		}
		check_turns(&p, before, count);
		free_all(before, count);
		free_all(rest, count);
	}
	free_all(all, count);
}

static void two_programs_go_on(void **state)
{
	(void)state;
	programs_go_on(2);
}

static void three_programs_go_on(void **state)
{
	(void)state;
	programs_go_on(3);
}

/* Sides that are not of one sweep, or of which one lacks more than the launch in which it was killed. */
static void sides_that_do_not_match_are_refused(void **state)
{
	(void)state;
	const struct plan p = mock_plan(MOCK_CELLS, 3, 3, INFINITY);
	struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table all[3];
	struct err e = {0};
	assert_int_equal(mock_try(&p, &m, 3, NULL, all, &e), 0);
	for (int fault = 0; fault < 3; fault++) {
		struct table before[3] = {all[0], all[1], all[2]}, rest[3];
		struct sample *s = table_row(&all[2], 10);
		const struct uint_field cell = s->cell_id, block = s->block;
		if (fault == 0)
			before[2].count -= 4;
		if (fault == 1)
			s->cell_id.value = (cell.value + 1) % MOCK_CELLS;
		if (fault == 2)
			s->block.value++;
		e = (struct err){0};
		assert_int_equal(mock_try(&p, &m, 3, before, rest, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		if (!strstr(e.text, fault ? "/nowhere/against/2/samples.csv: row 11 is of no launch"
					  : "/nowhere/samples.csv: row 71 is of a launch that another"))
			fail_msg("fault %d: '%s'", fault, e.text);
		s->cell_id = cell;
		s->block = block;
		free_all(rest, 3);
	}
	free_all(all, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_take_turns),
		cmocka_unit_test(seven_others_are_measured),
		cmocka_unit_test(two_programs_go_on),
		cmocka_unit_test(three_programs_go_on),
		cmocka_unit_test(sides_that_do_not_match_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
