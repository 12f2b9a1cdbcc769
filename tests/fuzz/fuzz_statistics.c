/* SPDX-License-Identifier: MIT */
/* fuzz_statistics.c - summaries, models and comparisons of any samples at all: rows that can be written,
 * intervals around their values. */
#include "data/comparison.h"
#include "data/series.h"
#include "data/summary.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct table a, b, rows;
	struct comparison_result result;
	struct err e = {0};
	const struct comparison_rules rules = {.margin = 0.01, .effect = 0.03};
	size_t half = size / 24 * 12;
	fill(&a, data, half);
	fill(&b, data + half, size - half);
	check_summary(&a);
	table_init(&rows, comparison_columns, sizeof(struct comparison));
	must(comparison_make(&a, &b, &rules, &rows, &result, &e) == 0);
	check_rows(&rows);
	table_free(&rows);
	table_init(&rows, model_columns, sizeof(struct model_row));
	must(series_make(&b, 0, &rows, &e) == 0);
	check_rows(&rows);
	table_free(&rows);
	table_free(&a);
	table_free(&b);
	return 0;
}
