/* SPDX-License-Identifier: MIT */
/*
 * knees.c - fits steps at knees to latencies over sizes.
 *
 * For given knees and shapes the model is linear, so each fit is least squares of relative errors: rows are divided by
 * their latency, and the target is 1. Knees are added one at a time, each where it takes most off the error; after each
 * addition all of them are moved, in turn, to where they fit best beside the others. To add a column to a fit is cheap:
 * with Q an orthonormal basis of the columns that are there and r the residual, a column v takes (v'r)^2 / (v'v) off the
 * squared error, v' being v less its projection on Q. So every size on a fine grid and every shape is tried.
 *
 * How many knees there are is decided by Schwarz's criterion with a floor for the error: a fit better than
 * `least_error` is not believed. A knee's interval is the range of sizes, over all shapes, at which the error stays
 * within what chance explains while the other knees keep their places.
 */
#include "bench/stats/knees.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const double knee_least_step = 1.5;

enum {
	PER_OCTAVE = 8,         /* tried sizes */
	ROUNDS = 4,             /* of moving all knees */
	PARAMETERS = 3,         /* of a knee: size, shape, step */
	STEPS = KNEES_MOST + 2, /* of a fit: knees, and steps too small to be one */
	COLUMNS = STEPS + 1,
	ROBUST_PASSES = 2
};
static const double least_error = 0.02, strict = 1.5,
		    chance = 3.84;  /* chi-squared, 1 degree of freedom, 95 % */
static const double outlying = 2.5; /* standard errors, from which on a point counts less */

