/* SPDX-License-Identifier: MIT */
/*
 * probe_show.c - prints a probe's rows as a table (text or Markdown) or as JSON, and its help text.
 */
#include "bench/probe/probe_show.h"

#include "base/units.h"
#include "base/wrap.h"
#include "bench/data/row_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_BYTES = 200, FIXED = 3, MOST_COLUMNS = FIXED + PROBE_METRICS + 4 };

/* Where texts begin beside their labels. */
enum { LABELLED = 11 };

/* A table of texts; the first line is its head. */
struct grid_text {
	char (*cells)[MOST_COLUMNS][CELL_BYTES];
	size_t lines, columns;
};

static void print_paragraph(const char *label, const char *text, bool markdown)
{
	char head[20], all[1600];
	snprintf(head, sizeof head, "  %s", label);
	snprintf(all, sizeof all, "%s%s\n\n", label, text);
	if (markdown)
		wrap_text(stdout, all);
	else
		wrap_entry(stdout, head, LABELLED, text, WRAP_PAGE);
}

static void value_text(double value, const char *unit, char text[CELL_BYTES])
{
	char scaled[UNITS_BYTES];
	if (strcmp(unit, "ns") == 0)
		units_time(value, text);
	else if (strcmp(unit, "B") == 0)
		units_bytes(value, text);
	else if (strcmp(unit, "B/s") == 0)
		snprintf(text, CELL_BYTES, "%sB/s", units_count(value, scaled));
	else if (strcmp(unit, "1/s") == 0)
		snprintf(text, CELL_BYTES, "%s/s", units_count(value, scaled));
	else if (strcmp(unit, "%") == 0)
		snprintf(text, CELL_BYTES, "%.3g %%", value);
	else
		snprintf(text, CELL_BYTES, "%.4g", value);
}

static void head(const struct probe *p, struct grid_text *g)
{
	static const char *const names[] = {"mechanism", "worker", "setting"};
	static const char *const ends[] = {"95 % interval", "ratio", "95 % interval", "expected"};
	size_t c = 0;
	g->lines = 1;
	for (; c < FIXED; c++)
		strcpy(g->cells[0][c], names[c]);
	for (size_t m = 0; p->metrics[m].name; m++) {
		snprintf(g->cells[0][c++], CELL_BYTES, "%s", p->metrics[m].name);
		if (m == 0)
			strcpy(g->cells[0][c++], ends[0]);
	}
	for (size_t i = 1; i < 4; i++)
		strcpy(g->cells[0][c++], ends[i]);
	g->columns = c;
}

static size_t metric_column(const struct probe *p, const char *metric)
{
	size_t m = 0;
	while (p->metrics[m].name && strcmp(p->metrics[m].name, metric) != 0)
		m++;
	return FIXED + m + (m > 0);
}

static void range_text(double low, double high, const char *unit, char text[CELL_BYTES])
{
	char from[CELL_BYTES], to[CELL_BYTES];
	if (isnan(low))
		return;
	value_text(low, unit, from);
	value_text(high, unit, to);
	snprintf(text, CELL_BYTES, "%.90s to %.90s", from, to);
}

static void fill_line(const struct probe *p, struct grid_text *g, const struct probe_row *row, bool first)
{
	char(*line)[CELL_BYTES] = g->cells[g->lines - 1];
	size_t c = metric_column(p, row->of.metric), end = g->columns - 3;
	if (strcmp(row->status, "ok") != 0) {
		snprintf(line[FIXED], CELL_BYTES, "%s", row->status);
		snprintf(line[g->columns - 1], CELL_BYTES, "%.190s", row->reason);
		return;
	}
	value_text(row->median, row->of.unit, line[c]);
	if (!first)
		return;
	range_text(row->median_low, row->median_high, row->of.unit, line[FIXED + 1]);
	if (!isnan(row->ratio))
		snprintf(line[end], CELL_BYTES, "%.3g", row->ratio);
	range_text(row->ratio_low, row->ratio_high, "", line[end + 1]);
	if (!isnan(row->expected_low)) {
		char range[CELL_BYTES];
		range_text(row->expected_low, row->expected_high, "", range);
		snprintf(line[end + 2], CELL_BYTES, "%.100s%s%.40s", range,
			strcmp(row->verdict, "expected") ? ": " : "",
			strcmp(row->verdict, "expected") ? row->verdict : "");
	}
}

