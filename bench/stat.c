/* SPDX-License-Identifier: MIT */
#include "stat.h"

#include "args.h"
#include "folder.h"
#include "number.h"
#include "row_json.h"
#include "summary.h"
#include "units.h"
#include "view.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

int stat_folder(const char *dir, struct table *samples, struct table *summary, struct err *e)
{
	char path[FOLDER_PATH];
	table_init(summary, summary_columns, sizeof(struct summary));
	if (folder_samples(dir, samples, e) != 0 || summary_make(samples, summary, e) != 0 ||
		folder_path(path, dir, "summary.csv", e) != 0)
		return -1;
	return csv_write(path, summary, e);
}

/* --- the table for people --- */

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
	{"x serial", serial_cell},
	{"x own 1", self_cell},
};

enum { RESULTS = sizeof results / sizeof *results };

static void help(void)
{
	puts("usage: parscale stat DIR [--format text|csv|json]\n\n"
	     "Reads DIR/samples.csv, writes DIR/summary.csv (medians, intervals, rates, speed-ups; always "
	     "the same for the same\n"
	     "samples) and prints it. What the columns mean: parscale list columns.");
}

struct stat_args {
	const char *dir;
	enum format format;
	bool help;
};

static int parse(int argc, char **argv, struct stat_args *a, struct err *e)
{
	static const struct option options[] = {
		{"format", required_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
	unsigned format = FORMAT_TEXT;
	int found;
	*a = (struct stat_args){0};
	optind = 1;
	while ((found = args_next(argc, argv, options, e)) != -1) {
		if (found == '?' ||
			(found == 'f' && choice_parse("--format", "text|json|csv", optarg, &format, e) != 0))
			return -1;
		a->help |= found == 'h';
	}
	a->format = (enum format)format;
	a->dir = argv[optind];
	if (!a->help && argc - optind != 1)
		return err_set(e, ERR_USAGE, "stat: name one folder of results, not %d", argc - optind);
	return 0;
}

int stat_main(int argc, char **argv, struct err *e)
{
	struct stat_args a;
	struct table samples, summary;
	if (parse(argc, argv, &a, e) != 0)
		return (int)e->status;
	if (a.help) {
		help();
		return 0;
	}
	int bad = stat_folder(a.dir, &samples, &summary, e);
	if (!bad && a.format == FORMAT_CSV)
		bad = csv_print(stdout, &summary, e);
	else if (!bad && a.format == FORMAT_JSON)
		bad = json_print(stdout, table_json(&summary), e);
	else if (!bad)
		bad = view_print(stdout, &summary, results, RESULTS, e);
	table_free(&samples);
	table_free(&summary);
	return bad ? (int)e->status : 0;
}
