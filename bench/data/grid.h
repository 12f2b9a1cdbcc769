/* SPDX-License-Identifier: MIT */
/*
 * grid.h - prints a table of texts with aligned columns. Keeps nothing: texts are asked for twice, once to
 * measure them.
 */
#ifndef PARSCALE_BENCH_DATA_GRID_H
#define PARSCALE_BENCH_DATA_GRID_H

#include <stddef.h>
#include <stdio.h>

enum { GRID_COLUMNS = 64, GRID_TEXT = 300 };

struct grid {
	size_t rows, columns; /* rows without the heading; at most GRID_COLUMNS columns */
	size_t left;          /* the first so many columns are flush left, the others flush right */
	const char *(*heading)(const void *ctx, size_t column);
	/* The text of a cell: `buffer` of GRID_TEXT bytes, filled, or any other text that lives as long. */
	const char *(*cell)(const void *ctx, size_t row, size_t column, char *buffer);
	const void *ctx;
};

/* Columns two blanks apart, no blanks at the ends of lines. */
void grid_print(const struct grid *g, FILE *f);

#endif
