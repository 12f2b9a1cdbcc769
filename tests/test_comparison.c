/* SPDX-License-Identifier: MIT */
/* test_comparison.c - verdicts on simulated result sets: no false alarms, planted changes found. */
#include "data/comparison.h"

#include "draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* How the samples of a result set scatter. */
struct noise {
	double launch, sample; /* standard deviations of the logarithm: between launches, within one */
	double outliers;       /* share of launches that are a quarter slower */
};

/* `cells` cells of `launches` launches of 3 samples; cell i takes 0.001 * (i + 1) seconds, cell `changed`
 * `factor` times that. */
struct set {
	unsigned cells, launches;
	struct noise noise;
	unsigned changed;
	double factor;
};

enum { NONE = 1000000 };

static void fill(struct table *t, const struct set *set, uint64_t *seed)
{
	struct err e = {0};
	table_init(t, sample_columns, sizeof(struct sample));
	for (unsigned l = 0; l < set->launches; l++)
		for (unsigned c = 0; c < set->cells; c++) {
			double launch = set->noise.launch * draw_normal(seed);
			if (draw_uniform(seed) < set->noise.outliers)
				launch += log(1.25);
			for (unsigned i = 0; i < 3; i++) {
				struct sample *s = table_add(t, NULL, &e);
				assert_non_null(s);
				strcpy(s->cell.kernel, "noop");
				s->cell.size = (struct uint_field){c, true};
				s->launch_id = (struct uint_field){l * set->cells + c, true};
				strcpy(s->status, "ok");
				s->seconds =
					0.001 * (c + 1) * exp(launch + set->noise.sample * draw_normal(seed));
				if (c == set->changed)
					s->seconds *= set->factor;
			}
		}
}

static const struct comparison_rules usual = {.margin = 0.01, .effect = 0.03};

/* Compares two sets; the rows go to `rows`. */
static struct comparison_result compare(const struct set *a, const struct set *b,
	const struct comparison_rules *rules, struct table *rows, uint64_t *seed)
{
	struct table x, y;
	struct comparison_result result;
	struct err e = {0};
	fill(&x, a, seed);
	fill(&y, b, seed);
	table_init(rows, comparison_columns, sizeof(struct comparison));
	assert_int_equal(comparison_make(&x, &y, rules, rows, &result, &e), 0);
	table_free(&x);
	table_free(&y);
	return result;
}

static const struct comparison *row(const struct table *rows, size_t i)
{
	return table_row(rows, i);
}

static void verdicts_without_noise(void **state)
{
	(void)state;
	static const struct {
		double factor;
		enum verdict verdict;
	} changes[] = {{1, VERDICT_SAME}, {1.005, VERDICT_SAME}, {0.995, VERDICT_SAME},
		{1.02, VERDICT_SLOWER}, {0.98, VERDICT_FASTER}, {3, VERDICT_SLOWER}};
	uint64_t seed = 1;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct set a = {.cells = 3, .launches = 8, .changed = NONE}, b = a;
		struct table rows;
		b.changed = 1;
		b.factor = changes[i].factor;
		struct comparison_result r = compare(&a, &b, &usual, &rows, &seed);
		assert_int_equal(rows.count, 3);
		assert_int_equal(comparison_verdict(row(&rows, 1)), changes[i].verdict);
		assert_int_equal(comparison_verdict(row(&rows, 0)), VERDICT_SAME);
		assert_true(fabs(row(&rows, 1)->ratio - changes[i].factor) < 1e-12);
		assert_true(fabs(row(&rows, 1)->b_seconds - 0.002 * changes[i].factor) < 1e-15);
		assert_int_equal(row(&rows, 1)->a_launches.value, 8);
		assert_int_equal(r.verdicts[VERDICT_SAME], changes[i].verdict == VERDICT_SAME ? 3 : 2);
		table_free(&rows);
	}
}

static void too_few_launches_stay_undecided(void **state)
{
	(void)state;
	uint64_t seed = 1;
	struct set a = {.cells = 1, .launches = 3, .changed = 0, .factor = 1}, b = a;
	struct table rows;
	b.factor = 10;
	struct comparison_result r = compare(&a, &b, &usual, &rows, &seed);
	assert_int_equal(r.verdicts[VERDICT_UNDECIDED], 1);
	assert_true(isnan(row(&rows, 0)->ratio_low) && fabs(row(&rows, 0)->ratio - 10) < 1e-12);
	assert_int_equal(row(&rows, 0)->launches_needed.value, 4);
	table_free(&rows);
	a.launches = b.launches = 1;
	r = compare(&a, &b, &usual, &rows, &seed);
	assert_int_equal(r.verdicts[VERDICT_UNDECIDED], 1);
	assert_false(row(&rows, 0)->launches_needed.known);
	table_free(&rows);
}