/* The share of accesses beyond a knee, for a size of x knees. */
enum kind { ABOVE, AROUND };
static const struct shape {
	enum kind kind;
	double power;
} shapes[] = {{ABOVE, 1}, {ABOVE, 2}, {ABOVE, 4}, {ABOVE, 16}, {AROUND, 3}, {AROUND, 6}, {AROUND, 12}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static double beyond(const struct shape *s, double x)
{
	if (s->kind == AROUND)
		return 1 / (1 + pow(x, -s->power));
	return x <= 1 ? 0 : 1 - pow(x, -s->power);
}

/* A knee: place number `at` of the grid of sizes, and a shape. */
struct place {
	size_t at, shape;
};

/* A fit under construction; rows are sizes, ascending. */
struct fit {
	size_t n, count;                   /* rows; knees */
	const double *bytes, *ns, *weight; /* weight: of a row, from 0 to 1 */
	double *scale;                     /* of a row: its weight's root over its latency */
	size_t places;                     /* of the grid */
	const double *share;               /* of accesses beyond a knee: of each place, shape and row */
	struct place knee[STEPS];
	bool small[STEPS];                          /* too small a step to be a knee */
	double *basis[COLUMNS], *residual, *column; /* n each */
	double coefficient[COLUMNS];                /* of the last solve: first latency, then steps */
	double inverse[COLUMNS][COLUMNS];           /* of the normal equations */
	double squares;                             /* weighted, of relative errors */
};

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static const double *shares(const struct fit *f, const struct place *p)
{
	return f->share + (p->at * SHAPES + p->shape) * f->n;
}

static double grid_size(const struct fit *f, size_t at)
{
	return f->bytes[0] * exp2((double)at / PER_OCTAVE);
}

/* The column of a knee, or of the first level where `p` is NULL. */
static void fill_column(const struct fit *f, const struct place *p, double *column)
{
	const double *share = p ? shares(f, p) : NULL;
	for (size_t i = 0; i < f->n; i++)
		column[i] = (share ? share[i] : 1) * f->scale[i];
}

/* Takes the projection on the first `columns` of the basis off a column; its squared length then. */
static double orthogonalise(const struct fit *f, size_t columns, double *column)
{
	for (size_t k = 0; k < columns; k++) {
		const double part = dot(f->basis[k], column, f->n);
		for (size_t i = 0; i < f->n; i++)
			column[i] -= part * f->basis[k][i];
	}
	return dot(column, column, f->n);
}

/* Basis and residual of the first level and all knees but number `skip`; how many columns. */
static size_t project(struct fit *f, size_t skip)
{
	size_t columns = 0;
	for (size_t k = 0; k <= f->count; k++) {
		if (k > 0 && k - 1 == skip)
			continue;
		double *column = f->basis[columns];
		fill_column(f, k > 0 ? &f->knee[k - 1] : NULL, column);
		orthogonalise(f, columns, column);
		const double length =
			sqrt(orthogonalise(f, columns, column)); /* twice, against loss of precision */
		if (length < 1e-12)
			continue;
		for (size_t i = 0; i < f->n; i++)
			column[i] /= length;
		columns++;
	}
	for (size_t i = 0; i < f->n; i++)
		f->residual[i] = sqrt(f->weight[i]);
	orthogonalise(f, columns, f->residual);
	f->squares = dot(f->residual, f->residual, f->n);
	return columns;
}

/* What a knee there takes off the error of a projection. */
static double gain(struct fit *f, size_t columns, const struct place *p)
{
	fill_column(f, p, f->column);
	const double before = dot(f->column, f->column, f->n), length = orthogonalise(f, columns, f->column);
	const double along = dot(f->column, f->residual, f->n);
	return along <= 0 || length < 1e-9 * before ? 0 : along * along / length;
}

/* Whether a size is an octave away from all knees but number `skip`, with sizes measured on both sides. */
static bool free_place(const struct fit *f, size_t at, size_t skip)
{
	const double bytes = grid_size(f, at);
	for (size_t k = 0; k < f->count; k++)
		if (k != skip && at < f->knee[k].at + PER_OCTAVE && at + PER_OCTAVE > f->knee[k].at)
			return false;
	return bytes >= f->bytes[1] && bytes < f->bytes[f->n - 2];
}

/* The best place for knee `k` beside the others; what it takes off the error. */
static double best_place(struct fit *f, size_t k, struct place *best)
{
	const size_t columns = project(f, k);
	double most = 0;
	for (size_t i = 0; i < f->places; i++) {
		struct place p = {.at = i};
		if (!free_place(f, i, k))
			continue;
		for (p.shape = 0; p.shape < SHAPES; p.shape++) {
			const double taken = gain(f, columns, &p);
			if (taken > most) {
				most = taken;
				*best = p;
			}
		}
	}
	return most;
}

static void settle(struct fit *f)
{
	bool moved = true;
	for (int round = 0; moved && round < ROUNDS; round++) {
		moved = false;
		for (size_t k = 0; k < f->count; k++) {
			const struct place before = f->knee[k];
			best_place(f, k, &f->knee[k]);
			moved |= before.at != f->knee[k].at || before.shape != f->knee[k].shape;
		}
	}
	project(f, SIZE_MAX);
}

static bool add_knee(struct fit *f)
{
	struct place p = {0};
	if (best_place(f, SIZE_MAX, &p) <= 0)
		return false;
	f->knee[f->count++] = p;
	settle(f);
	return true;
}

static void remove_knee(struct fit *f, size_t k)
{
	memmove(&f->knee[k], &f->knee[k + 1], (--f->count - k) * sizeof f->knee[0]);
	settle(f);
}

static double weights(const struct fit *f)
{
	double sum = 0;
	for (size_t i = 0; i < f->n; i++)
		sum += f->weight[i];
	return sum;
}

/* Schwarz's criterion: less is better. */
static double criterion(const struct fit *f)
{
	const double rows = weights(f), mean = f->squares / rows;
	return rows * log(mean + least_error * least_error) +
	       strict * PARAMETERS * (double)f->count * log(rows);
}

static void sort_knees(struct fit *f)
{
	for (size_t i = 1; i < f->count; i++)
		for (size_t j = i; j > 0 && f->knee[j].at < f->knee[j - 1].at; j--) {
			const struct place p = f->knee[j];
			f->knee[j] = f->knee[j - 1];
			f->knee[j - 1] = p;
		}
}

/* Solves the normal equations by Gauss and Jordan; false where they are singular. */
static bool solve(struct fit *f)
{
	const size_t m = f->count + 1;
	double a[COLUMNS][2 * COLUMNS] = {{0}}, right[COLUMNS];
	for (size_t k = 0; k < m; k++)
		fill_column(f, k > 0 ? &f->knee[k - 1] : NULL, f->basis[k]);
	for (size_t i = 0; i < f->n; i++)
		f->residual[i] = sqrt(f->weight[i]);
	for (size_t k = 0; k < m; k++) {
		for (size_t j = 0; j < m; j++)
			a[k][j] = dot(f->basis[k], f->basis[j], f->n);
		a[k][m + k] = 1;
		right[k] = dot(f->basis[k], f->residual, f->n);
	}
	for (size_t k = 0; k < m; k++) {
		size_t pivot = k;
		for (size_t j = k + 1; j < m; j++)
			pivot = fabs(a[j][k]) > fabs(a[pivot][k]) ? j : pivot;
		if (!(fabs(a[pivot][k]) > 0))
			return false;
		for (size_t c = 0; c < 2 * m; c++) {
			const double swapped = a[k][c];
			a[k][c] = a[pivot][c];
			a[pivot][c] = swapped;
		}
		const double by = a[k][k];
		for (size_t c = 0; c < 2 * m; c++)
			a[k][c] /= by;
		for (size_t j = 0; j < m; j++) {
			const double times = j == k ? 0 : a[j][k];
			for (size_t c = 0; c < 2 * m; c++)
				a[j][c] -= times * a[k][c];
		}
	}
	for (size_t k = 0; k < m; k++) {
		f->coefficient[k] = 0;
		for (size_t j = 0; j < m; j++) {
			f->inverse[k][j] = a[k][m + j];
			f->coefficient[k] += f->inverse[k][j] * right[j];
		}
	}
	return true;
}

/* The factor by which latency grows at knee `k` of a solved fit. */
static double step_factor(const struct fit *f, size_t k)
{
	double before = 0;
	for (size_t i = 0; i <= k; i++)
		before += f->coefficient[i];
	return 1 + f->coefficient[k + 1] / before;
}

static size_t smallest_step(const struct fit *f)
{
	size_t least = 0;
	for (size_t k = 1; k < f->count; k++)
		if (step_factor(f, k) < step_factor(f, least))
			least = k;
	return least;
}

/* Marks the steps that are too small; how many are not. */
static size_t mark_small(struct fit *f)
{
	size_t knees = 0;
	for (size_t k = 0; k < f->count; k++) {
		f->small[k] = step_factor(f, k) < knee_least_step;
		knees += !f->small[k];
	}
	return knees;
}

/* As many knees as the criterion wants. How many of them are levels is seen when those with too small a step are taken
 * out, one after another: two small steps may be one large one. If as many steps are large while the small ones stay,
 * these stay: without them the fit would move a knee to where it explains their rise too. */
static bool choose(struct fit *f)
{
	struct fit best;
	double least;
	project(f, SIZE_MAX);
	least = criterion(f);
	best = *f;
	while (f->count < STEPS && add_knee(f)) {
		const double now = criterion(f);
		if (now < least) {
			least = now;
			best = *f;
		}
	}
	*f = best;
	settle(f);
	sort_knees(f);
	if (!solve(f))
		return false;
	const size_t large = mark_small(f);
	struct fit whole = *f;
	while (f->count > 0 && (f->count > KNEES_MOST || mark_small(f) < f->count)) {
		remove_knee(f, smallest_step(f));
		sort_knees(f);
		if (!solve(f))
			return false;
	}
	if (f->count == large)
		*f = whole;
	mark_small(f);
	return solve(f);
}

/* Weights of rows by how far they are off the fit; a typical error is the median one. */
static void weigh(const struct fit *f, double *weight, double *scratch)
{
	for (size_t i = 0; i < f->n; i++) {
		double ns = f->coefficient[0];
		for (size_t k = 0; k < f->count; k++)
			ns += f->coefficient[k + 1] * shares(f, &f->knee[k])[i];
		weight[i] = scratch[i] = fabs(1 - ns / f->ns[i]);
	}
	stats_sort(scratch, f->n);
	const double typical = fmax(least_error / 2, 1.4826 * stats_median(scratch, f->n));
	for (size_t i = 0; i < f->n; i++) {
		const double off = weight[i] / (outlying * typical);
		weight[i] = off <= 1 ? 1 : 1 / (off * off);
	}
}

/* The sizes at which a knee may lie. */
static struct interval knee_range(struct fit *f, size_t k, double variance)
{
	const size_t columns = project(f, k);
	const double at = grid_size(f, f->knee[k].at);
	const double without = f->squares, step = exp2(0.5 / PER_OCTAVE);
	const double fitted = without - gain(f, columns, &f->knee[k]), bound = fitted + chance * variance;
	struct interval range = {at / step, at * step};
	for (size_t i = 0; i < f->places; i++) {
		struct place p = {.at = i};
		double least = INFINITY;
		if (!free_place(f, i, k))
			continue;
		for (p.shape = 0; p.shape < SHAPES; p.shape++)
			least = fmin(least, without - gain(f, columns, &p));
		if (least <= bound) {
			range.low = fmin(range.low, grid_size(f, i) / step);
			range.high = fmax(range.high, grid_size(f, i) * step);
		}
	}
	return range;
}

/* A level's latency is that right behind its knee, before small steps; the last level's is behind all of them. */
static void conclude(struct fit *f, struct knees *k)
{
	const double rows = weights(f), freedom = fmax(1, rows - (double)(PARAMETERS * f->count + 1));
	const double variance = fmax(f->squares / freedom, 0.25 * least_error * least_error);
	k->error = sqrt(f->squares / rows);
	double ns = 0;
	size_t last = 0;
	for (size_t step = 1; step <= f->count; step++)
		last = f->small[step - 1] ? last : step;
	for (size_t step = 0; step <= f->count; step++) {
		const bool small = step > 0 && f->small[step - 1];
		double square = 0;
		ns += f->coefficient[step];
		if (small && step < last)
			continue;
		for (size_t i = 0; i <= step; i++)
			for (size_t j = 0; j <= step; j++)
				square += f->inverse[i][j];
		const double half = 1.96 * sqrt(variance * fmax(0, square));
		if (step > 0 && !small) {
			k->bytes[k->count] = grid_size(f, f->knee[step - 1].at);
			k->range[k->count++] = knee_range(f, step - 1, variance);
		}
		k->ns[k->count] = ns;
		k->ns_range[k->count] = (struct interval){fmax(0, ns - half), ns + half};
	}
}

static int by_size(const void *a, const void *b)
{
	const struct knee_point *x = a, *y = b;
	return x->bytes != y->bytes ? (x->bytes > y->bytes) - (x->bytes < y->bytes)
				    : (x->ns > y->ns) - (x->ns < y->ns);
}

/* One row a size, the median of its points; how many. */
static size_t gather(
	const struct knee_point *points, size_t n, struct knee_point *sorted, double *bytes, double *ns)
{
	size_t kept = 0, rows = 0;
	for (size_t i = 0; i < n; i++)
		if (points[i].bytes > 0 && points[i].ns > 0 && isfinite(points[i].bytes) &&
			isfinite(points[i].ns))
			sorted[kept++] = points[i];
	qsort(sorted, kept, sizeof *sorted, by_size);
	for (size_t i = 0, end; i < kept; i = end) {
		for (end = i + 1; end < kept && sorted[end].bytes == sorted[i].bytes; end++)
			;
		const size_t middle = i + (end - i) / 2;
		bytes[rows] = sorted[i].bytes;
		ns[rows++] =
			(end - i) % 2 ? sorted[middle].ns : (sorted[middle - 1].ns + sorted[middle].ns) / 2;
	}
	return rows;
}

/* The shares of all places, shapes and rows. NULL without memory. */
static double *tabulate(const struct fit *f)
{
	double *table = malloc((f->places * SHAPES * f->n + 1) * sizeof *table), *to = table;
	for (size_t at = 0; table && at < f->places; at++)
		for (size_t shape = 0; shape < SHAPES; shape++)
			for (size_t i = 0; i < f->n; i++)
				*to++ = beyond(&shapes[shape], f->bytes[i] / grid_size(f, at));
	return table;
}

/* Fits, and fits again with less weight for what was far off. */
static bool fit_robustly(struct fit *f, double *weight, double *scratch)
{
	for (size_t i = 0; i < f->n; i++)
		weight[i] = 1;
	for (int pass = 0; pass < ROBUST_PASSES; pass++) {
		if (pass > 0)
			weigh(f, weight, scratch);
		for (size_t i = 0; i < f->n; i++)
			f->scale[i] = sqrt(weight[i]) / f->ns[i];
		f->count = 0;
		if (!choose(f))
			return false;
	}
	return true;
}

int knees_find(const struct knee_point *points, size_t n, struct knees *k, struct err *e)
{
	enum { VECTORS = COLUMNS + 7 };
	*k = (struct knees){0};
	double *room = malloc((n + 1) * VECTORS * sizeof *room), *at[VECTORS], *share = NULL;
	struct knee_point *sorted = malloc((n + 1) * sizeof *sorted);
	bool whole = room && sorted;
	if (whole) {
		for (size_t i = 0; i < VECTORS; i++)
			at[i] = room + i * (n + 1);
		struct fit f = {.bytes = at[0],
			.ns = at[1],
			.weight = at[2],
			.scale = at[4],
			.residual = at[5],
			.column = at[6]};
		for (size_t i = 0; i < COLUMNS; i++)
			f.basis[i] = at[7 + i];
		f.n = gather(points, n, sorted, at[0], at[1]);
		if (f.n >= KNEES_FEWEST) {
			f.places = (size_t)(PER_OCTAVE * log2(f.bytes[f.n - 1] / f.bytes[0])) + 1;
			f.share = share = tabulate(&f);
			whole = share;
			if (whole && fit_robustly(&f, at[2], at[3]))
				conclude(&f, k);
		}
	}
	free(share);
	free(sorted);
	free(room);
	return whole ? 0 : err_set(e, ERR_FAILED, "out of memory for the knees of latencies");
}
