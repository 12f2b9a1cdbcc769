/* SPDX-License-Identifier: MIT */
/*
 * view.h - rows (columns.h) as a table for people: what all rows share stands once above it, then a line a
 * row, with the factors that tell rows apart in front of what was found.
 */
#ifndef PARSCALE_BENCH_DATA_VIEW_H
#define PARSCALE_BENCH_DATA_VIEW_H

#include "bench/data/csv.h"
#include "bench/data/grid.h"

/* A column of what was found. `cell` gives its text for a row, "" for none, in `text` of GRID_TEXT bytes or
 * static. */
struct view_column {
	const char *heading;
	const char *(*cell)(const void *row, char *text);
};

/* Prints all rows; columns that no row has a text for are left out. ERR_FAILED without memory or when the
 * stream did not take it. */
int view_print(
	FILE *f, const struct table *t, const struct view_column *results, size_t count, struct err *e);

#endif
