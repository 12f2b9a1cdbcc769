/* SPDX-License-Identifier: MIT */
/* fuzz_statistics.c - summaries, models, comparisons, drift and outliers of any samples at all, and the
 * statistics below them of any finite values: rows that can be written, intervals around their values. */
#include "bench/data/comparison.h"
#include "bench/data/drift.h"
#include "bench/data/outlier.h"
#include "bench/data/series.h"
#include "bench/data/summary.h"
#include "bench/stats/models.h"
#include "bench/stats/rank_tests.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Twelve bytes a sample: which cell, launch and status, and any double. */
static void fill(struct table *t, const uint8_t *data, size_t size)
{
	struct err e = {0};
	table_init(t, sample_columns, sizeof(struct sample));
	for (; size >= 12; data += 12, size -= 12) {
		struct sample *s = table_add(t, NULL, &e);
		must(s != NULL);
		strcpy(s->cell.kernel, data[0] & 1 ? "noop" : "foreign");
		strcpy(s->cell.backend, data[0] & 2 ? "serial" : "fork");
		strcpy(s->cell.scaling, data[0] & 4 ? "weak" : "strong");
		s->cell.size = (struct uint_field){1 + (data[0] >> 4 & 1), data[0] & 8};
		s->cell.items = (struct uint_field){data[1], data[0] & 32};
		s->cell.workers = (struct uint_field){data[1] % 9, data[0] < 250};
		s->cell_id = (struct uint_field){data[0] & 3, data[0] < 250};
		s->launch_id = (struct uint_field){data[2], data[2] < 250};
		strcpy(s->status, data[3] & 3 ? "ok" : "failed");
		memcpy(&s->seconds, data + 4, sizeof s->seconds);
		if (data[3] & 4) /* mostly plausible */
			s->seconds = 1 + (double)data[4] / 256;
	}
}

static void check_rows(const struct table *t)
{
	char line[CSV_LINE];
	for (size_t i = 0; i < t->count; i++)
		must(csv_row_line(t->columns, table_row(t, i), line, sizeof line) > 0);
}

static void check_summary(const struct table *samples)
{
	struct table rows;
	struct err e = {0};
	table_init(&rows, summary_columns, sizeof(struct summary));
	must(summary_make(samples, &rows, &e) == 0);
	for (size_t i = 0; i < rows.count; i++) {
		const struct summary *s = table_row(&rows, i);
		must(!(s->median_low > s->median_seconds) && !(s->median_high < s->median_seconds));
		must(!(s->min_seconds > s->max_seconds));
	}
	check_rows(&rows);
	table_free(&rows);
}

static void check_what_is_told(const struct table *samples)
{
	struct drift d;
	struct outliers o;
	struct err e = {0};
	must(drift_of_cell(samples, 1, &d, &e) == 0 &&
		(d.verdict == DRIFT_UNKNOWN) == (d.launches < DRIFT_FEWEST));
	must(d.verdict == DRIFT_UNKNOWN || (d.p_value > 0 && d.p_value <= 1));
	must(outliers_find(samples, &o, &e) == 0 && o.count <= o.of);
	for (size_t i = 0; i < o.count; i++)
		must(o.list[i].sample < samples->count && o.list[i].reason < OUTLIER_REASON_COUNT);
	outliers_free(&o);
}

enum { VALUES = 64, FEW = 12 };

/* Within rounding. */
static bool ordered(double low, double high)
{
	return !(low > high * (1 + 1e-12));
}

/* Of n positive values, sorted: each in its range. */
static void check_values(const double *x, size_t n)
{
	const double median = stats_median(x, n), mad = stats_mad(x, n);
	const struct interval i = stats_launch_interval(x, n, (struct prior){0}),
			      j = stats_median_interval(x, n, 0.95);
	must(isnan(median) == (n == 0) && isnan(mad) == (n == 0) && isnan(i.low) == (n < 3) &&
		isnan(j.low) == (n < 6));
	if (n == 0)
		return;
	must(x[0] <= median && median <= x[n - 1] && mad >= 0 && mad <= x[n - 1]);
	must(ordered(i.low, median) && ordered(median, i.high) && ordered(j.low, median) &&
		ordered(median, j.high));
	for (double q = 0; q <= 1; q += 0.125)
		must(x[0] <= stats_quantile(x, n, q) && stats_quantile(x, n, q) <= x[n - 1]);
}

/* Of two groups of positive values. */
static void check_two(const double *a, size_t n, const double *b, size_t m)
{
	struct err e = {0};
	for (int pairs = 0; pairs < 2; pairs++) {
		struct rank_tests r;
		must(rank_tests_make(&r, pairs && m < n ? m : n, pairs ? 0 : m, &e) == 0);
		rank_tests_take(&r, a, b);
		const double above = rank_tests_above(&r, 0), below = rank_tests_below(&r, 0);
		const struct shift s = rank_tests_shift(&r, 0.95);
		must(above >= 0 && above <= 1 && below >= 0 && below <= 1);
		must(!(s.interval.low > s.value) && !(s.interval.high < s.value));
		must(rank_tests_needed(&r, 0.02, 0.01, 0.9) <= 1000000000);
		rank_tests_free(&r);
	}
	stats_launch_ratio(a, n, b, m, (struct prior){0});
}

/* Worker counts 1, 2, 3 ... with `each` launches. */
static void check_model(const double *x, size_t n, size_t each)
{
	struct model_point points[VALUES];
	struct model model;
	struct err e = {0};
	size_t count = 0;
	for (; (count + 1) * each <= n; count++)
		points[count] = (struct model_point){(double)(count + 1), x + count * each, each};
	if (model_refusal(points, count) || count == 0)
		return;
	must(model_fit(points, count, &model, &e) == 0);
	must(!(model.amdahl_serial.value < 0) && !(model.usl_contention.value < 0) &&
		!(model.usl_coherency.value < 0));
}

/* Any doubles that are positive and finite, denormal ones among them. */
static void check_numbers(const uint8_t *data, size_t size)
{
	double x[VALUES], sorted[VALUES];
	size_t n = 0;
	for (; size >= sizeof *x && n < VALUES; data += sizeof *x, size -= sizeof *x) {
		memcpy(&x[n], data, sizeof *x);
		n += isfinite(x[n]) && x[n] > 0;
	}
	memcpy(sorted, x, n * sizeof *x);
	stats_sort(sorted, n);
	check_values(sorted, n);
	check_model(x, n, 1 + size % 4);
	if (n < 2)
		return;
	const size_t half = n / 2 < FEW ? n / 2 : FEW, rest = n - half < FEW ? n - half : FEW;
	stats_sort(x, half);
	stats_sort(x + half, rest);
	check_two(x, half, x + half, rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct table a, b, rows;
	struct comparison_result result;
	struct err e = {0};
	size_t half = size / 24 * 12;
	check_numbers(data, size);
	fill(&a, data, half);
	fill(&b, data + half, size - half);
	check_summary(&a);
	check_what_is_told(&a);
	for (int paired = 0; paired < 2; paired++) {
		const struct comparison_rules rules = {.margin = 0.01, .effect = 0.03, .paired = paired};
		table_init(&rows, comparison_columns, sizeof(struct comparison));
		must(comparison_make(&a, &b, &rules, &rows, &result, &e) == 0);
		check_rows(&rows);
		table_free(&rows);
	}
	table_init(&rows, model_columns, sizeof(struct model_row));
	must(series_make(&b, 0, &rows, &e) == 0);
	check_rows(&rows);
	table_free(&rows);
	table_free(&a);
	table_free(&b);
	return 0;
}
