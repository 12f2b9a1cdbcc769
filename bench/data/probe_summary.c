/* SPDX-License-Identifier: MIT */
/*
 * probe_summary.c - summarises the launches of probes: median, interval, ratio to the base case,
 * and a verdict against the expected range.
 *
 * A case is one mechanism with its settings; its numbers are summarised over launches, each launch
 * counting once by its median. A case with any launch that is not ok has one row with the worst
 * status and no numbers, so that a broken mechanism cannot look fast. Lookups are quadratic in
 * rows: a launch has tens of them.
 */
#include "bench/data/probe_summary.h"

#include "bench/stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From good to bad. */
static const char *const severity[] = {
	"ok", "absent", "no-resources", "timeout", "oom", "killed", "failed", "wrong"};

enum { LEVELS = sizeof severity / sizeof *severity };

static unsigned level(const char *status)
{
	unsigned l = 0;
	while (l < LEVELS - 1 && strcmp(severity[l], status) != 0)
		l++;
	return l;
}

void probe_case_name(char *text, size_t size, const char *mechanism, const char *worker, const char *setting)
{
	snprintf(text, size, "%s%s%s%s%s", mechanism, *worker ? " " : "", worker, *setting ? ", " : "",
		setting);
}

static bool same_case(const struct probe_factors *a, const struct probe_factors *b)
{
	return strcmp(a->probe, b->probe) == 0 && strcmp(a->mechanism, b->mechanism) == 0 &&
	       strcmp(a->worker, b->worker) == 0 && strcmp(a->setting, b->setting) == 0;
}

static bool same_number(const struct probe_factors *a, const struct probe_factors *b)
{
	return same_case(a, b) && strcmp(a->metric, b->metric) == 0;
}

/* --- one number of one case: its launches' medians --- */

struct series {
	double *medians;
	size_t count;
};

static bool is_base(const struct probe_factors *f, const struct probe_launch_row *of)
{
	char name[sizeof of->base];
	probe_case_name(name, sizeof name, f->mechanism, f->worker, f->setting);
	return strcmp(f->probe, of->of.probe) == 0 && strcmp(f->metric, of->of.metric) == 0 &&
	       strcmp(name, of->base) == 0;
}

/* Of the number that `first` is of, or of its base's; sorted. `x` has room for all. */
static struct series collect(
	const struct table *launches, const struct probe_launch_row *first, bool base, double *x)
{
	struct series s = {x, 0};
	for (size_t i = 0; i < launches->count; i++) {
		const struct probe_launch_row *l = table_row(launches, i);
		if (strcmp(l->status, "ok") == 0 && isfinite(l->median) &&
			(base ? is_base(&l->of, first) : same_number(&l->of, &first->of)))
			x[s.count++] = l->median;
	}
	stats_sort(x, s.count);
	return s;
}

static void fill_spread(struct probe_row *row, const struct table *launches, const struct series *s)
{
	struct interval i = stats_launch_interval(s->medians, s->count, (struct prior){0});
	row->launches = (struct uint_field){s->count, true};
	row->samples = (struct uint_field){0, true};
	row->median = stats_median(s->medians, s->count);
	if (s->medians[0] > 0) { /* the interval is of positive values */
		row->median_low = i.low;
		row->median_high = i.high;
	}
	for (size_t k = 0; k < launches->count; k++) {
		const struct probe_launch_row *l = table_row(launches, k);
		if (!same_number(&l->of, &row->of))
			continue;
		row->samples.value += l->samples.value;
		row->batch = l->batch;
		row->min = isnan(row->min) || l->min < row->min ? l->min : row->min;
		row->max = isnan(row->max) || l->max > row->max ? l->max : row->max;
	}
}

static const char *verdict(const struct probe_row *row)
{
	if (isnan(row->ratio) || isnan(row->expected_low))
		return "";
	if (row->ratio >= row->expected_low && row->ratio <= row->expected_high)
		return "expected";
	double low = isnan(row->ratio_low) ? row->ratio : row->ratio_low,
	       high = isnan(row->ratio_high) ? row->ratio : row->ratio_high;
	return low > row->expected_high ? "higher" : high < row->expected_low ? "lower" : "near";
}

static void fill_ratio(
	struct probe_row *row, const struct series *own, const struct series *base, bool itself)
{
	struct ratio r =
		stats_launch_ratio(own->medians, own->count, base->medians, base->count, (struct prior){0});
	row->ratio = itself ? 1 : r.value;
	row->ratio_low = itself ? (double)NAN : r.interval.low;
	row->ratio_high = itself ? (double)NAN : r.interval.high;
}

