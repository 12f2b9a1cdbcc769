/* SPDX-License-Identifier: MIT */
/*
 * series.c - collects cells that differ only in their worker count and fits the scaling models to
 * them.
 */
#include "bench/data/series.h"

#include "bench/data/group.h"
#include "bench/stats/models.h"

#include <stdlib.h>
#include <string.h>

static bool may_join(const struct group *g, uint64_t cpus)
{
	const struct uint_field workers = g->cell->workers;
	return g->ok > 0 && strcmp(g->cell->scaling, "weak") != 0 &&
	       strcmp(g->cell->scaling, "throughput") != 0 && workers.known && workers.value > 0 &&
	       (cpus == 0 || workers.value <= cpus);
}

static bool same_series(const struct group *a, const struct group *b)
{
	struct factors x = *a->cell, y = *b->cell;
	x.workers = y.workers = (struct uint_field){0};
	return factors_compare(&x, &y) == 0;
}

/* The points of the series that begins with group `first`; how many. Groups that joined are
 * marked as taken. */
static size_t collect(
	const struct groups *g, size_t first, uint64_t cpus, bool *taken, struct model_point *points)
{
	size_t count = 0;
	for (size_t i = first; i < g->count; i++) {
		const struct group *h = &g->list[i];
		if (taken[i] || !may_join(h, cpus) || !same_series(&g->list[first], h))
			continue;
		taken[i] = true;
		points[count++] =
			(struct model_point){(double)h->cell->workers.value, h->launches, h->launch_count};
	}
	return count;
}

static void fill_estimate(struct estimate from, double *value, double *low, double *high)
{
	*value = from.value;
	*low = from.interval.low;
	*high = from.interval.high;
}

static void fill_model(const struct model *m, struct model_row *row)
{
#define FILL(name) fill_estimate(m->name, &row->name, &row->name##_low, &row->name##_high)
	FILL(amdahl_serial);
	FILL(usl_contention);
	FILL(usl_coherency);
	FILL(karp_flatt);
#undef FILL
	row->amdahl_error = m->amdahl_error;
	row->usl_error = m->usl_error;
	row->usl_peak_workers = isfinite(m->usl_peak_workers) ? m->usl_peak_workers : (double)NAN;
}

static int add_series(const struct group *first, const struct model_point *points, size_t count,
	struct table *rows, struct err *e)
{
	struct model_row *row = table_add(rows, NULL, e);
	if (!row)
		return -1;
	const char *refusal = model_refusal(points, count);
	struct model m;
	double most = 0;
	for (size_t k = 0; k < count; k++)
		most = fmax(most, points[k].workers);
	row->cell = *first->cell;
	row->cell.workers = (struct uint_field){0};
	row->worker_counts = uint_known(count);
	row->most_workers = uint_known((uint64_t)most);
	if (refusal) {
		strcpy(row->refused, refusal);
		return 0;
	}
	if (model_fit(points, count, &m, e) != 0)
		return -1;
	fill_model(&m, row);
	return 0;
}

int series_make(const struct table *samples, uint64_t cpus, struct table *rows, struct err *e)
{
	struct groups groups;
	int bad = groups_make(&groups, samples, e);
	bool *taken = calloc(groups.count + 1, sizeof *taken);
	struct model_point *points = calloc(groups.count + 1, sizeof *points);
	if (!bad && (!taken || !points))
		bad = err_set(e, ERR_FAILED, "out of memory for the models of %zu cells", groups.count);
	for (size_t i = 0; i < groups.count && !bad; i++) {
		size_t count = taken[i] ? 0 : collect(&groups, i, cpus, taken, points);
		if (count > 1)
			bad = add_series(&groups.list[i], points, count, rows, e);
	}
	free(taken);
	free(points);
	groups_free(&groups);
	return bad;
}
