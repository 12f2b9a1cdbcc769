/* SPDX-License-Identifier: MIT */
/* test_campaign.c - campaigns on a simulated machine: what order and canary are worth when it slows down
 * half-way, and what a sweep goes on from. */
#include "bench/data/drift.h"
#include "bench/data/group.h"
#include "bench/stats/stats.h"
#include "tests/bench/sweep/mock_machine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The same launches cell by cell, as a loop around a program would make them. */
static void naive(const struct plan *p, struct mock_machine *m, struct table *samples)
{
	struct err e = {0};
	uint64_t id = 0;
	table_init(samples, sample_columns, sizeof(struct sample));
	for (size_t i = 0; i < p->count; i++)
		for (unsigned l = 0; l < p->launches; l++, id++) {
			struct measure_plan measure = {.cell = p->cells[i].cell};
			struct launch_result r;
			assert_int_equal(
				mock_launch(m, &(struct launch_order){.measure = &measure}, &r, &e), 0);
			for (size_t k = 0; k < r.samples.count; k++) {
				struct sample *s = table_row(&r.samples, k);
				s->launch_id = (struct uint_field){id, true};
				s->cell_id = (struct uint_field){i, true};
				assert_non_null(table_add(samples, s, &e));
			}
			table_free(&r.samples);
		}
}

/* How many ratios to the first cell lie within their interval, of MOCK_CELLS - 1. */
static unsigned right_ratios(const struct plan *p, const struct table *samples)
{
	struct groups g;
	struct err e = {0};
	unsigned right = 0;
	assert_int_equal(groups_make(&g, samples, &e), 0);
	const struct group *of[MOCK_CELLS] = {NULL};
	for (size_t i = 0; i < g.count; i++)
		of[g.list[i].cell->size.value / 1000 - 1] = &g.list[i];
	for (size_t i = 1; i < p->count; i++) {
		struct ratio r = stats_launch_ratio(of[i]->launches, of[i]->launch_count, of[0]->launches,
			of[0]->launch_count, (struct prior){0});
		double truth = mock_seconds(&p->cells[i].cell) / mock_seconds(&p->cells[0].cell);
		right += r.interval.low <= truth && truth <= r.interval.high;
	}
	groups_free(&g);
	return right;
}

/* Half of the time is over when half of its launches are, near enough. */
static double half_time(const struct plan *p)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		sum += p->launches * 2 * (0.05 + 20 * mock_seconds(&p->cells[i].cell));
	return sum / 2;
}

/* A machine that gets 10 % slower half-way: with one cell after the other the cells of the second half are
 * wrong by that; in random blocks all ratios stay right, and the canary tells. */
static void drift_is_harmless_and_told(void **state)
{
	(void)state;
	struct plan p = mock_plan(MOCK_CELLS, 20, 20, INFINITY);
	unsigned ours = 0, theirs = 0, told = 0;
	enum { TRIALS = 40 };
	for (uint64_t trial = 0; trial < TRIALS; trial++) {
		struct mock_machine m = {.slow_from = half_time(&p),
			.slower = 1.10,
			.scatter = 0.01,
			.spread = 1,
			.seed = trial};
		struct table samples;
		struct drift d;
		struct err e = {0};
		p.order_seed = trial;
		mock_campaign(&p, &m, NULL, &samples);
		ours += right_ratios(&p, &samples);
		assert_int_equal(drift_of_cell(&samples, p.canary, &d, &e), 0);
		told += d.verdict == DRIFT_DRIFTED && d.range > 0.05 && d.range < 0.15;
		table_free(&samples);
		m = (struct mock_machine){.slow_from = half_time(&p),
			.slower = 1.10,
			.scatter = 0.01,
			.spread = 1,
			.seed = trial};
		naive(&p, &m, &samples);
		theirs += right_ratios(&p, &samples);
		table_free(&samples);
	}
	print_message("ratios within their intervals: %u of %u in random blocks, %u cell by cell; drift told "
		      "in %u of %u\n",
		ours, TRIALS * (MOCK_CELLS - 1), theirs, told, TRIALS);
	assert_true(ours >= 0.95 * TRIALS * (MOCK_CELLS - 1));
	assert_true(theirs <= 0.75 * TRIALS * (MOCK_CELLS - 1));
	assert_int_equal(told, TRIALS);
}

