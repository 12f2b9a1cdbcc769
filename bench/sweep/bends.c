/* SPDX-License-Identifier: MIT */
/*
 * bends.c - how far a curve can be from the line between two points, and for which spare cells that is much.
 *
 * Let a < w < b be worker counts, y the logarithm of the time over x, that of the workers. A curve that bends one way only
 * lies, at w, between the chord from a to b and whichever of its neighbours' lines, continued to w, is nearer to the chord.
 */
#include "bench/sweep/bends.h"

#include "bench/data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double slope(const struct bend_point *a, const struct bend_point *b)
{
	return log(b->seconds / a->seconds) / log(b->workers / a->workers);
}

/* From where the chord is at `workers` to where the line through a and b is. */
static double off(const struct bend_point *a, const struct bend_point *b, const struct bend_point *from,
	double chord, double workers)
{
	return log(from->seconds) + slope(a, b) * log(workers / from->workers) - chord;
}

double bend_width(const struct bend_point *points, size_t n, double workers)
{
	size_t at = 0;
	while (at < n && points[at].workers < workers)
		at++;
	if (at == 0 || at == n || !(points[at].workers > workers))
		return 0;
	const struct bend_point *a = &points[at - 1], *b = &points[at];
	const double chord = log(a->seconds) + slope(a, b) * log(workers / a->workers);
	const bool before = at >= 2, after = at + 1 < n;
	const double left = before ? off(a - 1, a, a, chord, workers) : 0,
		     right = after ? off(b, b + 1, b, chord, workers) : 0;
	double open = before && after ? fmin(fabs(left), fabs(right)) : fmax(fabs(left), fabs(right));
	/* what noise of the points alone would look like */
	for (const struct bend_point *p = before ? a - 1 : a; p <= (after ? b + 1 : b); p++)
		if (open < 2 * p->width)
			open = 0;
	return expm1(open);
}

struct bends {
	const struct plan *plan;
	size_t *series; /* of each cell: a number that cells have in common that differ in workers alone */
};

/* Which factors cells of a series differ in, ended by NULL. */
static const char *const *free_factors(const struct planned *c)
{
	static const char *const strong[] = {"workers", NULL}, *const share[] = {"workers", "share", NULL},
				 *const word[] = {"workers", "size", NULL};
	return c->cell.scaling != SCALING_STRONG ? share : c->word < SIZE_MEMORY ? word : strong;
}

static bool same_series(const struct plan *p, size_t a, const struct factors *of_a, size_t b)
{
	const struct cell *x = &p->cells[a].cell, *y = &p->cells[b].cell;
	struct factors of_b;
	if (x->kernel != y->kernel || x->variant != y->variant || x->backend != y->backend ||
		x->lifetime != y->lifetime || x->scaling != y->scaling ||
		p->cells[a].word != p->cells[b].word)
		return false;
	cell_factors(y, "", &of_b);
	return cells_match(of_a, &of_b, free_factors(&p->cells[a]));
}

struct bends *bends_open(const struct plan *p, struct err *e)
{
	struct bends *b = calloc(1, sizeof *b);
	size_t *series = malloc((p->count + 1) * sizeof *series);
	if (!b || !series) {
		free(b);
		free(series);
		err_set(e, ERR_FAILED, "out of memory for the sweep");
		return NULL;
	}
	*b = (struct bends){.plan = p, .series = series};
	for (size_t i = 0; i < p->count; i++)
		series[i] = SIZE_MAX;
	for (size_t i = 0; i < p->count; i++) {
		struct factors f;
		if (!p->cells[i].spare || series[i] != SIZE_MAX)
			continue;
		cell_factors(&p->cells[i].cell, "", &f);
		for (size_t j = 0; j < p->count; j++)
			if (same_series(p, i, &f, j))
				series[j] = i;
	}
	return b;
}

void bends_close(struct bends *b)
{
	if (b)
		free(b->series);
	free(b);
}

static int by_workers(const void *a, const void *b)
{
	const double x = ((const struct bend_point *)a)->workers, y = ((const struct bend_point *)b)->workers;
	return (x > y) - (x < y);
}

enum { POINTS = 64 };

/* The points of a cell's series, ascending; how many. Workers that take turns are on no curve. */
static size_t points_of(const struct bends *b, size_t cell, bends_ask_fn *ask, const void *ctx,
	struct bend_point points[POINTS])
{
	const struct plan *p = b->plan;
	size_t n = 0;
	for (size_t i = 0; i < p->count && n < POINTS; i++) {
		const unsigned workers = p->cells[i].cell.workers;
		if (b->series[i] != b->series[cell] || (p->most_workers && workers > p->most_workers) ||
			ask(ctx, i, &points[n]) != BEND_KNOWN)
			continue;
		points[n++].workers = workers;
	}
	qsort(points, n, sizeof *points, by_workers);
	return n;
}

/* Whether a spare cell of the same series is awaited: it may settle the others. */
static bool waits(const struct bends *b, size_t cell, bends_ask_fn *ask, const void *ctx)
{
	struct bend_point ignored;
	for (size_t i = 0; i < b->plan->count; i++)
		if (b->series[i] == b->series[cell] && b->plan->cells[i].spare &&
			ask(ctx, i, &ignored) == BEND_AWAITED)
			return true;
	return false;
}

size_t bends_widest(const struct bends *b, bends_ask_fn *ask, const void *ctx, double least, double *width)
{
	size_t widest = SIZE_MAX;
	*width = least;
	for (size_t i = 0; i < b->plan->count; i++) {
		struct bend_point points[POINTS];
		if (!b->plan->cells[i].spare || ask(ctx, i, points) != BEND_ASLEEP || waits(b, i, ask, ctx))
			continue;
		const size_t n = points_of(b, i, ask, ctx, points);
		const double own = bend_width(points, n, b->plan->cells[i].cell.workers);
		if (own > *width) {
			*width = own;
			widest = i;
		}
	}
	return widest;
}
