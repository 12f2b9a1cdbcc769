/* SPDX-License-Identifier: MIT */
#include "summary.h"

#include "kernel.h"
#include "stats.h"

#include <stdlib.h>
#include <string.h>

/* Samples of one cell that follow each other in the file, as those of a launch do. */
struct run {
	const struct sample *first;
	size_t count;
};

/* One cell. */
struct group {
	const struct run *runs; /* all its samples, in file order */
	size_t run_count;
	const struct factors *cell;
	struct factors problem; /* what it must share with its base */
	double *seconds;        /* of the samples that count, ascending */
	size_t ok;              /* how many */
};

struct grouping {
	struct run *runs;
	struct group *groups; /* in the order in which they first appear */
	size_t count;
	double *seconds; /* of all groups */
	double *work;    /* room for one value a sample */
};

/* --- which samples belong together --- */

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
	return strcmp(s->status, "ok") == 0 && isfinite(s->seconds);
}

/* The known values of one column, ascending; how many. */
static size_t gather(const struct group *g, const struct column *c, double *values)
{
	size_t n = 0;
	for (size_t r = 0; r < g->run_count; r++)
		for (const struct sample *s = g->runs[r].first; s < g->runs[r].first + g->runs[r].count;
			s++) {
			const void *field = (const char *)s + c->offset;
			if (!counts(s))
				continue;
			if (c->type == COLUMN_REAL && isfinite(*(const double *)field))
				values[n++] = *(const double *)field;
			else if (c->type == COLUMN_UINT && ((const struct uint_field *)field)->known)
				values[n++] = (double)((const struct uint_field *)field)->value;
		}
	stats_sort(values, n);
	return n;
}

static const struct column *sample_column(const char *name)
{
	const struct column *c = sample_columns;
	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name ? c : NULL;
}

/* --- which cell is the base of which --- */

static const struct kernel *kernel_of(const struct factors *f)
{
	struct err unknown = {0};
	return kernel_find(f->kernel, &unknown);
}

/* Forgets the parameters that follow from the size: with weak scaling they grow with the workers. */
static void forget_sized(const struct kernel *k, struct factors *f)
{
	struct uint_field *fields[] = {
#define PARAMETER(id, option, lowest, highest, fallback, choices, meaning) &f->id,
#include "parameters.def"
	};
	struct problem small, large;
	problem_init(&small);
	problem_init(&large);
	k->resize(&small, 1000);
	k->resize(&large, 2000);
	for (size_t i = 0; parameters[i].name; i++)
		if (*parameter_value(&parameters[i], &small) != *parameter_value(&parameters[i], &large))
			*fields[i] = (struct uint_field){0};
}

static void problem_of(const struct factors *f, struct factors *problem)
{
	*problem = *f;
	strcpy(problem->backend, "");
	strcpy(problem->lifetime, "");
	strcpy(problem->schedule, "");
	strcpy(problem->placement, "");
	strcpy(problem->scaling, "");
	problem->workers = problem->block_bytes = problem->grain = (struct uint_field){0};
	if (!f->size.known)
		return;
	problem->items = (struct uint_field){0};
	const struct kernel *k = kernel_of(f);
	if (k)
		forget_sized(k, problem);
}

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool same_uint(struct uint_field a, struct uint_field b)
{
	return a.known == b.known && a.value == b.value;
}

/* Nothing said on one side contradicts nothing. */
static bool agree(struct uint_field a, struct uint_field b)
{
	return !a.known || !b.known || a.value == b.value;
}

static bool is_weak(const struct factors *f)
{
	return same(f->scaling, "weak");
}

enum base { BASE_SERIAL, BASE_SELF };

static bool may_be_base(const struct group *row, const struct group *candidate, enum base kind)
{
	const struct factors *f = row->cell, *b = candidate->cell;
	if (candidate->ok == 0 || !b->workers.known || b->workers.value != 1)
		return false;
	bool kin = kind == BASE_SERIAL
			   ? same(b->backend, "serial")
			   : same(b->backend, f->backend) && same(b->lifetime, f->lifetime) &&
				     same(b->schedule, f->schedule) && same(b->placement, f->placement);
	return kin && agree(b->block_bytes, f->block_bytes) && agree(b->grain, f->grain) &&
	       factors_compare(&row->problem, &candidate->problem) == 0;
}

/* How well a base fits: a number that orders as summary.h says. */
static unsigned fitness(const struct factors *f, const struct factors *b)
{
	const bool wishes[] = {same(b->scaling, f->scaling), same_uint(b->block_bytes, f->block_bytes),
		same_uint(b->grain, f->grain), same(b->lifetime, "pool"), same(b->schedule, "static"),
		same(b->placement, f->placement)};
	unsigned fit = 1;
	for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
		fit = fit << 1 | wishes[i];
	return fit;
}

static const struct group *find_base(const struct grouping *all, const struct group *row, enum base kind)
{
	const struct group *best = NULL;
	unsigned best_fit = 0;
	if (row->ok == 0 || !row->cell->workers.known || (is_weak(row->cell) && !row->cell->size.known))
		return NULL;
	for (const struct group *g = all->groups; g < all->groups + all->count; g++) {
		if (!may_be_base(row, g, kind))
			continue;
		unsigned fit = fitness(row->cell, g->cell);
		if (fit > best_fit) {
			best = g;
			best_fit = fit;
		}
	}
	return best;
}

