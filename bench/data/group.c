/* SPDX-License-Identifier: MIT */
/*
 * group.c - groups samples by cell and by launch, and computes the values that statistics are made
 * of.
 *
 * Rows of one cell that follow each other form a run, since a launch appends its samples together:
 * only runs are sorted, a fraction of the rows. Sorting by cell, then by address, keeps the file's
 * order within a cell; a second sort restores the order in which cells first appear. A launch
 * counts once, by its median: its samples share page placement and address layout, and are no
 * independent draws.
 */
#include "bench/data/group.h"

#include <stdlib.h>
#include <string.h>

static int by_cell(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int order = factors_compare(&x->first->cell, &y->first->cell);
	return order ? order : (x->first > y->first) - (x->first < y->first);
}

static int by_appearance(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	return (x->runs->first > y->runs->first) - (x->runs->first < y->runs->first);
}

static size_t find_runs(const struct table *samples, struct run *runs)
{
	size_t count = 0;
	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *s = table_row(samples, i);
		if (count && factors_compare(&s->cell, &runs[count - 1].first->cell) == 0)
			runs[count - 1].count++;
		else
			runs[count++] = (struct run){s, 1};
	}
	return count;
}

static size_t find_groups(const struct run *runs, size_t run_count, struct group *groups)
{
	size_t count = 0;
	for (size_t i = 0; i < run_count; i++) {
		if (count && factors_compare(&runs[i].first->cell, groups[count - 1].cell) == 0)
			groups[count - 1].run_count++;
		else
			groups[count++] = (struct group){
				.runs = runs + i, .run_count = 1, .cell = &runs[i].first->cell};
	}
	qsort(groups, count, sizeof *groups, by_appearance);
	return count;
}

static bool counts(const struct sample *s)
{
	return strcmp(s->status, "ok") == 0 && isfinite(s->seconds) && s->seconds > 0;
}

size_t group_rows(const struct group *g)
{
	size_t rows = 0;
	for (size_t r = 0; r < g->run_count; r++)
		rows += g->runs[r].count;
	return rows;
}

struct uint_field group_found(const struct group *g)
{
	for (size_t r = 0; r < g->run_count; r++)
		for (const struct sample *s = g->runs[r].first; s < g->runs[r].first + g->runs[r].count; s++)
			if (counts(s))
				return s->count;
	return (struct uint_field){0};
}

size_t group_gather(const struct group *g, const struct column *c, double *values)
{
	size_t n = 0;
	for (size_t r = 0; r < g->run_count; r++)
		for (const struct sample *s = g->runs[r].first; s < g->runs[r].first + g->runs[r].count;
			s++) {
			double value = *(const double *)(const void *)((const char *)s + c->offset);
			if (counts(s) && isfinite(value))
				values[n++] = value;
		}
	stats_sort(values, n);
	return n;
}

/* --- launches --- */

static int by_launch(const void *a, const void *b)
{
	const struct launched *x = a, *y = b;
	if (x->id != y->id)
		return x->id > y->id ? 1 : -1;
	return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

/* Its samples that count, by launch and then upwards; how many. */
static size_t gather(const struct group *g, struct launched *out)
{
	size_t n = 0;
	for (size_t r = 0; r < g->run_count; r++)
		for (const struct sample *s = g->runs[r].first; s < g->runs[r].first + g->runs[r].count; s++)
			if (counts(s))
				out[n++] = (struct launched){s->launch_id.value, s->seconds};
	qsort(out, n, sizeof *out, by_launch);
	return n;
}

/* Each launch's samples become their median; how many launches. */
static size_t to_medians(struct launched *l, size_t n)
{
	size_t count = 0;
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n && l[end].id == l[first].id;)
			end++;
		const size_t low = first + (end - first - 1) / 2, high = first + (end - first) / 2;
		l[count++] = (struct launched){l[first].id, (l[low].seconds + l[high].seconds) / 2};
	}
	return count;
}

size_t group_by_launch(const struct group *g, struct launched *out)
{
	return to_medians(out, gather(g, out));
}

/* Fills seconds and launches, which have room for all rows; `work` too. */
static void fill(struct group *g, struct launched *work)
{
	g->ok = gather(g, work);
	for (size_t i = 0; i < g->ok; i++)
		g->seconds[i] = work[i].seconds;
	g->launch_count = to_medians(work, g->ok);
	for (size_t i = 0; i < g->launch_count; i++)
		g->launches[i] = work[i].seconds;
	stats_sort(g->seconds, g->ok);
	stats_sort(g->launches, g->launch_count);
}

/* From cells with two launches or more. `variances` and `freedoms` have room for all. */
static struct prior prior_of(const struct groups *g, double *variances, double *freedoms)
{
	size_t n = 0;
	for (size_t i = 0; i < g->count; i++)
		if (g->list[i].launch_count >= 2) {
			variances[n] = stats_log_variance(g->list[i].launches, g->list[i].launch_count);
			freedoms[n++] = (double)(g->list[i].launch_count - 1);
		}
	return stats_prior(variances, freedoms, n);
}

int groups_make(struct groups *g, const struct table *samples, struct err *e)
{
	size_t n = samples->count ? samples->count : 1;
	struct launched *work = calloc(n, sizeof *work);
	*g = (struct groups){.runs = calloc(n, sizeof *g->runs), .values = calloc(n, 2 * sizeof *g->values)};
	size_t run_count = g->runs ? find_runs(samples, g->runs) : 0;
	g->list = calloc(run_count ? run_count : 1, sizeof *g->list);
	if (!work || !g->runs || !g->values || !g->list) {
		free(work);
		return err_set(e, ERR_FAILED, "out of memory for %zu samples", samples->count);
	}
	qsort(g->runs, run_count, sizeof *g->runs, by_cell);
	g->count = find_groups(g->runs, run_count, g->list);
	double *next = g->values;
	for (size_t i = 0; i < g->count; i++) {
		struct group *group = &g->list[i];
		size_t rows = group_rows(group);
		group->seconds = next;
		group->launches = next + rows;
		next += 2 * rows;
		fill(group, work);
	}
	double *variances = calloc(g->count + 1, 2 * sizeof *variances);
	free(work);
	if (!variances)
		return err_set(e, ERR_FAILED, "out of memory for %zu cells", g->count);
	g->prior = prior_of(g, variances, variances + g->count);
	free(variances);
	return 0;
}

void groups_free(struct groups *g)
{
	free(g->runs);
	free(g->list);
	free(g->values);
	*g = (struct groups){0};
}

const struct group *groups_find(const struct groups *g, const struct factors *cell)
{
	for (size_t i = 0; i < g->count; i++)
		if (factors_compare(g->list[i].cell, cell) == 0)
			return &g->list[i];
	return NULL;
}
