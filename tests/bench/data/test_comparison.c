/* SPDX-License-Identifier: MIT */
/* test_comparison.c - verdicts on simulated result sets: no false alarms, planted changes found. */
#include "bench/data/comparison.h"

#include "tests/base/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum shape { NORMAL, SKEWED, TWO_HUMPED };

/* How the samples of a result set scatter. */
struct noise {
	const char *name;
	double launch, sample; /* standard deviations of the logarithm: between launches, within one */
	double outliers;       /* share of launches that are a quarter slower */
	enum shape shape;      /* of launches */
	/* what a launch shares with those that follow it: a slope, in all from first to last; and bursts, in
	 * which all take a quarter longer: the share of the time they take, some 20 launches each */
	double drift, bursts;
};

/* `cells` cells of `launches` launches of 3 samples; cell i takes 0.001 * (i + 1) seconds, cell `changed`
 * `factor` times that. */
struct set {
	unsigned cells, launches;
	struct noise noise;
	unsigned changed;
	double factor;
};

enum { NONE = 1000000, BURST = 20 };

/* With mean 0 and standard deviation 1. */
static double draw_shape(enum shape shape, uint64_t *seed)
{
	if (shape == SKEWED)
		return -log(draw_uniform(seed)) - 1;
	if (shape == TWO_HUMPED) /* three launches of ten are slow */
		return (draw_uniform(seed) < 0.3 ? 1.38 : -0.59) + 0.42 * draw_normal(seed);
	return draw_normal(seed);
}

/* The machine while a sweep runs: whether it is in a burst, and how far the sweep is. */
struct weather {
	bool burst;
	double passed;
};

static void weather_next(struct weather *w, const struct noise *n, double all, uint64_t *seed)
{
	const double ends = 1.0 / BURST, begins = n->bursts * ends / (1 - n->bursts);
	w->burst = draw_uniform(seed) < (w->burst ? 1 - ends : begins);
	w->passed += 1 / all;
}

/* One launch of a cell. */
static void add_launch(
	struct table *t, const struct set *set, unsigned id, const struct weather *w, uint64_t *seed)
{
	const struct noise *n = &set->noise;
	const unsigned cell = id % set->cells;
	struct err e = {0};
	double launch = n->launch * draw_shape(n->shape, seed) + n->drift * w->passed;
	if (draw_uniform(seed) < n->outliers)
		launch += log(1.25);
	if (w->burst)
		launch += log(1.25) + 0.05 * draw_normal(seed);
	for (unsigned i = 0; i < 3; i++) {
		struct sample *s = table_add(t, NULL, &e);
		assert_non_null(s);
		strcpy(s->cell.kernel, "noop");
		s->cell.size = (struct uint_field){cell, true};
		s->launch_id = (struct uint_field){id, true};
		strcpy(s->status, "ok");
		s->seconds = 0.001 * (cell + 1) * exp(launch + n->sample * draw_normal(seed));
		if (cell == set->changed)
			s->seconds *= set->factor;
	}
}

static void fill(struct table *t, const struct set *set, uint64_t *seed)
{
	const unsigned all = set->launches * set->cells;
	struct weather w = {0};
	table_init(t, sample_columns, sizeof(struct sample));
	for (unsigned id = 0; id < all; id++) {
		weather_next(&w, &set->noise, all, seed);
		add_launch(t, set, id, &w, seed);
	}
}

/* Both in one sweep, in turn: of each pair of launches either may come first. */
static void fill_both(
	struct table *x, struct table *y, const struct set *a, const struct set *b, uint64_t *seed)
{
	const unsigned all = a->launches * a->cells;
	struct weather w = {0};
	table_init(x, sample_columns, sizeof(struct sample));
	table_init(y, sample_columns, sizeof(struct sample));
	for (unsigned id = 0; id < all; id++) {
		const bool second = draw_uniform(seed) < 0.5;
		for (unsigned k = 0; k < 2; k++) {
			weather_next(&w, &a->noise, 2.0 * all, seed);
			add_launch((k == 1) != second ? y : x, (k == 1) != second ? b : a, id, &w, seed);
		}
	}
}

