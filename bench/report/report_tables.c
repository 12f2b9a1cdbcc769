/* SPDX-License-Identifier: MIT */
/*
 * report_tables.c - the tables of a report: cells around the focus, all cells, outliers, omissions,
 * changes. A cell of a table has its text and, for numbers, the key that it is sorted by.
 */
#include "bench/report/report.h"

#include "base/units.h"
#include "bench/backend/backend.h"
#include "bench/data/outlier.h"
#include "bench/report/chart.h"
#include "bench/report/label.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void report_table_free(struct report_table *g)
{
	free(g->cells);
	*g = (struct report_table){0};
}

struct report_cell *report_table_row(struct report_table *g, struct err *e)
{
	if ((g->rows & (g->rows - 1)) == 0) {
		size_t room = g->rows ? 2 * g->rows : 1;
		struct report_cell *more = realloc(g->cells, room * g->columns * sizeof *more);
		if (!more) {
			err_set(e, ERR_FAILED, "out of memory");
			return NULL;
		}
		g->cells = more;
	}
	struct report_cell *row = g->cells + g->rows++ * g->columns;
	for (size_t c = 0; c < g->columns; c++)
		row[c] = (struct report_cell){"", NAN};
	return row;
}

void report_table_begin(struct report_table *g, const char *const *heads)
{
	*g = (struct report_table){.heads = heads};
	while (heads[g->columns])
		g->columns++;
}

void report_table_text(struct report_cell *c, const char *text)
{
	size_t n = strnlen(text, sizeof c->text - 1);
	memcpy(c->text, text, n);
	c->text[n] = '\0';
}

int report_table_pair(struct report_table *g, const char *first, const char *second, struct err *e)
{
	struct report_cell *c = report_table_row(g, e);
	if (!c)
		return -1;
	report_table_text(&c[0], first);
	report_table_text(&c[1], second);
	return 0;
}

void report_table_count(struct report_cell *c, struct uint_field n)
{
	if (!n.known)
		return;
	snprintf(c->text, sizeof c->text, "%" PRIu64, n.value);
	c->key = (double)n.value;
}

void report_table_number(struct report_cell *c, double key, const char *text)
{
	if (isnan(key))
		return;
	report_table_text(c, text);
	c->key = key;
}

void report_table_change(struct report_cell *ratio, struct report_cell *interval, struct ranged v)
{
	char text[64];
	snprintf(text, sizeof text, "%.3f", v.value);
	report_table_number(ratio, v.value, text);
	snprintf(text, sizeof text, "%.3f to %.3f", v.low, v.high);
	report_table_number(interval, v.high - v.low, text);
}

/* "46.2 ms" and "45.9 ms to 46.8 ms" */
static void put_median(struct report_cell *median, struct report_cell *interval, const struct summary *s)
{
	char text[UNITS_RANGE_BYTES];
	report_table_number(median, s->median_seconds, units_seconds(s->median_seconds, text));
	if (isnan(s->median_low))
		return;
	report_table_text(interval, units_seconds_range(s->median_low, s->median_high, text));
	interval->key = (s->median_high - s->median_low) / s->median_seconds;
}

static void put_speedup(struct report_cell *c, double value, double low, double high)
{
	char text[REPORT_RANGED];
	report_table_number(c, value, report_ranged((struct ranged){value, low, high}, text));
}

static void put_state(struct report_cell *c, const struct summary *s)
{
	uint64_t bad = s->rejected.known ? s->rejected.value : 0;
	if (bad > 0)
		snprintf(c->text, sizeof c->text, "%" PRIu64 " failed", bad);
}

static int by_place(const void *a, const void *b)
{
	const struct factors *x = &(*(const struct summary *const *)a)->cell,
			     *y = &(*(const struct summary *const *)b)->cell;
	const int order = series_order(x, y);
	return order ? order : (x->workers.value > y->workers.value) - (x->workers.value < y->workers.value);
}

