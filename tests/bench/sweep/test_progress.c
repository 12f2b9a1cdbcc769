/* SPDX-License-Identifier: MIT */
/* test_progress.c - when a cell of a sweep has had enough launches. */
#include "bench/stats/variance.h"
#include "bench/sweep/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct planned two[2];
static const struct plan plan = {
	.cells = two, .count = 2, .launches = 3, .most_launches = 30, .precision = 0.02};

/* One more launch of a cell, of two samples of so many seconds, in so many seconds. */
static void take(struct progress *t, size_t cell, double seconds, const char *status)
{
	struct table samples;
	struct err e = {0};
	table_init(&samples, sample_columns, sizeof(struct sample));
	for (int i = 0; i < 2; i++, seconds *= 1.001) {
		struct sample *s = table_add(&samples, NULL, &e);
		assert_non_null(s);
		strcpy(s->status, status);
		s->seconds = seconds;
	}
	assert_int_equal(progress_record(t, cell, 0, &samples, 0, samples.count, 0.5, &e), 0);
	table_free(&samples);
}

static struct progress *new_pace(void)
{
	struct err e = {0};
	struct progress *t = progress_open(&plan, 1, &e);
	assert_non_null(t);
	return t;
}

/* However narrow: fewer than six launches tell too little of how launches scatter. */
static void narrow_cells_stop_at_the_first_look(void **state)
{
	(void)state;
	struct progress *t = new_pace();
	for (unsigned launch = 1; launch <= 8; launch++) {
		take(t, 0, 1 + 0.001 * (launch % 3), "ok");
		assert_int_equal(progress_stop(t, 0) != NULL, launch >= 6);
		assert_int_equal(isinf(progress_width(t, 0)) != 0, launch < 3);
	}
	assert_string_equal(progress_stop(t, 0), "precise");
	assert_null(progress_stop(t, 1));
	progress_close(t);
}

static void wide_cells_go_on_to_the_most(void **state)
{
	(void)state;
	struct progress *t = new_pace();
	for (unsigned launch = 1; launch <= 30; launch++) {
		assert_null(progress_stop(t, 0));
		take(t, 0, launch % 2 ? 1 : 2, "ok");
	}
	assert_string_equal(progress_stop(t, 0), "most-launches");
	progress_close(t);
}

static void narrow_between_looks_is_not_looked_at(void **state)
{
	(void)state;
	struct progress *t = new_pace();
	static const double seconds[] = {
		1, 1.1, 1, 1.1, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05};
	for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
		assert_null(progress_stop(t, 0));
		take(t, 0, seconds[i], "ok");
		if (i == 10)
			assert_true(progress_width(t, 0) <= 0.02);
	}
	assert_string_equal(progress_stop(t, 0), "precise"); /* at 14 */
	progress_close(t);
}

static void failing_cells_are_given_up(void **state)
{
	(void)state;
	struct progress *t = new_pace();
	take(t, 0, 1, "timeout");
	take(t, 0, 1, "wrong");
	assert_null(progress_stop(t, 0));
	take(t, 0, 1, "ok");
	assert_string_equal(progress_stop(t, 0), "failed");
	progress_close(t);
}

/* For a scatter of 3 % some 14 to 21 launches, the looks counted by their chances; the other cell, of which
 * nothing is known, is taken for a draw of the same kind. */
static void forecasts_look_ahead(void **state)
{
	(void)state;
	struct progress *t = new_pace();
	static const double places[] = {-1, 0.5, 1, -0.5, 0.2, -0.2, 1.2, -1.2};
	for (unsigned launch = 0; launch < 8; launch++)
		take(t, 0, 1 + 0.038 * places[launch], "ok");
	struct forecast f = progress_forecast(t);
	assert_true(f.launches > 12 + 12 && f.launches < 2 * 21);
	assert_true(fabs(f.seconds - (f.launches - 8) * 0.5) < 1e-9);
	progress_close(t);
}

/* Before the first launch the plan's own estimate is all there is, and better than nothing. */
static void forecasts_begin_with_the_plan(void **state)
{
	(void)state;
	struct progress *t = new_pace();
	const struct forecast f = progress_forecast(t);
	assert_true(f.launches >= 2 * plan.launches);
	assert_true(
		f.seconds >= plan.launches * (plan_launch_seconds(&plan, 0) + plan_launch_seconds(&plan, 1)));
	assert_true(f.seconds > 0);
	progress_close(t);
}

/* Cells that have shown nothing but how little their samples scatter are expected to stop at the first look;
 * those whose launches scatter most, at the last. */
static void forecasts_learn_from_others(void **state)
{
	(void)state;
	enum { MANY = 40 };
	const struct variance_rule rule = {.precision = 0.02, .least = 3, .most = 30};
	struct variance cells[MANY] = {{{0, 0}, {0, 0}}};
	struct variance_population quiet, loud;
	for (size_t i = 0; i < MANY; i++)
		cells[i].within = (struct spread){2 * 0.001 * 0.001, 2};
	quiet = variance_learn(cells, MANY);
	assert_true(fabs(quiet.mean - log(0.003)) < 0.3);
	assert_true(variance_launches(&quiet, &cells[0], 1, &rule).mean < 6.5);
	assert_true(variance_launches(&quiet, &cells[0], 6, &rule).mean >= 9); /* it was not precise at 6 */
	for (size_t i = 0; i < MANY / 4; i++)
		cells[i].between = (struct spread){0.1 * 0.1, 1};
	loud = variance_learn(cells, MANY);
	assert_true(loud.mean > log(0.03) && loud.mean < log(0.2));
	assert_true(variance_launches(&loud, &cells[0], 2, &rule).mean > 25);
	assert_true(variance_launches(&loud, &cells[MANY - 1], 1, &rule).mean > 20);
	assert_true(variance_launches(&loud, &cells[0], 29, &rule).mean == 30);
}

int main(void)
{
	struct err e = {0};
	for (size_t i = 0; i < 2; i++)
		if (cell_init(&two[i].cell, "noop", &e) != 0)
			return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(narrow_cells_stop_at_the_first_look),
		cmocka_unit_test(wide_cells_go_on_to_the_most),
		cmocka_unit_test(narrow_between_looks_is_not_looked_at),
		cmocka_unit_test(failing_cells_are_given_up),
		cmocka_unit_test(forecasts_look_ahead),
		cmocka_unit_test(forecasts_begin_with_the_plan),
		cmocka_unit_test(forecasts_learn_from_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