/* `room` is twice as long as there are launches. */
static void fill_row(struct probe_row *row, const struct table *launches,
	const struct probe_launch_row *first, double *room)
{
	const struct series own = collect(launches, first, false, room);
	if (own.count == 0)
		return;
	fill_spread(row, launches, &own);
	if (!*first->base)
		return;
	const struct series base = collect(launches, first, true, room + launches->count);
	/* of counts and shares, which may be 0, there is no ratio */
	if (base.count && base.medians[0] > 0 && own.medians[0] > 0) {
		snprintf(row->base, sizeof row->base, "%s", first->base);
		fill_ratio(row, &own, &base, is_base(&first->of, first));
	}
	row->expected_low = first->expected_low;
	row->expected_high = first->expected_high;
	snprintf(row->verdict, sizeof row->verdict, "%s", verdict(row));
}

/* --- all --- */

/* The row that is worst for the case whose first row is row i. */
static const struct probe_launch_row *worst_of(const struct table *launches, size_t i)
{
	const struct probe_launch_row *worst = table_row(launches, i);
	for (; i < launches->count; i++) {
		const struct probe_launch_row *l = table_row(launches, i);
		if (same_case(&l->of, &worst->of) && level(l->status) > level(worst->status))
			worst = l;
	}
	return worst;
}

/* Has a row like this come before? */
static bool seen(const struct table *launches, size_t i,
	bool (*same)(const struct probe_factors *, const struct probe_factors *))
{
	const struct probe_launch_row *row = table_row(launches, i);
	for (size_t k = 0; k < i; k++)
		if (same(&((const struct probe_launch_row *)table_row(launches, k))->of, &row->of))
			return true;
	return false;
}

static bool same_probe(const struct probe_factors *a, const struct probe_factors *b)
{
	return strcmp(a->probe, b->probe) == 0;
}

static int add_row(const struct table *launches, const struct probe_launch_row *first, double *room,
	struct table *rows, struct err *e)
{
	struct probe_row *row = table_add(rows, NULL, e);
	if (!row)
		return -1;
	row->of = first->of;
	snprintf(row->status, sizeof row->status, "%s", first->status);
	snprintf(row->reason, sizeof row->reason, "%s", first->reason);
	if (strcmp(first->status, "ok") == 0)
		fill_row(row, launches, first, room);
	return 0;
}

/* The case whose first row is row i, and whose others come later. */
static int add_case(const struct table *launches, size_t i, double *room, struct table *rows, struct err *e)
{
	const struct probe_factors *of = &((const struct probe_launch_row *)table_row(launches, i))->of;
	const struct probe_launch_row *worst = worst_of(launches, i);
	if (strcmp(worst->status, "ok") != 0)
		return add_row(launches, worst, room, rows, e);
	for (; i < launches->count; i++) {
		const struct probe_launch_row *l = table_row(launches, i);
		if (same_case(&l->of, of) && !seen(launches, i, same_number) &&
			add_row(launches, l, room, rows, e) != 0)
			return -1;
	}
	return 0;
}

static int add_probe(const struct table *launches, size_t i, double *room, struct table *rows, struct err *e)
{
	const struct probe_factors *of = &((const struct probe_launch_row *)table_row(launches, i))->of;
	for (; i < launches->count; i++)
		if (same_probe(&((const struct probe_launch_row *)table_row(launches, i))->of, of) &&
			!seen(launches, i, same_case) && add_case(launches, i, room, rows, e) != 0)
			return -1;
	return 0;
}

int probe_summarise(const struct table *launches, struct table *rows, struct err *e)
{
	double *room = malloc((2 * launches->count + 1) * sizeof *room);
	int status = room ? 0 : err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; status == 0 && i < launches->count; i++)
		if (!seen(launches, i, same_probe))
			status = add_probe(launches, i, room, rows, e);
	free(room);
	return status;
}

const struct probe_row *probe_worst(const struct table *rows)
{
	const struct probe_row *worst = NULL;
	bool good = false;
	for (size_t i = 0; i < rows->count; i++)
		good |= strcmp(((const struct probe_row *)table_row(rows, i))->status, "ok") == 0;
	for (size_t i = 0; i < rows->count; i++) {
		const struct probe_row *row = table_row(rows, i);
		if (good && strcmp(row->status, "absent") == 0)
			continue;
		if (!worst || level(row->status) > level(worst->status))
			worst = row;
	}
	return worst;
}