int report_table_main(
	const struct dataset *d, const struct summary *focus, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"back end", "lifetime", "workers", "median", "95 % interval",
		"items/s", "speed-up over serial", "speed-up over one worker", "samples", "state", NULL};
	static const char *const free_factors[] = {
		"backend", "lifetime", "threads_per_rank", "workers", NULL};
	report_table_begin(g, heads);
	const struct summary **rows = calloc(d->summary.count, sizeof *rows),
			     *serial = dataset_serial(d, &focus->cell);
	size_t n = 0;
	if (!rows)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (s == serial || cells_match(&s->cell, &focus->cell, free_factors))
			rows[n++] = s;
	}
	qsort(rows, n, sizeof *rows, by_place);
	for (size_t i = 0; i < n; i++) {
		const struct summary *s = rows[i];
		struct report_cell *c = report_table_row(g, e);
		char text[32], name[128];
		if (!c)
			break;
		/* its lifetime has a column of its own */
		series_name(&(struct series){&s->cell}, 1, 0, name, sizeof name);
		report_table_text(&c[SHEET_NAME], name);
		report_table_text(
			&c[SHEET_LIFETIME], backend_is_caller(s->cell.backend) ? "" : s->cell.lifetime);
		report_table_count(&c[SHEET_WORKERS], s->cell.workers);
		put_median(&c[SHEET_MEDIAN], &c[SHEET_INTERVAL], s);
		report_table_number(
			&c[SHEET_RATE], s->items_per_second, units_count(s->items_per_second, text));
		put_speedup(
			&c[SHEET_SPEEDUP], s->serial_speedup, s->serial_speedup_low, s->serial_speedup_high);
		put_speedup(&c[SHEET_SELF], s->self_speedup, s->self_speedup_low, s->self_speedup_high);
		report_table_count(&c[SHEET_SAMPLES], s->samples);
		put_state(&c[SHEET_STATE], s);
	}
	free(rows);
	return e->status == ERR_NONE ? 0 : -1;
}

/* Whether a factor has a column of its own in the table of all cells, or follows from the size. */
static bool has_column(const struct column *c)
{
	static const char *const own[] = {
		"kernel", "variant", "backend", "lifetime", "schedule", "workers", "size", "items"};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(c->name, own[i]) == 0)
			return true;
	return kernel_sized(NULL, c->name);
}

/* Which factors without a column differ among the cells of each kernel: a bit a column. */
struct elses {
	struct {
		const char *kernel;
		uint64_t differ;
	} list[32];
	size_t count;
};

static uint64_t differ_in(const struct dataset *d, const struct summary *first)
{
	char mine[256], theirs[256];
	uint64_t differ = 0;
	for (size_t k = 0; summary_columns[k].factor && k < 64; k++) {
		const struct column *c = &summary_columns[k];
		field_write(first, c, mine, sizeof mine);
		for (size_t i = 0; !has_column(c) && !(differ >> k & 1) && i < d->summary.count; i++) {
			const struct summary *other = dataset_row(d, i);
			field_write(other, c, theirs, sizeof theirs);
			if (strcmp(first->cell.kernel, other->cell.kernel) == 0 && strcmp(mine, theirs) != 0)
				differ |= UINT64_C(1) << k;
		}
	}
	return differ;
}

static uint64_t differ_of(struct elses *e, const struct dataset *d, const struct summary *s)
{
	size_t i = 0;
	while (i < e->count && strcmp(e->list[i].kernel, s->cell.kernel) != 0)
		i++;
	if (i == sizeof e->list / sizeof *e->list)
		return 0;
	if (i == e->count) {
		e->list[e->count].kernel = s->cell.kernel;
		e->list[e->count++].differ = differ_in(d, s);
	}
	return e->list[i].differ;
}

/* "wait passive, placement numa": what this cell has where others of its kernel have something else. */
static void put_else(struct report_cell *to, uint64_t differ, const struct summary *s)
{
	char text[sizeof to->text] = "", value[256];
	for (size_t k = 0; summary_columns[k].factor; k++)
		if (k < 64 && differ >> k & 1 && field_write(s, &summary_columns[k], value, sizeof value))
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %.40s",
				*text ? ", " : "", summary_columns[k].name, value);
	report_table_text(to, text);
}

int report_table_all(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"kernel", "variant", "back end", "lifetime", "schedule",
		"workers", "size", "other factors", "median", "95 % interval", "items/s",
		"speed-up over serial", "% of ceiling", "samples", "state", NULL};
	struct elses elses = {.count = 0};
	report_table_begin(g, heads);
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		struct report_cell *c = report_table_row(g, e);
		char text[32];
		if (!c)
			return -1;
		report_table_text(&c[0], s->cell.kernel);
		report_table_text(&c[1], s->cell.variant);
		report_table_text(&c[2], s->cell.backend);
		report_table_text(&c[3], s->cell.lifetime);
		report_table_text(&c[4], s->cell.schedule);
		report_table_count(&c[5], s->cell.workers);
		report_table_number(
			&c[6], (double)s->cell.items.value, units_size(s->cell.items.value, text));
		put_else(&c[7], differ_of(&elses, d, s), s);
		put_median(&c[8], &c[9], s);
		report_table_number(&c[10], s->items_per_second, units_count(s->items_per_second, text));
		put_speedup(&c[11], s->serial_speedup, s->serial_speedup_low, s->serial_speedup_high);
		snprintf(text, sizeof text, "%.0f %% of %.12s", s->pct_of_ceiling, s->ceiling);
		report_table_number(&c[12], s->pct_of_ceiling, text);
		report_table_count(&c[13], s->samples);
		put_state(&c[14], s);
	}
	return 0;
}