static struct ratio speedup(const struct group *row, const struct group *base)
{
	if (row == base)
		return (struct ratio){1, {1, 1}};
	struct ratio r = stats_median_ratio(base->seconds, base->ok, row->seconds, row->ok);
	if (is_weak(row->cell)) {
		double workers = (double)row->cell->workers.value;
		r = (struct ratio){r.value * workers, {r.interval.low * workers, r.interval.high * workers}};
	}
	return r;
}

/* --- one row of the summary --- */

static uint64_t count_distinct(const double *sorted, size_t n)
{
	uint64_t distinct = n > 0;
	for (size_t i = 1; i < n; i++)
		distinct += sorted[i] > sorted[i - 1];
	return distinct;
}

static size_t rows_of(const struct group *g)
{
	size_t rows = 0;
	for (size_t r = 0; r < g->run_count; r++)
		rows += g->runs[r].count;
	return rows;
}

static struct uint_field known(uint64_t value)
{
	return (struct uint_field){value, true};
}

static void fill_counts(const struct group *g, double *work, struct summary *s)
{
	s->samples = known(g->ok);
	s->rejected = known(rows_of(g) - g->ok);
	s->launches = known(count_distinct(work, gather(g, sample_column("launch_id"), work)));
}

static void fill_seconds(const struct group *g, struct summary *s)
{
	const double *x = g->seconds;
	size_t n = g->ok;
	struct interval i = stats_median_interval(x, n, 0.95);
	s->median_seconds = stats_median(x, n);
	s->median_low = i.low;
	s->median_high = i.high;
	s->min_seconds = stats_quantile(x, n, 0);
	s->quartile1_seconds = stats_quantile(x, n, 0.25);
	s->quartile3_seconds = stats_quantile(x, n, 0.75);
	s->max_seconds = stats_quantile(x, n, 1);
	s->mad_seconds = stats_mad(x, n);
}

static void fill_rates(const struct group *g, struct summary *s)
{
	const struct kernel *k = kernel_of(g->cell);
	if (!g->cell->items.known)
		return;
	s->items_per_second = (double)g->cell->items.value / s->median_seconds;
	if (k && k->item_bytes > 0)
		s->bytes_per_second = s->items_per_second * k->item_bytes;
}

/* A column of the summary that bears the name of a column of the samples is its median. */
static void fill_medians(const struct group *g, double *work, struct summary *s)
{
	for (const struct column *to = summary_columns; to->name; to++) {
		const struct column *from = to->factor ? NULL : sample_column(to->name);
		if (from)
			*(double *)(void *)((char *)s + to->offset) =
				stats_median(work, gather(g, from, work));
	}
}

static void fill_speedups(const struct grouping *all, const struct group *g, struct summary *s)
{
	const struct group *serial = find_base(all, g, BASE_SERIAL), *self = find_base(all, g, BASE_SELF);
	if (serial) {
		struct ratio r = speedup(g, serial);
		s->serial_speedup = r.value;
		s->serial_speedup_low = r.interval.low;
		s->serial_speedup_high = r.interval.high;
		s->serial_seconds = stats_median(serial->seconds, serial->ok);
	}
	if (self) {
		struct ratio r = speedup(g, self);
		s->self_speedup = r.value;
		s->self_speedup_low = r.interval.low;
		s->self_speedup_high = r.interval.high;
		s->self_seconds = stats_median(self->seconds, self->ok);
	}
}

/* --- all of it --- */

static int grouping_make(const struct table *samples, struct grouping *all, struct err *e)
{
	size_t n = samples->count ? samples->count : 1;
	all->runs = calloc(n, sizeof *all->runs);
	all->seconds = calloc(n, sizeof *all->seconds);
	all->work = calloc(n, sizeof *all->work);
	size_t run_count = all->runs ? find_runs(samples, all->runs) : 0;
	all->groups = calloc(run_count ? run_count : 1, sizeof *all->groups);
	if (!all->runs || !all->seconds || !all->work || !all->groups)
		return err_set(e, ERR_FAILED, "out of memory to summarise %zu samples", samples->count);
	if (run_count)
		qsort(all->runs, run_count, sizeof *all->runs, by_cell);
	all->count = find_groups(all->runs, run_count, all->groups);
	double *next = all->seconds;
	for (struct group *g = all->groups; g < all->groups + all->count; g++) {
		problem_of(g->cell, &g->problem);
		g->seconds = next;
		g->ok = gather(g, sample_column("seconds"), next);
		next += g->ok;
	}
	return 0;
}

static void grouping_free(struct grouping *all)
{
	free(all->runs);
	free(all->groups);
	free(all->seconds);
	free(all->work);
}

int summary_make(const struct table *samples, struct table *summary, struct err *e)
{
	struct grouping all = {0};
	int bad = grouping_make(samples, &all, e);
	for (size_t i = 0; !bad && i < all.count; i++) {
		const struct group *g = &all.groups[i];
		struct summary *s = table_add(summary, NULL, e);
		if (!s) {
			bad = -1;
			break;
		}
		s->cell = *g->cell;
		fill_counts(g, all.work, s);
		fill_seconds(g, s);
		fill_rates(g, s);
		fill_medians(g, all.work, s);
		fill_speedups(&all, g, s);
	}
	grouping_free(&all);
	return bad;
}
