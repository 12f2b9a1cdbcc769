/* SPDX-License-Identifier: MIT */
#include "stat.h"

#include "args.h"
#include "grid.h"
#include "number.h"
#include "row_json.h"
#include "summary.h"
#include "units.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int path_in(char *path, size_t size, const char *dir, const char *name, struct err *e)
{
	if (snprintf(path, size, "%s/%s", dir, name) >= (int)size)
		return err_set(e, ERR_USAGE, "path too long: %s", dir);
	return 0;
}

/* Blocks are in random order, but people look cells up. */
static int by_factors(const void *a, const void *b)
{
	return factors_compare(&((const struct summary *)a)->cell, &((const struct summary *)b)->cell);
}

int stat_folder(const char *dir, struct table *samples, struct table *summary, struct err *e)
{
	char path[4096];
	bool torn;
	table_init(samples, sample_columns, sizeof(struct sample));
	table_init(summary, summary_columns, sizeof(struct summary));
	if (path_in(path, sizeof path, dir, "samples.csv", e) != 0 || csv_read(path, samples, &torn, e) != 0)
		return -1;
	if (samples->count == 0)
		return err_set(e, ERR_USAGE, "%s: no samples", path);
	if (summary_make(samples, summary, e) != 0 || path_in(path, sizeof path, dir, "summary.csv", e) != 0)
		return -1;
	qsort(summary->rows, summary->count, summary->row_size, by_factors);
	return csv_write(path, summary, e);
}

/* --- the table for people: the factors that tell rows apart, then what was found --- */

static const char *median_cell(const struct summary *s, char *text)
{
	return units_time(s->median_seconds * 1e9, text);
}

static const char *width_cell(const struct summary *s, char *text)
{
	double half = 50 * (s->median_high - s->median_low) / s->median_seconds;
	if (isnan(half))
		return "";
	snprintf(text, GRID_TEXT, "+-%.*f %%", half < 9.95 ? 1 : 0, half);
	return text;
}

static const char *samples_cell(const struct summary *s, char *text)
{
	snprintf(text, GRID_TEXT, "%" PRIu64, s->samples.value);
	return text;
}

static const char *launches_cell(const struct summary *s, char *text)
{
	snprintf(text, GRID_TEXT, "%" PRIu64, s->launches.value);
	return text;
}

static const char *rejected_cell(const struct summary *s, char *text)
{
	snprintf(text, GRID_TEXT, "%" PRIu64, s->rejected.value);
	return s->rejected.value ? text : "";
}

static const char *rate_cell(const struct summary *s, char *text)
{
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

static const char *serial_cell(const struct summary *s, char *text)
{
	return speedup_cell(s->serial_speedup, s->serial_speedup_low, s->serial_speedup_high, text);
}

static const char *self_cell(const struct summary *s, char *text)
{
	return speedup_cell(s->self_speedup, s->self_speedup_low, s->self_speedup_high, text);
}

struct result {
	const char *heading;
	const char *(*cell)(const struct summary *s, char *text);
};

static const struct result results[] = {
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

struct view {
	const struct table *summary;
	const struct column *factors[GRID_COLUMNS]; /* the ones shown */
	size_t factor_count;
	const struct result *results[RESULTS];
	size_t result_count;
};

static const char *heading_of(const void *ctx, size_t column)
{
	const struct view *v = ctx;
	return column < v->factor_count ? v->factors[column]->name
					: v->results[column - v->factor_count]->heading;
}

static const char *cell_of(const void *ctx, size_t row, size_t column, char *buffer)
{
	const struct view *v = ctx;
	const struct summary *s = table_row(v->summary, row);
	if (column >= v->factor_count)
		return v->results[column - v->factor_count]->cell(s, buffer);
	field_write(s, v->factors[column], buffer, GRID_TEXT);
	return buffer;
}

static bool differ(const void *a, const void *b, const struct column *c)
{
	char x[GRID_TEXT], y[GRID_TEXT];
	field_write(a, c, x, sizeof x);
	field_write(b, c, y, sizeof y);
	return strcmp(x, y) != 0;
}

static bool varies(const struct table *t, const struct column *c)
{
	for (size_t i = 1; i < t->count; i++)
		if (differ(table_row(t, 0), table_row(t, i), c))
			return true;
	return false;
}

/* Orders rows by the factors shown so far. */
static int by_shown(const void *a, const void *b, void *ctx)
{
	const struct view *v = ctx;
	const void *x = *(const void *const *)a, *y = *(const void *const *)b;
	char s[GRID_TEXT], t[GRID_TEXT];
	int order = 0;
	for (size_t i = 0; i < v->factor_count && order == 0; i++) {
		field_write(x, v->factors[i], s, sizeof s);
		field_write(y, v->factors[i], t, sizeof t);
		order = strcmp(s, t);
	}
	return order;
}

/* Whether rows that look alike so far differ in this factor: `stop` says nothing new beside `size`. */
static bool tells_apart(struct view *v, const void **rows, const struct column *c)
{
	size_t n = v->summary->count;
	qsort_r(rows, n, sizeof *rows, by_shown, v);
	for (size_t i = 1; i < n; i++)
		if (by_shown(&rows[i - 1], &rows[i], v) == 0 && differ(rows[i - 1], rows[i], c))
			return true;
	return false;
}

static bool always_told(const struct column *c)
{
	static const char *const names[] = {
		"kernel", "variant", "backend", "lifetime", "schedule", "workers", "size"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(c->name, names[i]) == 0)
			return true;
	return false;
}

/* Picks the factors to show; prints those that all rows share. */
static int pick_factors(struct view *v, FILE *f, struct err *e)
{
	const struct table *t = v->summary;
	const void **rows = calloc(t->count, sizeof *rows);
	if (!rows)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < t->count; i++)
		rows[i] = table_row(t, i);
	const char *before = "all: ";
	for (const struct column *c = summary_columns; c->factor; c++) {
		char text[GRID_TEXT];
		if (varies(t, c)) {
			if (always_told(c) || tells_apart(v, rows, c))
				v->factors[v->factor_count++] = c;
		} else if (field_write(rows[0], c, text, sizeof text)) {
			fprintf(f, "%s%s %s", before, c->name, text);
			before = ", ";
		}
	}
	fputs(*before == ',' ? "\n\n" : "", f);
	free(rows);
	return 0;
}

/* Results that no row has are not shown. */
static void pick_results(struct view *v)
{
	char text[GRID_TEXT];
	for (size_t r = 0; r < RESULTS; r++)
		for (size_t i = 0; i < v->summary->count; i++)
			if (*results[r].cell(table_row(v->summary, i), text)) {
				v->results[v->result_count++] = &results[r];
				break;
			}
}

static int print_text(FILE *f, const struct table *summary, struct err *e)
{
	struct view v = {.summary = summary};
	if (pick_factors(&v, f, e) != 0)
		return -1;
	pick_results(&v);
	const struct grid g = {
		.rows = summary->count,
		.columns = v.factor_count + v.result_count,
		.left = v.factor_count,
		.heading = heading_of,
		.cell = cell_of,
		.ctx = &v,
	};
	grid_print(&g, f);
	return fflush(f) == 0 && !ferror(f)
		       ? 0
		       : err_set(e, ERR_FAILED, "standard output does not take the table");
}

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
		bad = print_text(stdout, &summary, e);
	table_free(&samples);
	table_free(&summary);
	return bad ? (int)e->status : 0;
}
