/* SPDX-License-Identifier: MIT */
#include "data/ranksum.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static double normal_below(double z)
{
	return erfc(-z / sqrt(2)) / 2;
}

/*
 * U takes the value u in as many of the C(n + m, n) equally likely orders as u has partitions into at most n
 * parts of at most m. Parts are allowed one size after the other; ways[k][u] counts those with exactly k
 * parts. Only additions, so that nothing cancels. `ways` has n + 1 rows of n * m + 1.
 */
static void count_partitions(size_t n, size_t m, double *ways)
{
	const size_t row = n * m + 1;
	memset(ways, 0, (n + 1) * row * sizeof *ways);
	ways[0] = 1;
	for (size_t part = 1; part <= m; part++)
		for (size_t k = 1; k <= n; k++)
			for (size_t u = part; u < row; u++)
				ways[k * row + u] += ways[(k - 1) * row + u - part];
}

static int fill_exact(struct ranksum *r, struct err *e)
{
	const size_t row = r->n * r->m + 1;
	double *ways = calloc((r->n + 1) * row, sizeof *ways), all = 0;
	if (!ways)
		return err_set(e, ERR_FAILED, "out of memory for ranks of %zu and %zu values", r->n, r->m);
	count_partitions(r->n, r->m, ways);
	for (size_t u = 0; u < row; u++) {
		for (size_t k = 0; k <= r->n; k++)
			all += ways[k * row + u];
		r->below[u] = all;
	}
	for (size_t u = 0; u < row; u++)
		r->below[u] /= all;
	free(ways);
	return 0;
}

static void fill_normal(struct ranksum *r)
{
	double pairs = (double)r->n * (double)r->m, deviation = sqrt(pairs * (double)(r->n + r->m + 1) / 12);
	for (size_t u = 0; u < r->n * r->m; u++)
		r->below[u] = normal_below(((double)u + 0.5 - pairs / 2) / deviation);
	r->below[r->n * r->m] = 1;
}

int ranksum_make(struct ranksum *r, size_t n, size_t m, struct err *e)
{
	assert(n && m);
	*r = (struct ranksum){.n = n, .m = m};
	if (n > SIZE_MAX / m || n * m == SIZE_MAX || !(r->below = calloc(n * m + 1, sizeof *r->below)) ||
		!(r->work = calloc(n * m, sizeof *r->work)))
		return err_set(e, ERR_FAILED, "out of memory for ranks of %zu and %zu values", n, m);
	if (n * m <= RANKSUM_EXACT)
		return fill_exact(r, e);
	fill_normal(r);
	return 0;
}

void ranksum_free(struct ranksum *r)
{
	free(r->below);
	free(r->work);
	*r = (struct ranksum){0};
}

double ranksum_above(const struct ranksum *r, const double *a, const double *b, double by)
{
	size_t against = 0;
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->m; j++)
			against += b[j] - a[i] <= by;
	return r->below[against];
}

double ranksum_below(const struct ranksum *r, const double *a, const double *b, double by)
{
	size_t against = 0;
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->m; j++)
			against += a[i] - b[j] <= by;
	return r->below[against];
}

struct shift ranksum_shift(const struct ranksum *r, const double *a, const double *b, double confidence)
{
	const size_t pairs = r->n * r->m;
	size_t outside = 0; /* differences beyond each end */
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->m; j++)
			r->work[i * r->m + j] = b[j] - a[i];
	stats_sort(r->work, pairs);
	while (outside < pairs / 2 && r->below[outside] <= (1 - confidence) / 2)
		outside++;
	struct shift s = {stats_median(r->work, pairs), {(double)NAN, (double)NAN}};
	if (outside)
		s.interval = (struct interval){r->work[outside - 1], r->work[pairs - outside]};
	return s;
}

struct ranked {
	double p;
	size_t place;
};

static int by_p(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	return (x->p > y->p) - (x->p < y->p);
}

int ranksum_adjust(const double *p, double *q, size_t n, struct err *e)
{
	struct ranked *order = calloc(n + 1, sizeof *order);
	size_t known = 0;
	if (!order)
		return err_set(e, ERR_FAILED, "out of memory for %zu tests", n);
	for (size_t i = 0; i < n; i++) {
		q[i] = (double)NAN;
		if (!isnan(p[i]))
			order[known++] = (struct ranked){p[i], i};
	}
	qsort(order, known, sizeof *order, by_p);
	double least = 1;
	for (size_t rank = known; rank > 0; rank--) {
		double rate = order[rank - 1].p * (double)known / (double)rank;
		least = rate < least ? rate : least;
		q[order[rank - 1].place] = least;
	}
	free(order);
	return 0;
}

/* z with P(normal <= z) = p, by halving. */
static double normal_quantile(double p)
{
	double low = -40, high = 40;
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;
		if (normal_below(middle) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

size_t ranksum_needed(double size, double sigma, double alpha, double power)
{
	/* As for Student's test (Guenther, The American Statistician 35, 1981), over the efficiency of ranks,
	 * 3 / pi for normal values. */
	double z = normal_quantile(1 - alpha / 2), spread = (z + normal_quantile(power)) * sigma / size;
	double n = ceil((2 * spread * spread + z * z / 4) * 3.14159265358979323846 / 3);
	/* The smallest p-value there is: one order of C(2 n, n), on two sides. */
	double least = 2, values = 0;
	while (least > alpha) {
		values++;
		least *= values / (2 * (2 * values - 1));
	}
	return (size_t)fmin(fmax(n, values), 1e9);
}