static bool same_case(const struct probe_factors *a, const struct probe_factors *b)
{
	return strcmp(a->mechanism, b->mechanism) == 0 && strcmp(a->worker, b->worker) == 0 &&
	       strcmp(a->setting, b->setting) == 0;
}

static void fill_grid(const struct probe_shown *s, struct grid_text *g)
{
	const struct probe_factors *before = NULL;
	head(s->run->probe, g);
	for (size_t i = 0; i < s->rows->count; i++) {
		const struct probe_row *row = table_row(s->rows, i);
		bool first = !before || !same_case(before, &row->of);
		if (first) {
			g->lines++;
			snprintf(g->cells[g->lines - 1][0], CELL_BYTES, "%s", row->of.mechanism);
			snprintf(g->cells[g->lines - 1][1], CELL_BYTES, "%s", row->of.worker);
			snprintf(g->cells[g->lines - 1][2], CELL_BYTES, "%s", row->of.setting);
		}
		fill_line(s->run->probe, g, row, first);
		before = &row->of;
	}
}

/* A column without texts below its head is left out. */
static int width(const struct grid_text *g, size_t c)
{
	size_t most = 0;
	for (size_t l = 1; l < g->lines; l++)
		most = strlen(g->cells[l][c]) > most ? strlen(g->cells[l][c]) : most;
	size_t top = strlen(g->cells[0][c]);
	return most == 0 ? 0 : (int)(most > top ? most : top);
}

static void print_plain(const struct grid_text *g, const int widths[MOST_COLUMNS])
{
	size_t last = 0;
	for (size_t c = 0; c < g->columns; c++)
		last = widths[c] ? c : last;
	for (size_t l = 0; l < g->lines; l++) {
		putchar(' ');
		for (size_t c = 0; c < g->columns; c++) {
			if (widths[c] == 0)
				continue;
			if (c == last)
				printf(" %s", g->cells[l][c]);
			else
				printf(c < FIXED ? " %-*s " : " %*s ", widths[c], g->cells[l][c]);
		}
		putchar('\n');
	}
}

/* A line of Markdown: the cells that name the case, and those from `from` to before `end`. */
static void print_line(
	const struct grid_text *g, const int widths[MOST_COLUMNS], size_t l, size_t from, size_t end)
{
	putchar('|');
	for (size_t c = 0; c < end; c++)
		/* NOLINTNEXTLINE(clang-analyzer-core.*): the caller filled a width for each column */
		if (widths[c] && (c < FIXED || c >= from))
			printf(" %s |", g->cells[l][c]);
	putchar('\n');
}

static void print_table(const struct grid_text *g, const int widths[MOST_COLUMNS], size_t from, size_t end)
{
	for (size_t l = 0; l < g->lines; l++) {
		print_line(g, widths, l, from, end);
		if (l > 0)
			continue;
		putchar('|');
		for (size_t c = 0; c < end; c++)
			if (widths[c] && (c < FIXED || c >= from))
				printf(c < FIXED ? " --- |" : " ---: |");
		putchar('\n');
	}
}

/* Characters of the widest line of print_table. */
static size_t table_width(const struct grid_text *g, const int widths[MOST_COLUMNS], size_t from, size_t end)
{
	size_t most = 0;
	for (size_t l = 0; l < g->lines; l++) {
		size_t n = 1;
		for (size_t c = 0; c < end; c++)
			n += widths[c] && (c < FIXED || c >= from) ? wrap_width(g->cells[l][c]) + 3 : 0;
		most = n > most ? n : most;
	}
	return most;
}

