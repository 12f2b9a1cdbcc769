/* SPDX-License-Identifier: MIT */
/*
 * summary.c - turns groups of samples into rows of summary.csv, and finds the base of each
 * speed-up.
 *
 * Whether two cells solve the same problem is decided on a copy of the factors from which
 * everything about workers is erased, and, if a size is given, the parameters that follow from it.
 * Which parameters those are is not listed: the kernel's `resize` is called with two sizes, and the
 * parameters that differ follow. Candidates for a base are ranked by a bit string of preferences,
 * so the heaviest preference decides first. Cost: quadratic in cells, a few hundred.
 */
#include "bench/data/summary.h"

#include "bench/backend/backend.h"
#include "bench/data/ceiling.h"
#include "bench/data/group.h"
#include "bench/stats/stats.h"
#include "kernels/kernel.h"

#include <stdlib.h>
#include <string.h>

/* --- which cell is the base of which --- */

/* The cells, and what each must share with its base. */
struct bases {
	const struct groups *groups;
	struct factors *problems;
};

static const struct kernel *kernel_of(const struct factors *f)
{
	struct err unknown = {0};
	return kernel_find(f->kernel, &unknown);
}

/* What a cell computes, whoever works on it: with weak scaling a problem's size grows with the workers. */
static void problem_of(const struct factors *f, struct factors *problem)
{
	*problem = *f;
	factors_clear(problem, ~(unsigned)ROLE_PROBLEM);
	if (!f->size.known)
		return;
	problem->items = (struct uint_field){0};
	const struct kernel *k = kernel_of(f);
	if (!k)
		return;
#define PARAMETER(id, option, lowest, highest, fallback, meaning)                                            \
	if (kernel_sized(k, option))                                                                         \
		problem->id = (struct uint_field){0};
#include "kernels/parameters.def"
}

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool same_uint(struct uint_field a, struct uint_field b)
{
	return a.known == b.known && a.value == b.value;
}

/* A value missing on one side agrees with any. */
static bool agree(struct uint_field a, struct uint_field b)
{
	return !a.known || !b.known || a.value == b.value;
}

/* The work grows with the workers. */
static bool grows(const struct factors *f)
{
	return same(f->scaling, "weak") || same(f->scaling, "throughput");
}

bool cells_timed_alike(const struct factors *a, const struct factors *b)
{
	return same(a->meter, b->meter) || backend_is_hosted(a->backend) || backend_is_hosted(b->backend);
}

enum base { BASE_SERIAL, BASE_SELF };

