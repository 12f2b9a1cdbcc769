/* SPDX-License-Identifier: MIT */
/*
 * view.h - rows (columns.h) as a table for people. Factors that all rows share are printed once
 * above it; then one line per row, the factors that distinguish rows first, then the results.
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