/* As few tables as hold these columns within a page, each with the names of the cases. */
static void print_tables(const struct grid_text *g, const int widths[MOST_COLUMNS], size_t from, size_t end)
{
	while (from < end) {
		size_t to = end;
		while (to > from + 1 && table_width(g, widths, from, to) > WRAP_PAGE)
			to--;
		print_table(g, widths, from, to);
		from = to;
		if (from < end)
			putchar('\n');
	}
}

static void print_grid(const struct grid_text *g, bool markdown)
{
	const size_t compared =
		g->columns - 3; /* ratio, interval, expected: a table of their own, if need be */
	int widths[MOST_COLUMNS];
	for (size_t c = 0; c < g->columns; c++)
		widths[c] = width(g, c);
	if (!markdown) {
		print_plain(g, widths);
	} else if (table_width(g, widths, FIXED, g->columns) <= WRAP_PAGE) {
		print_table(g, widths, FIXED, g->columns);
	} else {
		print_tables(g, widths, FIXED, compared);
		putchar('\n');
		print_tables(g, widths, compared, g->columns);
	}
}

int probe_show_text(const struct probe_shown *s, bool markdown, struct err *e)
{
	const struct probe *p = s->run->probe;
	struct grid_text g = {.cells = calloc(s->rows->count + 1, sizeof *g.cells)};
	if (!g.cells)
		return err_set(e, ERR_FAILED, "out of memory");
	printf(markdown ? "## %s: %s\n\n" : "%s: %s\n", p->name, p->summary);
	print_paragraph(markdown ? "Timed: " : "timed", p->timed, markdown);
	print_paragraph(markdown ? "Expected: " : "expected", p->expect, markdown);
	if (markdown)
		printf("`parscale probe %s`:\n\n", p->name);
	fill_grid(s, &g);
	print_grid(&g, markdown);
	putchar('\n');
	free(g.cells);
	return 0;
}

json_t *probe_show_json(const struct probe_shown *s)
{
	const struct probe *p = s->run->probe;
	json_t *o = json_object(), *options = json_object();
	if (!o || !options)
		return NULL;
	for (size_t i = 0; p->options[i].name; i++)
		json_object_set_new(options, p->options[i].name, json_integer((json_int_t)s->run->option[i]));
	json_object_set_new(o, "probe", json_string(p->name));
	json_object_set_new(o, "status", json_string(s->worst->status));
	json_object_set_new(o, "reason", *s->worst->reason ? json_string(s->worst->reason) : json_null());
	json_object_set_new(o, "summary", json_string(p->summary));
	json_object_set_new(o, "timed", json_string(p->timed));
	json_object_set_new(o, "expect", json_string(p->expect));
	json_object_set_new(o, "launches", json_integer(s->launches));
	json_object_set_new(o, "seed", json_integer((json_int_t)s->seed));
	json_object_set_new(o, "options", options);
	json_object_set_new(o, "rows", table_json(s->rows));
	return o;
}

void probe_show_help(const struct probe *p)
{
	char text[400];
	snprintf(text, sizeof text, "%s: %s\n", p->name, p->summary);
	wrap_text(stdout, text);
	print_paragraph("timed", p->timed, false);
	print_paragraph("expect", p->expect, false);
	for (size_t m = 0; p->metrics[m].name; m++) {
		const struct probe_metric *q = &p->metrics[m];
		snprintf(text, sizeof text, "%s%s%s%s: %s", q->name, *q->unit ? " [" : "", q->unit,
			*q->unit ? "]" : "", q->meaning);
		print_paragraph(m ? "" : "metrics", text, false);
	}
	for (size_t i = 0; p->options[i].name; i++) {
		const struct probe_option *o = &p->options[i];
		snprintf(text, sizeof text,
			"  --%s N  %s, %" PRIu64 " to %" PRIu64 " (default: %" PRIu64 ")\n", o->name,
			o->meaning, o->lowest, o->highest, o->fallback);
		wrap_text(stdout, text);
	}
	putchar('\n');
}