int report_table_against(const struct dataset *d, struct report_table *g, struct err *e)
{
	/* which of the sweeps it is, only where there are several */
	static const char *const heads[] = {"against", "cell", "verdict", "time / baseline time",
		"95 % interval", "baseline", "this sweep", NULL};
	const bool several = d->base_count > 1;
	report_table_begin(g, several ? heads : heads + 1);
	for (size_t k = 0; k < d->base_count; k++)
		for (size_t i = 0; i < d->bases[k].compared.count; i++) {
			const struct comparison *row = table_row(&d->bases[k].compared, i);
			struct report_cell *c = report_table_row(g, e);
			char text[200];
			if (!c)
				return -1;
			if (several)
				report_table_text(c++, d->bases[k].name);
			cell_name(&row->cell, text, sizeof text);
			report_table_text(&c[0], text);
			report_table_text(&c[1], row->verdict);
			report_table_change(
				&c[2], &c[3], (struct ranged){row->ratio, row->ratio_low, row->ratio_high});
			report_table_number(&c[4], row->a_seconds, units_seconds(row->a_seconds, text));
			report_table_number(&c[5], row->b_seconds, units_seconds(row->b_seconds, text));
		}
	return 0;
}

int report_table_troubles(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"cell", "status", "reason", NULL};
	report_table_begin(g, heads);
	for (size_t i = 0; i < d->samples.count; i++) {
		const struct sample *s = table_row(&d->samples, i);
		if (strcmp(s->status, "ok") == 0)
			continue;
		struct report_cell *c = report_table_row(g, e);
		char cell[300];
		if (!c)
			return -1;
		cell_name(&s->cell, cell, sizeof cell);
		report_table_text(&c[0], cell);
		report_table_text(&c[1], s->status);
		report_table_text(&c[2], s->reason);
	}
	return 0;
}

static int by_distance(const void *a, const void *b)
{
	const double x = fabs(log(((const struct outlier *)a)->times)),
		     y = fabs(log(((const struct outlier *)b)->times));
	return (x < y) - (x > y);
}

int report_table_outliers(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {
		"cell", "launch", "sample", "time", "time / median", "attributed to", NULL};
	enum { MOST_OUTLIERS = 40 };
	struct outliers o;
	report_table_begin(g, heads);
	int bad = outliers_find(&d->samples, &o, e);
	if (!bad && o.count > 0)
		qsort(o.list, o.count, sizeof *o.list, by_distance);
	for (size_t i = 0; !bad && i < o.count && i < MOST_OUTLIERS; i++) {
		const struct sample *s = table_row(&d->samples, o.list[i].sample);
		struct report_cell *c = report_table_row(g, e);
		char text[320];
		if (!c) {
			bad = -1;
			break;
		}
		cell_name(&s->cell, text, sizeof text);
		report_table_text(&c[0], text);
		report_table_count(&c[1], s->launch_id);
		report_table_count(&c[2], s->sample);
		report_table_number(&c[3], s->seconds, units_seconds(s->seconds, text));
		report_table_number(&c[4], o.list[i].times, units_ratio(o.list[i].times, text));
		report_table_text(&c[5], outlier_words[o.list[i].reason]);
	}
	outliers_free(&o);
	return bad;
}

int report_table_omissions(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"cell", "reason", NULL};
	size_t i;
	json_t *one;
	report_table_begin(g, heads);
	json_array_foreach(json_object_get(json_object_get(d->manifest, "plan"), "left_out"), i, one)
	{
		const char *cell = json_string_value(json_object_get(one, "cell")),
			   *why = json_string_value(json_object_get(one, "reason"));
		struct report_cell *c = report_table_row(g, e);
		if (!c)
			return -1;
		report_table_text(&c[0], cell ? cell : "");
		report_table_text(&c[1], why ? why : "");
	}
	return 0;
}
