/* SPDX-License-Identifier: MIT */
/*
 * view.c - chooses the columns of a table for people: factors that vary, and results that exist.
 *
 * A factor that varies is still left out if it adds nothing: rows are sorted by the factors chosen
 * so far, and a further one is shown only if it separates two rows that look alike.
 */
#include "bench/data/view.h"

#include "base/wrap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct view {
	const struct table *table;
	const struct column *factors[GRID_COLUMNS / 2]; /* the ones shown */
	size_t factor_count;
	const struct view_column *results[GRID_COLUMNS / 2];
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
	const void *s = table_row(v->table, row);
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

/* Whether this factor separates rows that look alike so far; `stop`, for example, follows from
 * `size`. */
static bool tells_apart(struct view *v, const void **rows, const struct column *c)
{
	size_t n = v->table->count;
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
	const struct table *t = v->table;
	const void **rows = calloc(t->count, sizeof *rows);
	if (!rows)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < t->count; i++)
		rows[i] = table_row(t, i);
	char shared[4096];
	size_t used = 0;
	for (const struct column *c = summary_columns; c->factor; c++) {
		char text[GRID_TEXT];
		if (varies(t, c)) {
			if (always_told(c) || tells_apart(v, rows, c))
				v->factors[v->factor_count++] = c;
		} else if (field_write(rows[0], c, text, sizeof text)) {
			int more = snprintf(shared + used, sizeof shared - used, "%s%s %s", used ? ", " : "",
				c->name, text);
			used = used + (size_t)more < sizeof shared ? used + (size_t)more : used;
		}
	}
	shared[used] = '\0';
	if (used) {
		wrap_entry(f, "all:", 5, shared, WRAP_PAGE);
		putc('\n', f);
	}
	free(rows);
	return 0;
}

static void pick_results(struct view *v, const struct view_column *results, size_t count)
{
	char text[GRID_TEXT];
	for (size_t r = 0; r < count && v->result_count < GRID_COLUMNS / 2; r++)
		for (size_t i = 0; i < v->table->count; i++)
			if (*results[r].cell(table_row(v->table, i), text)) {
				v->results[v->result_count++] = &results[r];
				break;
			}
}

int view_print(FILE *f, const struct table *t, const struct view_column *results, size_t count, struct err *e)
{
	struct view v = {.table = t};
	if (t->count == 0)
		return 0;
	if (pick_factors(&v, f, e) != 0)
		return -1;
	pick_results(&v, results, count);
	const struct grid g = {
		.rows = t->count,
		.columns = v.factor_count + v.result_count,
		.left = v.factor_count,
		.heading = heading_of,
		.cell = cell_of,
		.ctx = &v,
	};
	grid_print(&g, f);
	return fflush(f) == 0 && !ferror(f)
		       ? 0
		       : err_set(e, ERR_FAILED, "cannot write the table: %s", strerror(errno));
}
