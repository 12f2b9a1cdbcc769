/* SPDX-License-Identifier: MIT */
/*
 * outlier.c - finds samples far from the rest of their cell, and names one reason that the rows
 * show.
 *
 * A sample is an outlier beyond Tukey's fences (quartiles -/+ 1.5 interquartile ranges) and more
 * than 5 % off the median; the second condition keeps cells with tiny variance quiet. Each cause
 * turns a counter (steal time, context switches, faults, ...) into nanoseconds at an upper bound of
 * what one event costs; the first cause that accounts for a quarter of the excess is the reason. If
 * none does, two patterns are tried: other cells measured at about the same time were off by at
 * least half as much, or the whole launch was. Outliers stay in the data: the median and the ranks
 * can bear them.
 */
#include "bench/data/outlier.h"

#include "bench/data/group.h"
#include "bench/stats/stats.h"

#include <stdlib.h>
#include <string.h>

enum { FEWEST = 6, NEIGHBOURS = 6 };
static const double relevant = 0.05, share = 0.25;
/* Upper bounds of the cost of one event: a scheduler time slice, a page fault, a migration. */
static const double slice_ns = 4e6, fault_ns = 2e3, move_ns = 1e6;

const char *const outlier_words[OUTLIER_REASON_COUNT] = {
#define OUTLIER_REASON(id, words) words,
	OUTLIER_REASONS(OUTLIER_REASON)
#undef OUTLIER_REASON
};

/* What is usual for a cell. */
struct usual {
	double median, low, high; /* seconds, and the fences */
	struct sample of;         /* the median of each column that explains */
};

struct finder {
	const struct table *samples;
	const struct usual **usual;    /* of each row's cell; NULL: too few samples, or not ok */
	const struct sample **in_time; /* ok rows by stamp */
	size_t count;
};

static size_t row_of(const struct table *samples, const struct sample *s)
{
	return (size_t)((const char *)s - samples->rows) / samples->row_size;
}

/* --- what explains --- */

/* A column of the samples, and the time that one count of it accounts for. An empty field accounts
 * for nothing. */
struct cause {
	size_t offset;
	double ns;    /* of time lost, for one of it */
	bool per_run; /* else of the whole sample */
	enum outlier_reason reason;
};

static const struct cause causes[] = {
	{offsetof(struct sample, steal_ns), 1, false, OUTLIER_STOLEN},
	{offsetof(struct sample, throttled_ns), 1, false, OUTLIER_THROTTLED},
	{offsetof(struct sample, heat_throttles), INFINITY, false, OUTLIER_HOT},
	{offsetof(struct sample, switches), slice_ns, true, OUTLIER_PREEMPTED},
	{offsetof(struct sample, moves), move_ns, true, OUTLIER_MOVED},
	{offsetof(struct sample, faults), fault_ns, true, OUTLIER_FAULTED},
	{offsetof(struct sample, cpu_wait_ns), 1, false, OUTLIER_WAITED},
	{offsetof(struct sample, memory_wait_ns), 1, false, OUTLIER_MEMORY},
	{offsetof(struct sample, io_wait_ns), 1, false, OUTLIER_IO},
};

enum { CAUSES = sizeof causes / sizeof *causes };

static double *field_at(struct sample *s, size_t offset)
{
	return (double *)(void *)((char *)s + offset);
}

static double value_at(const struct sample *s, size_t offset)
{
	double value;
	memcpy(&value, (const char *)s + offset, sizeof value);
	return value;
}

/* Nanoseconds of the whole sample that a cause accounts for beyond what is usual. */
static double lost_ns(const struct cause *c, const struct sample *s, const struct usual *u, double batch)
{
	double more = value_at(s, c->offset) - value_at(&u->of, c->offset);
	return more > 0 ? more * (c->per_run ? batch : 1) * c->ns : 0;
}

/* The median of time over own median of the nearest NEIGHBOURS rows of other cells on one side in
 * time (way -1: before); NAN: too few. */
static double side_times(const struct finder *f, const struct sample *s, size_t place, int way)
{
	double times[NEIGHBOURS];
	size_t n = 0;
	for (size_t i = place; n < NEIGHBOURS && (way < 0 ? i > 0 : i < f->count);) {
		const struct sample *t = f->in_time[way < 0 ? --i : i++];
		const struct usual *u = f->usual[row_of(f->samples, t)];
		if (u && factors_compare(&t->cell, &s->cell) != 0)
			times[n++] = t->seconds / u->median;
	}
	stats_sort(times, n);
	return n == NEIGHBOURS ? stats_median(times, n) : NAN;
}

/* Whether other cells, before or after this sample, were off by at least half as much. */
static bool as_around(const struct finder *f, const struct sample *s, double off)
{
	size_t low = 0, high = f->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (f->in_time[middle]->stamp < s->stamp)
			low = middle + 1;
		else
			high = middle;
	}
	for (int way = -1; way <= 1; way += 2) {
		double around = side_times(f, s, low, way) - 1;
		if (off > 0 ? around > off / 2 : around < off / 2)
			return true;
	}
	return false;
}