static bool may_be_base(const struct bases *b, size_t row, size_t candidate, enum base kind)
{
	const struct factors *f = b->groups->list[row].cell, *g = b->groups->list[candidate].cell;
	if (b->groups->list[candidate].ok == 0 || !g->workers.known || g->workers.value != 1)
		return false;
	bool kin = kind == BASE_SERIAL ? backend_is_caller(g->backend) : factors_same(g, f, ROLE_TEAM);
	return kin && cells_timed_alike(g, f) && agree(g->block_bytes, f->block_bytes) &&
	       agree(g->grain, f->grain) && factors_compare(&b->problems[row], &b->problems[candidate]) == 0;
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

static const struct group *find_base(const struct bases *b, size_t row, enum base kind)
{
	const struct group *best = NULL, *g = &b->groups->list[row];
	unsigned best_fit = 0;
	if (g->ok == 0 || !g->cell->workers.known || (grows(g->cell) && !g->cell->size.known))
		return NULL;
	for (size_t i = 0; i < b->groups->count; i++) {
		if (!may_be_base(b, row, i, kind))
			continue;
		unsigned fit = fitness(g->cell, b->groups->list[i].cell);
		if (fit > best_fit) {
			best = &b->groups->list[i];
			best_fit = fit;
		}
	}
	return best;
}

static struct ratio speedup(const struct bases *b, const struct group *row, const struct group *base)
{
	if (row == base)
		return (struct ratio){1, {1, 1}};
	struct ratio r = stats_launch_ratio(
		base->launches, base->launch_count, row->launches, row->launch_count, b->groups->prior);
	if (grows(row->cell)) {
		double workers = (double)row->cell->workers.value;
		r = (struct ratio){r.value * workers, {r.interval.low * workers, r.interval.high * workers}};
	}
	return r;
}

/* --- one row of the summary --- */

static void fill_counts(const struct group *g, struct summary *s)
{
	s->launches = uint_known(g->launch_count);
	s->samples = uint_known(g->ok);
	s->rejected = uint_known(group_rows(g) - g->ok);
	s->count = group_found(g);
}

static void fill_seconds(const struct group *g, struct prior others, struct summary *s)
{
	const double *x = g->seconds;
	size_t n = g->ok;
	struct interval i = stats_launch_interval(g->launches, g->launch_count, others);
	s->median_seconds = stats_median(g->launches, g->launch_count);
	s->median_low = i.low;
	s->median_high = i.high;
	s->min_seconds = stats_quantile(x, n, 0);
	s->quartile1_seconds = stats_quantile(x, n, 0.25);
	s->quartile3_seconds = stats_quantile(x, n, 0.75);
	s->max_seconds = stats_quantile(x, n, 1);
	s->mad_seconds = stats_mad(x, n);
}

/* Bytes of memory an item takes; 0 where the kernel is unknown or not bound by memory. */
static double item_bytes(const struct factors *f)
{
	const struct kernel *k = kernel_of(f);
	struct problem p;
	problem_init(&p);
#define PARAMETER(id, option, lowest, highest, fallback, meaning)                                            \
	if (f->id.known)                                                                                     \
		p.id = f->id.value;
#include "kernels/parameters.def"
	return k && k->item_bytes ? k->item_bytes(&p) : 0;
}

static void fill_rates(const struct group *g, struct summary *s)
{
	const double bytes = item_bytes(g->cell);
	if (!g->cell->items.known)
		return;
	s->items_per_second = (double)g->cell->items.value / s->median_seconds;
	if (bytes > 0)
		s->bytes_per_second = s->items_per_second * bytes;
}

static const struct column *sample_column(const char *name)
{
	const struct column *c = sample_columns;
	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name ? c : NULL;
}

/* A number of the summary that bears the name of a column of the samples is its median. */
static void fill_medians(const struct group *g, double *work, struct summary *s)
{
	for (const struct column *to = summary_columns; to->name; to++) {
		const struct column *from =
			to->factor || to->type != COLUMN_REAL ? NULL : sample_column(to->name);
		if (from)
			*(double *)(void *)((char *)s + to->offset) =
				stats_median(work, group_gather(g, from, work));
	}
}

static void fill_speedups(const struct bases *b, size_t row, struct summary *s)
{
	const struct group *g = &b->groups->list[row];
	const struct group *serial = find_base(b, row, BASE_SERIAL), *self = find_base(b, row, BASE_SELF);
	if (serial) {
		struct ratio r = speedup(b, g, serial);
		s->serial_speedup = r.value;
		s->serial_speedup_low = r.interval.low;
		s->serial_speedup_high = r.interval.high;
		s->serial_seconds = stats_median(serial->launches, serial->launch_count);
	}
	if (self) {
		struct ratio r = speedup(b, g, self);
		s->self_speedup = r.value;
		s->self_speedup_low = r.interval.low;
		s->self_speedup_high = r.interval.high;
		s->self_seconds = stats_median(self->launches, self->launch_count);
	}
}

/* --- all of it --- */

static int fill_rows(const struct groups *groups, double *work, struct table *summary, struct err *e)
{
	struct bases b = {groups, calloc(groups->count + 1, sizeof *b.problems)};
	if (!b.problems)
		return err_set(e, ERR_FAILED, "out of memory to summarise %zu cells", groups->count);
	for (size_t i = 0; i < groups->count; i++)
		problem_of(groups->list[i].cell, &b.problems[i]);
	int bad = 0;
	for (size_t i = 0; i < groups->count; i++) {
		const struct group *g = &groups->list[i];
		struct summary *s = table_add(summary, NULL, e);
		if (!s) {
			bad = -1;
			break;
		}
		s->cell = *g->cell;
		fill_counts(g, s);
		fill_seconds(g, groups->prior, s);
		fill_rates(g, s);
		fill_medians(g, work, s);
		fill_speedups(&b, i, s);
	}
	free(b.problems);
	return bad;
}

int summary_make(const struct table *samples, struct table *summary, struct err *e)
{
	struct groups groups;
	int bad = groups_make(&groups, samples, e);
	double *work = calloc(samples->count + 1, sizeof *work);
	if (!bad && !work)
		bad = err_set(e, ERR_FAILED, "out of memory to summarise %zu samples", samples->count);
	if (!bad)
		bad = fill_rows(&groups, work, summary, e);
	if (!bad)
		ceiling_fill(summary);
	free(work);
	groups_free(&groups);
	return bad;
}