static void cells_of_one_side(void **state)
{
	(void)state;
	uint64_t seed = 1;
	struct set a = {.cells = 5, .launches = 4, .changed = NONE},
		   b = {.cells = 3, .launches = 4, .changed = NONE};
	struct table x, y, rows;
	struct comparison_result r;
	struct err e = {0};
	fill(&x, &a, &seed);
	fill(&y, &b, &seed);
	for (size_t i = 0; i < y.count; i++) {
		struct sample *s = table_row(&y, i);
		if (s->cell.size.value == 2)
			strcpy(s->status, "wrong");
		if (s->cell.size.value == 1)
			s->cell.size.value = 77;
	}
	table_init(&rows, comparison_columns, sizeof(struct comparison));
	assert_int_equal(comparison_make(&x, &y, &usual, &rows, &r, &e), 0);
	assert_int_equal(rows.count, 2);
	assert_int_equal(r.only_a, 3);
	assert_int_equal(r.only_b, 1);
	assert_int_equal(r.verdicts[VERDICT_SAME], 1);
	assert_int_equal(r.verdicts[VERDICT_UNMEASURED], 1);
	assert_true(isnan(row(&rows, 1)->p_value) && isnan(row(&rows, 1)->q_value) &&
		    isnan(row(&rows, 1)->ratio));
	table_free(&x);
	table_free(&y);
	table_free(&rows);
}

/* The same against the same, 60 times 40 cells, for several kinds of noise, and with no margin to hide in: at
 * most 5 % of the cells are called changed, and in at most 5 % of the comparisons (and 3 standard errors) any
 * is. */
static void no_false_alarms(void **state)
{
	(void)state;
	enum { TRIALS = 60 };
	static const struct noise kinds[] = {
		{0.02, 0.005, 0}, {0.005, 0.03, 0}, {0.01, 0.01, 0.15}, {0.3, 0.1, 0}};
	const struct comparison_rules strict = {.margin = 0, .effect = 0.03};
	uint64_t seed = 20261121;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t cells = 0, comparisons = 0;
		for (int t = 0; t < TRIALS; t++) {
			struct set a = {.cells = 40, .launches = 10, .noise = kinds[k], .changed = NONE};
			struct table rows;
			struct comparison_result r = compare(&a, &a, &strict, &rows, &seed);
			size_t alarms = r.verdicts[VERDICT_SLOWER] + r.verdicts[VERDICT_FASTER];
			cells += alarms;
			comparisons += alarms > 0;
			table_free(&rows);
		}
		assert_true((double)cells <= 0.05 * 40 * TRIALS);
		assert_true((double)comparisons <= 0.05 * TRIALS + 3 * sqrt(0.0475 * TRIALS));
	}
}

/* One launch of eight that took three times as long does not make the tool ask for thousands. */
static void an_outlier_asks_for_few_more(void **state)
{
	(void)state;
	uint64_t needed[2];
	for (int with = 0; with < 2; with++) {
		const struct set a = {.cells = 1, .launches = 8, .noise = {0.01, 0.005, 0}, .changed = NONE};
		struct table x, y, rows;
		struct comparison_result r;
		struct err e = {0};
		uint64_t seed = 3;
		fill(&x, &a, &seed);
		fill(&y, &a, &seed);
		const uint64_t launch = ((struct sample *)table_row(&x, 0))->launch_id.value;
		for (size_t i = 0; with && i < x.count; i++) {
			struct sample *s = table_row(&x, i);
			s->seconds *= s->launch_id.value == launch ? 3 : 1;
		}
		table_init(&rows, comparison_columns, sizeof(struct comparison));
		assert_int_equal(comparison_make(&x, &y, &usual, &rows, &r, &e), 0);
		needed[with] = row(&rows, 0)->launches_needed.value;
		table_free(&x);
		table_free(&y);
		table_free(&rows);
	}
	assert_in_range(needed[1], needed[0], 16 * needed[0]);
}

/* A pilot of 6 launches says how many launches find a change of 3 %; with so many, one cell of 20 that got 3
 * % slower is found in at least 9 of 10 trials, and what is called changed but is not stays within 5 %. */
static void planted_changes_are_found(void **state)
{
	(void)state;
	enum { TRIALS = 200, CELLS = 20, PLANTED = 7 };
	static const struct noise kinds[] = {{0.01, 0.005, 0}, {0.004, 0.02, 0}, {0.015, 0.01, 0}};
	uint64_t seed = 7;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t found = 0, alarms = 0;
		for (int t = 0; t < TRIALS; t++) {
			struct set a = {.cells = CELLS, .launches = 6, .noise = kinds[k], .changed = NONE};
			struct table rows;
			compare(&a, &a, &usual, &rows, &seed);
			a.launches = (unsigned)row(&rows, PLANTED)->launches_needed.value;
			table_free(&rows);
			struct set b = a;
			b.changed = PLANTED;
			b.factor = 1.03;
			struct comparison_result r = compare(&a, &b, &usual, &rows, &seed);
			bool hit = comparison_verdict(row(&rows, PLANTED)) == VERDICT_SLOWER;
			found += hit;
			alarms += r.verdicts[VERDICT_SLOWER] + r.verdicts[VERDICT_FASTER] - hit;
			table_free(&rows);
		}
		print_message("noise %zu: found %zu of %d, false alarms %zu of %d\n", k, found, TRIALS,
			alarms, TRIALS * (CELLS - 1));
		assert_true((double)found >= 0.9 * TRIALS);
		assert_true((double)alarms <= 0.05 * (double)(found + alarms));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_without_noise),
		cmocka_unit_test(too_few_launches_stay_undecided),
		cmocka_unit_test(cells_of_one_side),
		cmocka_unit_test(no_false_alarms),
		cmocka_unit_test(an_outlier_asks_for_few_more),
		cmocka_unit_test(planted_changes_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