/* Whether all samples of its launch lie beyond the same fence, and there are others than this. */
static bool whole_launch(const struct finder *f, size_t row, const struct usual *u, bool slow)
{
	const struct sample *s = table_row(f->samples, row);
	size_t first = row, end = row + 1;
	while (first > 0 && ((const struct sample *)table_row(f->samples, first - 1))->launch_id.value ==
				    s->launch_id.value)
		first--;
	while (end < f->samples->count &&
		((const struct sample *)table_row(f->samples, end))->launch_id.value == s->launch_id.value)
		end++;
	for (size_t i = first; i < end; i++) {
		const double seconds = ((const struct sample *)table_row(f->samples, i))->seconds;
		if (slow ? !(seconds > u->high) : !(seconds < u->low))
			return false;
	}
	return end - first > 1;
}

static enum outlier_reason reason_of(const struct finder *f, size_t row, const struct usual *u)
{
	const struct sample *s = table_row(f->samples, row);
	const bool slow = s->seconds > u->median;
	const double batch = s->batch.known && s->batch.value > 0 ? (double)s->batch.value : 1;
	const double excess_ns = (s->seconds - u->median) * batch * 1e9, off = s->seconds / u->median - 1;
	for (size_t c = 0; slow && c < CAUSES; c++)
		if (lost_ns(&causes[c], s, u, batch) >= share * excess_ns)
			return causes[c].reason;
	if (as_around(f, s, off))
		return OUTLIER_TIMES;
	return whole_launch(f, row, u, slow) ? OUTLIER_LAUNCH : OUTLIER_UNEXPLAINED;
}

/* --- finding them --- */

static void make_usual(const struct group *g, double *work, struct usual *u)
{
	const double q1 = stats_quantile(g->seconds, g->ok, 0.25),
		     q3 = stats_quantile(g->seconds, g->ok, 0.75);
	u->median = stats_median(g->seconds, g->ok);
	u->low = fmin(q1 - 1.5 * (q3 - q1), u->median * (1 - relevant));
	u->high = fmax(q3 + 1.5 * (q3 - q1), u->median * (1 + relevant));
	row_clear(&u->of, sample_columns);
	for (const struct column *c = sample_columns; c->name; c++)
		for (size_t i = 0; i < CAUSES; i++)
			if (c->offset == causes[i].offset)
				*field_at(&u->of, c->offset) = stats_median(work, group_gather(g, c, work));
}

static int by_stamp(const void *a, const void *b)
{
	const double x = (*(const struct sample *const *)a)->stamp,
		     y = (*(const struct sample *const *)b)->stamp;
	return (x > y) - (x < y);
}

static int find_all(struct finder *f, struct outliers *o, struct err *e)
{
	for (size_t i = 0; i < f->samples->count; i++) {
		const struct sample *s = table_row(f->samples, i);
		const struct usual *u = f->usual[i];
		if (!u)
			continue;
		o->of++;
		if (s->seconds >= u->low && s->seconds <= u->high)
			continue;
		if ((o->count & (o->count - 1)) == 0) {
			struct outlier *more = realloc(o->list, (o->count ? 2 * o->count : 1) * sizeof *more);
			if (!more)
				return err_set(e, ERR_FAILED, "out of memory");
			o->list = more;
		}
		const enum outlier_reason reason = reason_of(f, i, u);
		o->list[o->count++] = (struct outlier){i, s->seconds / u->median, reason};
		o->by_reason[reason]++;
	}
	return 0;
}

int outliers_find(const struct table *samples, struct outliers *o, struct err *e)
{
	struct groups g = {0};
	*o = (struct outliers){0};
	if (groups_make(&g, samples, e) != 0) {
		groups_free(&g);
		return -1;
	}
	struct usual *usual = calloc(g.count + 1, sizeof *usual);
	struct finder f = {.samples = samples,
		.usual = calloc(samples->count + 1, sizeof *f.usual),
		.in_time = calloc(samples->count + 1, sizeof *f.in_time)};
	double *work = calloc(samples->count + 1, sizeof *work);
	int bad = usual && f.usual && f.in_time && work ? 0 : err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; !bad && i < g.count; i++) {
		if (g.list[i].ok < FEWEST)
			continue;
		make_usual(&g.list[i], work, &usual[i]);
		for (size_t r = 0; r < g.list[i].run_count; r++)
			for (size_t k = 0; k < g.list[i].runs[r].count; k++) {
				const struct sample *s = g.list[i].runs[r].first + k;
				if (strcmp(s->status, "ok") != 0 || !(s->seconds > 0))
					continue;
				f.usual[((size_t)((const char *)s - samples->rows)) / samples->row_size] =
					&usual[i];
				if (s->stamp > 0)
					f.in_time[f.count++] = s;
			}
	}
	if (!bad) {
		qsort(f.in_time, f.count, sizeof *f.in_time, by_stamp);
		bad = find_all(&f, o, e);
	}
	free(work);
	free(usual);
	free(f.usual);
	free(f.in_time);
	groups_free(&g);
	return bad;
}

void outliers_free(struct outliers *o)
{
	free(o->list);
	*o = (struct outliers){0};
}
