/* SPDX-License-Identifier: MIT */
/* test_series.c - which cells make a series, and what is said of short ones. */
#include "bench/data/series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Three launches of a cell that takes 1 s * (0.1 + 0.9 / workers). */
static void add(
	struct table *t, const char *backend, const char *scaling, unsigned workers, const char *status)
{
	struct err e = {0};
	for (unsigned launch = 0; launch < 3; launch++) {
		struct sample *s = table_add(t, NULL, &e);
		assert_non_null(s);
		strcpy(s->cell.kernel, "noop");
		strcpy(s->cell.backend, backend);
		strcpy(s->cell.scaling, scaling);
		s->cell.workers = (struct uint_field){workers, true};
		s->cell.size = (struct uint_field){1000, true};
		s->launch_id = (struct uint_field){t->count, true};
		strcpy(s->status, status);
		s->seconds = (0.1 + 0.9 / workers) * (1 + 0.001 * launch);
	}
}

static void series_of_all_kinds(void **state)
{
	(void)state;
	struct table samples, rows;
	struct err e = {0};
	table_init(&samples, sample_columns, sizeof(struct sample));
	table_init(&rows, model_columns, sizeof(struct model_row));
	add(&samples, "serial", "strong", 1, "ok"); /* a single count is no series */
	for (unsigned w = 1; w <= 32; w *= 2) {
		add(&samples, "fork", "strong", w, w == 4 ? "failed" : "ok");
		add(&samples, "fork", "weak", w, "ok");
		add(&samples, "fork", "throughput", w, "ok");
		if (w <= 4)
			add(&samples, "pthread", "strong", w, "ok");
	}
	assert_int_equal(series_make(&samples, 16, &rows, &e), 0);
	assert_int_equal(rows.count, 2);
	const struct model_row *s = table_row(&rows, 0);
	assert_string_equal(s->cell.backend, "fork");
	assert_string_equal(s->cell.scaling, "strong");
	assert_false(s->cell.workers.known);
	assert_int_equal(s->worker_counts.value, 4); /* 1 2 8 16: 4 failed, 32 are more than there are CPUs */
	assert_int_equal(s->most_workers.value, 16);
	assert_string_equal(s->refused, "");
	assert_true(fabs(s->amdahl_serial - 0.1) < 1e-9 && fabs(s->karp_flatt - 0.1) < 1e-9);
	assert_true(s->amdahl_serial_low < 0.1 && 0.1 < s->amdahl_serial_high);
	assert_true(s->amdahl_serial_high - s->amdahl_serial_low < 0.01 && s->amdahl_error < 1e-6);
	s = table_row(&rows, 1);
	assert_string_equal(s->cell.backend, "pthread");
	assert_int_equal(s->worker_counts.value, 3);
	assert_non_null(strstr(s->refused, "four"));
	assert_true(isnan(s->amdahl_serial) && isnan(s->usl_error) && isnan(s->karp_flatt));
	table_free(&samples);
	table_free(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(series_of_all_kinds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