static void a_steady_machine_is_called_steady(void **state)
{
	(void)state;
	const struct plan p = mock_plan(MOCK_CELLS, 20, 20, INFINITY);
	unsigned alarms = 0;
	for (uint64_t trial = 0; trial < 100; trial++) {
		struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.04, .spread = 1, .seed = trial};
		struct table samples;
		struct drift d;
		struct err e = {0};
		mock_campaign(&p, &m, NULL, &samples);
		assert_int_equal(drift_of_cell(&samples, p.canary, &d, &e), 0);
		alarms += d.verdict == DRIFT_DRIFTED;
		assert_int_equal(d.launches, 20);
		table_free(&samples);
	}
	assert_true(alarms <= 4); /* 1 % are expected */
}

/* In every block, even where it is long since precise; and all launches of an interrupted sweep come as they
 * would have. */
static void the_canary_is_in_every_block(void **state)
{
	(void)state;
	const struct plan p = mock_plan(MOCK_CELLS, 3, 40, 0.01);
	struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 3, .seed = 1};
	struct table samples, again;
	unsigned seen = 0, last = 0;
	mock_campaign(&p, &m, NULL, &samples);
	for (size_t i = 0; i < samples.count; i++) {
		const struct sample *s = table_row(&samples, i);
		last = (unsigned)s->block.value;
		seen += s->cell_id.value == p.canary && s->sample.value == 0;
	}
	assert_true(last > 8);
	assert_int_equal(seen, last + 1);
	/* interrupted after any launch of the complete blocks: the rest of them follows in the same order */
	for (size_t keep = 2; keep <= 3 * MOCK_CELLS * 2; keep += 2) {
		struct table before = samples;
		before.count = keep;
		mock_campaign(&p, &m, &before, &again);
		for (size_t i = keep; i < 3 * MOCK_CELLS * 2; i++) {
			const struct sample *s = table_row(&samples, i), *t = table_row(&again, i - keep);
			assert_int_equal(s->cell_id.value, t->cell_id.value);
			assert_int_equal(s->block.value, t->block.value);
			assert_int_equal(s->launch_id.value, t->launch_id.value);
		}
		table_free(&again);
	}
	/* interrupted after any later launch: none of the canary's is lost */
	for (size_t keep = 3 * MOCK_CELLS * 2; keep < samples.count; keep += 2) {
		struct table before = samples;
		before.count = keep;
		const struct sample *s = table_row(&samples, keep - 2);
		unsigned blocks = (unsigned)s->block.value + 1, canaries = 0;
		for (size_t i = 0; i < keep; i += 2)
			canaries +=
				((const struct sample *)table_row(&samples, i))->cell_id.value == p.canary;
		mock_campaign(&p, &m, &before, &again);
		for (size_t i = 0; i < again.count; i += 2) {
			s = table_row(&again, i);
			blocks = (unsigned)s->block.value + 1;
			canaries += s->cell_id.value == p.canary;
		}
		assert_int_equal(canaries, blocks);
		table_free(&again);
	}
	table_free(&samples);
}

/* A file in which a launch's rows are of several cells, or launches are missing, is no sweep's. */
static void damaged_rows_are_refused(void **state)
{
	(void)state;
	const struct plan p = mock_plan(MOCK_CELLS, 3, 3, INFINITY);
	struct mock_machine m = {.slow_from = INFINITY, .scatter = 0.02, .spread = 1, .seed = 1};
	struct table samples, again;
	mock_campaign(&p, &m, NULL, &samples);
	for (size_t row = 0; row < 8; row++) {
		struct sample *s = table_row(&samples, row), kept = *s;
		struct err e = {0};
		char says[64];
		s->cell_id.value = row % 4 == 3 ? MOCK_CELLS : (s->cell_id.value + 1) % MOCK_CELLS;
		s->cell_id.known = row % 4 != 2;
		assert_int_equal(mock_try(&p, &m, 1, &samples, &again, &e), -1);
		assert_int_equal(e.status, ERR_USAGE);
		snprintf(says, sizeof says, "row %zu is of no launch",
			row % 2 ? row + 1 : row + (row % 4 == 2 ? 1 : 2));
		if (!strstr(e.text, says))
			fail_msg("'%s' does not say '%s'", e.text, says);
		table_free(&again);
		*s = kept;
	}
	samples.count -= 2;
	memmove(table_row(&samples, 4), table_row(&samples, 6), (samples.count - 6) * sizeof(struct sample));
	struct err e = {0};
	assert_int_equal(mock_try(&p, &m, 1, &samples, &again, &e), -1);
	table_free(&again);
	table_free(&samples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drift_is_harmless_and_told),
		cmocka_unit_test(a_steady_machine_is_called_steady),
		cmocka_unit_test(the_canary_is_in_every_block),
		cmocka_unit_test(damaged_rows_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
