/* SPDX-License-Identifier: MIT */
/*
 * stat.c - the command `stat`: summarises a results folder again and prints the summary as a table,
 * CSV or JSON.
 */
#include "bench/data/stat.h"
#include "base/options.h"
#include "base/units.h"
#include "bench/commands/command.h"
#include "bench/data/grid.h"
#include "bench/data/row_json.h"
#include "bench/data/series.h"
#include "bench/data/summary.h"
#include "bench/data/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const char *median_cell(const void *row, char *text)
{
	const struct summary *s = row;
	return units_time(s->median_seconds * 1e9, text);
}

static const char *width_cell(const void *row, char *text)
{
	const struct summary *s = row;
	double half = 50 * (s->median_high - s->median_low) / s->median_seconds;
	if (isnan(half))
		return "";
	snprintf(text, GRID_TEXT, "+-%.*f %%", half < 9.95 ? 1 : 0, half);
	return text;
}

static const char *samples_cell(const void *row, char *text)
{
	const struct summary *s = row;
	snprintf(text, GRID_TEXT, "%" PRIu64, s->samples.value);
	return text;
}

static const char *launches_cell(const void *row, char *text)
{
	const struct summary *s = row;
	snprintf(text, GRID_TEXT, "%" PRIu64, s->launches.value);
	return text;
}

static const char *rejected_cell(const void *row, char *text)
{
	const struct summary *s = row;
	snprintf(text, GRID_TEXT, "%" PRIu64, s->rejected.value);
	return s->rejected.value ? text : "";
}

static const char *rate_cell(const void *row, char *text)
{
	const struct summary *s = row;
	return units_count(s->items_per_second, text);
}

static const char *speedup_cell(double value, double low, double high, char *text)
{
	if (isnan(value))
		return "";
	int n = snprintf(text, GRID_TEXT, "%.2f", value);
	if (low < high)
		snprintf(text + n, GRID_TEXT - (size_t)n, " [%.2f %.2f]", low, high);
	return text;
}

static const char *serial_cell(const void *row, char *text)
{
	const struct summary *s = row;
	return speedup_cell(s->serial_speedup, s->serial_speedup_low, s->serial_speedup_high, text);
}

static const char *self_cell(const void *row, char *text)
{
	const struct summary *s = row;
	return speedup_cell(s->self_speedup, s->self_speedup_low, s->self_speedup_high, text);
}

static const struct view_column results[] = {
	{"launches", launches_cell},
	{"n", samples_cell},
	{"rejected", rejected_cell},
	{"median", median_cell},
	{"95 %", width_cell},
	{"items/s", rate_cell},
	{"over serial", serial_cell},
	{"over 1 worker", self_cell},
};

enum { RESULTS = sizeof results / sizeof *results };

static const char *estimate_cell(double value, double low, double high, char *text)
{
	if (isnan(value))
		return "";
	snprintf(text, GRID_TEXT, "%.3g [%.2g %.2g]", value, low, high);
	return text;
}

static const char *amdahl_cell(const void *row, char *text)
{
	const struct model_row *m = row;
	return estimate_cell(m->amdahl_serial, m->amdahl_serial_low, m->amdahl_serial_high, text);
}

static const char *contention_cell(const void *row, char *text)
{
	const struct model_row *m = row;
	return estimate_cell(m->usl_contention, m->usl_contention_low, m->usl_contention_high, text);
}

static const char *coherency_cell(const void *row, char *text)
{
	const struct model_row *m = row;
	return estimate_cell(m->usl_coherency, m->usl_coherency_low, m->usl_coherency_high, text);
}

static const char *karp_flatt_cell(const void *row, char *text)
{
	const struct model_row *m = row;
	return estimate_cell(m->karp_flatt, m->karp_flatt_low, m->karp_flatt_high, text);
}

static const char *refused_cell(const void *row, char *text)
{
	(void)text;
	return ((const struct model_row *)row)->refused;
}

static const struct view_column models[] = {
	{"Amdahl serial", amdahl_cell},
	{"USL contention", contention_cell},
	{"USL coherency", coherency_cell},
	{"Karp-Flatt", karp_flatt_cell},
	{"no model", refused_cell},
};

static int print_text(const struct statistics *s, struct err *e)
{
	if (view_print(stdout, &s->summary, results, RESULTS, e) != 0)
		return -1;
	if (s->models.count == 0)
		return 0;
	puts("\nScaling models:");
	return view_print(stdout, &s->models, models, sizeof models / sizeof *models, e);
}

struct stat_args {
	unsigned format; /* enum format */
};

static const struct option_spec specs[] = {
	OPTION_CHOICE("format", struct stat_args, format, "text|json|csv", "output format (default: text)"),
	{0}};

static const struct options options = {
	.usage = "parscale stat DIR [--format text|json|csv]",
	.about =
		"Reads DIR/samples.csv; writes DIR/summary.csv (medians, intervals, rates, speed-ups) and DIR/models.csv (scaling models). Also writes DIR/probes.csv if there is a DIR/probe_launches.csv. The same samples always give the same files. "
		"Prints both tables; with --format csv or json only the summary. `parscale list columns` explains the columns.",
	.table = specs,
};

int stat_main(int argc, char **argv, struct err *e)
{
	struct stat_args a = {FORMAT_TEXT};
	struct statistics found;
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	const char *dir = options_folder(argc, argv, first, e);
	if (!dir)
		return -1;
	int bad = stat_folder(dir, &found, e);
	if (!bad)
		bad = a.format == FORMAT_TEXT ? print_text(&found, e)
					      : table_print(stdout, &found.summary, a.format, e);
	stat_free(&found);
	return bad;
}
