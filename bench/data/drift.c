/* SPDX-License-Identifier: MIT */
/*
 * drift.c - whether the canary cell kept its speed over a sweep: a permutation test by ranks.
 *
 * The launches, in time order, are cut into stretches and Kruskal and Wallis's statistic is
 * computed from the ranks; what all orders share (n and the mean rank) is left out, so only the sum
 * of squared rank sums remains. Its null distribution comes from 2,000 random orders of the same
 * ranks, which is exact for ties and for stretches too short for the chi-squared approximation. The
 * p-value counts the observed order too, so it is never 0. Cost: n^2 for the ranks, 2,000 n for the
 * test; n is the number of launches of one cell.
 */
#include "bench/data/drift.h"

#include "base/rng.h"
#include "bench/stats/stats.h"

#include <stdlib.h>
#include <string.h>

enum { STRETCHES = 4, ORDERS = 2000 };
static const double rare = 0.01, matters = 0.02;

/* Four stretches need four launches each; fewer launches are cut into halves. */
static size_t stretches_of(size_t n)
{
	return n >= 4 * STRETCHES ? STRETCHES : 2;
}

/* Largest over smallest of the stretches' medians, less 1. */
static double range_of(const double *x, size_t n, double *work)
{
	const size_t stretches = stretches_of(n);
	double least = INFINITY, most = 0;
	for (size_t k = 0; k < stretches; k++) {
		size_t first = k * n / stretches, count = (k + 1) * n / stretches - first;
		memcpy(work, x + first, count * sizeof *work);
		stats_sort(work, count);
		double median = stats_median(work, count);
		least = fmin(least, median);
		most = fmax(most, median);
	}
	return most / least - 1;
}

/* Kruskal and Wallis's statistic, but for what all orders share: squared sums of the stretches' ranks. */
static double unevenness(const double *rank, size_t n)
{
	const size_t stretches = stretches_of(n);
	double sum = 0;
	for (size_t k = 0; k < stretches; k++) {
		size_t first = k * n / stretches, end = (k + 1) * n / stretches;
		double ranks = 0;
		for (size_t i = first; i < end; i++)
			ranks += rank[i];
		sum += ranks * ranks / (double)(end - first);
	}
	return sum;
}

/* Each value's rank; equal ones share theirs. */
static void rank_all(const double *x, size_t n, double *rank)
{
	for (size_t i = 0; i < n; i++) {
		rank[i] = 0.5;
		for (size_t j = 0; j < n; j++)
			rank[i] += x[j] < x[i] ? 1 : x[j] == x[i] ? 0.5 : 0;
	}
}

static int judge(const double *in_order, size_t n, struct drift *d, struct err *e)
{
	*d = (struct drift){.launches = n, .range = NAN, .p_value = NAN};
	if (n < DRIFT_FEWEST)
		return 0;
	double *rank = malloc(2 * n * sizeof *rank), *work = rank + n;
	uint64_t random = 1;
	size_t as_uneven = 0;
	if (!rank)
		return err_set(e, ERR_FAILED, "out of memory");
	d->range = range_of(in_order, n, work);
	rank_all(in_order, n, rank);
	const double found = unevenness(rank, n) * (1 - 1e-12);
	for (size_t i = 0; i < ORDERS; i++) {
		rng_shuffle(rank, n, &random);
		as_uneven += unevenness(rank, n) >= found;
	}
	d->p_value = (double)(1 + as_uneven) / (1 + ORDERS);
	d->verdict = d->p_value < rare && d->range > matters ? DRIFT_DRIFTED : DRIFT_STEADY;
	free(rank);
	return 0;
}

int drift_of_cell(const struct table *samples, uint64_t cell_id, struct drift *d, struct err *e)
{
	double *launches = malloc((2 * samples->count + 1) * sizeof *launches),
	       *work = launches + samples->count;
	size_t count = 0, n = 0;
	uint64_t launch = 0;
	if (!launches)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i <= samples->count; i++) {
		const struct sample *s = i < samples->count ? table_row(samples, i) : NULL;
		if (n > 0 && (!s || s->launch_id.value != launch)) {
			stats_sort(work, n);
			launches[count++] = stats_median(work, n);
			n = 0;
		}
		if (!s || !s->cell_id.known || s->cell_id.value != cell_id || strcmp(s->status, "ok") != 0 ||
			!(s->seconds > 0))
			continue;
		launch = s->launch_id.value;
		work[n++] = s->seconds;
	}
	int bad = judge(launches, count, d, e);
	free(launches);
	return bad;
}