/* Whether there is time for many trials. */
static bool at_length(void)
{
	const char *all = getenv("PARSCALE_LONG");
	return all && strcmp(all, "1") == 0;
}

static const struct comparison_rules usual = {.margin = 0.01, .effect = 0.03};

/* Compares two sets; the rows go to `rows`. */
static struct comparison_result compare(const struct set *a, const struct set *b,
	const struct comparison_rules *rules, struct table *rows, uint64_t *seed)
{
	struct table x, y;
	struct comparison_result result;
	struct err e = {0};
	if (rules->paired) {
		fill_both(&x, &y, a, b, seed);
	} else {
		fill(&x, a, seed);
		fill(&y, b, seed);
	}
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
	uint64_t seed = 1; /* kept: the verdict depends on the draws */
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
	uint64_t seed = 1; /* kept: the verdict depends on the draws */
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
	uint64_t seed = 1; /* kept: the verdict depends on the draws */
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

/* Of pairs only those count of which both launches have samples that do; the one without the other is left
 * out, whatever it says. */
static void pairs_are_launches_of_the_same_number(void **state)
{
	(void)state;
	const struct set set = {.cells = 2, .launches = 10, .changed = NONE};
	const struct comparison_rules rules = {.margin = 0.01, .effect = 0.03, .paired = true};
	struct table x, y, rows;
	struct comparison_result r;
	struct err e = {0};
	uint64_t seed = 1; /* kept: the verdict depends on the draws */
	fill(&x, &set, &seed);
	fill(&y, &set, &seed);
	for (size_t i = 0; i < y.count; i++) {
		struct sample *s = table_row(&x, i), *t = table_row(&y, i);
		const unsigned launch = (unsigned)s->launch_id.value / 2;
		s->seconds *= 1 + launch; /* alike only within pairs */
		t->seconds *= 1.02 * (1 + launch);
		if (launch == 3)
			strcpy(t->status, "wrong");
		if (s->cell.size.value == 1)
			strcpy(launch % 2 ? s->status : t->status, "failed");
	}
	table_init(&rows, comparison_columns, sizeof(struct comparison));
	assert_int_equal(comparison_make(&x, &y, &rules, &rows, &r, &e), 0);
	assert_int_equal(rows.count, 2);
	assert_int_equal(row(&rows, 0)->pairs.value, 9);
	assert_int_equal(comparison_verdict(row(&rows, 0)), VERDICT_SLOWER);
	assert_true(fabs(row(&rows, 0)->ratio - 1.02) < 1e-12);
	assert_true(fabs(row(&rows, 0)->ratio_low - 1.02) < 1e-12);
	assert_int_equal(comparison_verdict(row(&rows, 1)), VERDICT_UNMEASURED);
	table_free(&x);
	table_free(&y);
	table_free(&rows);
}

/* The same against the same, 40 cells many times, for several kinds of noise, and with no margin to hide in:
 * at most 5 % of the cells are called changed, and in at most 5 % of the comparisons (and 3 standard errors)
 * any is. What both sides do not share, drift and bursts, only pairs bear. */
static void no_false_alarms(void **state)
{
	(void)state;
	const int trials = at_length() ? 200 : 20;
	static const struct noise kinds[] = {{"wide", 0.02, 0.005, 0, NORMAL, 0, 0},
		{"wide within launches", 0.005, 0.03, 0, NORMAL, 0, 0},
		{"outliers", 0.01, 0.01, 0.15, NORMAL, 0, 0}, {"very wide", 0.3, 0.1, 0, SKEWED, 0, 0},
		{"drift", 0.01, 0.01, 0, SKEWED, 0.1, 0}, {"bursts", 0.01, 0.01, 0, NORMAL, 0, 0.2},
		{"all", 0.02, 0.01, 0.05, TWO_HUMPED, 0.1, 0.3}};
	uint64_t seed = 20261121; /* kept: the verdict depends on the draws */
	for (size_t k = 0; k < 2 * sizeof kinds / sizeof *kinds; k++) {
		const struct noise *noise = &kinds[k / 2];
		const struct comparison_rules strict = {.margin = 0, .effect = 0.03, .paired = k % 2};
		size_t cells = 0, comparisons = 0;
		if (!strict.paired && noise->drift + noise->bursts > 0)
			continue;
		for (int t = 0; t < trials; t++) {
			struct set a = {.cells = 40, .launches = 10, .noise = *noise, .changed = NONE};
			struct table rows;
			struct comparison_result r = compare(&a, &a, &strict, &rows, &seed);
			size_t alarms = r.verdicts[VERDICT_SLOWER] + r.verdicts[VERDICT_FASTER];
			cells += alarms;
			comparisons += alarms > 0;
			table_free(&rows);
		}
		print_message("%s, %s: %zu of %d cells, in %zu of %d comparisons\n", noise->name,
			strict.paired ? "pairs" : "two sweeps", cells, 40 * trials, comparisons, trials);
		assert_true((double)cells <= 0.05 * 40 * trials);
		assert_true((double)comparisons <= 0.05 * trials + 3 * sqrt(0.0475 * trials));
	}
}

/* One launch of eight that took three times as long does not make the tool ask for thousands. */
static void an_outlier_asks_for_few_more(void **state)
{
	(void)state;
	uint64_t needed[2];
	for (int with = 0; with < 2; with++) {
		const struct set a = {.cells = 1,
			.launches = 8,
			.noise = {.launch = 0.01, .sample = 0.005},
			.changed = NONE};
		struct table x, y, rows;
		struct comparison_result r;
		struct err e = {0};
		uint64_t seed = 3; /* kept: the verdict depends on the draws */
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
	assert_true(needed[1] >= needed[0] && needed[1] <= 3 * needed[0]);
}

/* A pilot says how many launches find a change of 3 %; with so many, one cell of 5 that got 3 % slower is
 * found in at least 9 of 10 trials, and what is called changed but is not stays within 5 %. */
static void find_planted(const struct noise *noise, unsigned pilot, bool paired, uint64_t *seed)
{
	enum { CELLS = 5, PLANTED = 3 };
	const size_t trials = at_length() ? 1000 : 100;
	const struct comparison_rules rules = {.margin = 0.01, .effect = 0.03, .paired = paired};
	size_t found = 0, alarms = 0, launches = 0, most = 0;
	for (size_t t = 0; t < trials; t++) {
		struct set a = {.cells = CELLS, .launches = pilot, .noise = *noise, .changed = NONE};
		struct table rows;
		compare(&a, &a, &rules, &rows, seed);
		a.launches = (unsigned)row(&rows, PLANTED)->launches_needed.value;
		table_free(&rows);
		launches += a.launches;
		most = a.launches > most ? a.launches : most;
		struct set b = a;
		b.changed = PLANTED;
		b.factor = 1.03;
		struct comparison_result r = compare(&a, &b, &rules, &rows, seed);
		bool hit = comparison_verdict(row(&rows, PLANTED)) == VERDICT_SLOWER;
		found += hit;
		alarms += r.verdicts[VERDICT_SLOWER] + r.verdicts[VERDICT_FASTER] - hit;
		table_free(&rows);
	}
	print_message(
		"%s, %s, first look of %u: found %zu of %zu with %.0f launches each, %zu at most; false "
		"alarms %zu of %zu\n",
		noise->name, paired ? "pairs" : "two sweeps", pilot, found, trials,
		(double)launches / (double)trials, most, alarms, trials * (CELLS - 1));
	/* how often bursts come, a first look of seconds cannot know */
	assert_true((double)found >= (noise->bursts > 0 ? 0.85 : 0.9) * (double)trials);
	assert_true((double)alarms <= 0.05 * (double)(found + alarms));
}

static void planted_changes_are_found(void **state)
{
	(void)state;
	static const struct noise kinds[] = {{"between launches", 0.01, 0.005, 0, NORMAL, 0, 0},
		{"within launches", 0.004, 0.02, 0, NORMAL, 0, 0}, {"wide", 0.015, 0.01, 0, NORMAL, 0, 0},
		{"skewed", 0.01, 0.005, 0, SKEWED, 0, 0}, {"two humps", 0.01, 0.005, 0, TWO_HUMPED, 0, 0},
		{"outliers", 0.01, 0.005, 0.05, NORMAL, 0, 0}};
	uint64_t seed = 7; /* kept: the verdict depends on the draws */
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (unsigned pilot = at_length() ? 12 : 24; pilot <= 24; pilot += 12)
			find_planted(&kinds[k], pilot, false, &seed);
}

static void planted_changes_are_found_in_pairs(void **state)
{
	(void)state;
	static const struct noise kinds[] = {{"between launches", 0.01, 0.005, 0, NORMAL, 0, 0},
		{"within launches", 0.004, 0.02, 0, NORMAL, 0, 0}, {"skewed", 0.01, 0.005, 0, SKEWED, 0, 0},
		{"two humps", 0.01, 0.005, 0, TWO_HUMPED, 0, 0},
		{"outliers", 0.01, 0.005, 0.05, NORMAL, 0, 0}, {"drift", 0.01, 0.005, 0, NORMAL, 0.1, 0},
		{"bursts", 0.01, 0.005, 0, SKEWED, 0, 0.1},
		{"all", 0.01, 0.005, 0.01, TWO_HUMPED, 0.1, 0.05}};
	uint64_t seed = 7; /* kept: the verdict depends on the draws */
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (unsigned pilot = at_length() ? 12 : 24; pilot <= 24; pilot += 12)
			find_planted(&kinds[k], pilot, true, &seed);
}

static void the_largest_change_comes_first(void **state)
{
	static const struct {
		enum verdict verdict;
		double ratio;
	} sorted[] = {{VERDICT_SLOWER, 1.5}, {VERDICT_SLOWER, 1.02}, {VERDICT_UNMEASURED, (double)NAN},
		{VERDICT_FASTER, 0.5}, {VERDICT_FASTER, 0.9}, {VERDICT_UNDECIDED, 0.7},
		{VERDICT_UNDECIDED, 1.3}, {VERDICT_SAME, 1.004}, {VERDICT_SAME, 0.999}};
	enum { ROWS = sizeof sorted / sizeof *sorted };
	struct comparison rows[ROWS];
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct comparison *c = &rows[i * 4 % ROWS]; /* each place once, out of order */
		c->ratio = sorted[i].ratio;
		strcpy(c->verdict, verdict_names[sorted[i].verdict]);
	}
	qsort(rows, ROWS, sizeof *rows, comparison_by_urgency);
	for (size_t i = 0; i < ROWS; i++) {
		assert_int_equal(comparison_verdict(&rows[i]), sorted[i].verdict);
		assert_true(rows[i].ratio == sorted[i].ratio || isnan(sorted[i].ratio));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_without_noise),
		cmocka_unit_test(too_few_launches_stay_undecided),
		cmocka_unit_test(cells_of_one_side),
		cmocka_unit_test(pairs_are_launches_of_the_same_number),
		cmocka_unit_test(the_largest_change_comes_first),
		cmocka_unit_test(no_false_alarms),
		cmocka_unit_test(an_outlier_asks_for_few_more),
		cmocka_unit_test(planted_changes_are_found),
		cmocka_unit_test(planted_changes_are_found_in_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
