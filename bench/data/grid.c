/* SPDX-License-Identifier: MIT */
/*
 * grid.c - prints a table with aligned columns: one pass measures the widths, a second one prints.
 */
#include "bench/data/grid.h"

#include "base/wrap.h"

#include <assert.h>

static const char *text_at(const struct grid *g, size_t line, size_t column, char *buffer)
{
	return line ? g->cell(g->ctx, line - 1, column, buffer) : g->heading(g->ctx, column);
}

static void spaces(FILE *f, size_t count)
{
	while (count--)
		putc(' ', f);
}

static void print_line(const struct grid *g, FILE *f, size_t line, const size_t *widths)
{
	char buffer[GRID_TEXT];
	size_t owed = 0; /* blanks that are due before the next visible text */
	for (size_t c = 0; c < g->columns; c++) {
		const char *text = text_at(g, line, c, buffer);
		size_t room = widths[c] - wrap_width(text), before = c < g->left ? 0 : room;
		owed += (c ? 2 : 0) + before;
		if (*text) {
			spaces(f, owed);
			owed = 0;
			fputs(text, f);
		}
		owed += room - before;
	}
	putc('\n', f);
}

void grid_print(const struct grid *g, FILE *f)
{
	char buffer[GRID_TEXT];
	size_t widths[GRID_COLUMNS] = {0};
	assert(g->columns <= GRID_COLUMNS);
	for (size_t line = 0; line <= g->rows; line++)
		for (size_t c = 0; c < g->columns; c++) {
			size_t width = wrap_width(text_at(g, line, c, buffer));
			if (width > widths[c])
				widths[c] = width;
		}
	for (size_t line = 0; line <= g->rows; line++)
		print_line(g, f, line, widths);
}
