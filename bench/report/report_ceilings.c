/* SPDX-License-Identifier: MIT */
/*
 * report_ceilings.c - the tables of the machine's ceilings and of how near each kernel comes to
 * them.
 */
#include "bench/report/report.h"

#include "base/units.h"
#include "bench/data/ceiling.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool is_ceiling(const struct summary *s)
{
	const struct kernel *k = row_ok(s) ? ceiling_kernel(s) : NULL;
	return k && k->ceiling != CEILING_NONE;
}

static int by_kernel(const void *a, const void *b)
{
	const struct summary *x = *(const struct summary *const *)a, *y = *(const struct summary *const *)b;
	int order = kernel_order(x->cell.kernel, y->cell.kernel);
	if (order == 0)
		order = (x->cell.workers.value > y->cell.workers.value) -
			(x->cell.workers.value < y->cell.workers.value);
	if (order == 0)
		order = (x->cell.items.value > y->cell.items.value) -
			(x->cell.items.value < y->cell.items.value);
	return order ? order
		     : (x->items_per_second > y->items_per_second) -
			       (x->items_per_second < y->items_per_second);
}

/* A rate, "12.3 G", and its interval, where the row has one. */
static void put_rate(struct report_cell *value, struct report_cell *interval, const struct summary *s,
	double rate, const char *unit)
{
	char a[UNITS_BYTES], b[UNITS_BYTES], text[96];
	snprintf(text, sizeof text, "%s%s", units_count(rate, a), unit);
	report_table_number(value, rate, text);
	if (isnan(s->median_low) || isnan(rate))
		return;
	const double low = rate * s->median_seconds / s->median_high,
		     high = rate * s->median_seconds / s->median_low;
	snprintf(text, sizeof text, "%s to %s", units_count(low, a), units_count(high, b));
	report_table_number(interval, (high - low) / rate, text);
}

static int sheet_rows(const struct dataset *d, struct report_table *g,
	bool wanted(const struct dataset *, const struct summary *),
	void put(struct report_cell *c, const struct summary *s), struct err *e)
{
	const struct summary **rows = calloc(d->summary.count, sizeof *rows);
	size_t n = 0;
	if (!rows)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < d->summary.count; i++)
		if (wanted(d, dataset_row(d, i)))
			rows[n++] = dataset_row(d, i);
	qsort(rows, n, sizeof *rows, by_kernel);
	for (size_t i = 0; i < n; i++) {
		struct report_cell *c = report_table_row(g, e);
		if (!c)
			break;
		put(c, rows[i]);
	}
	free(rows);
	return e->status == ERR_NONE ? 0 : -1;
}

static bool wants_ceiling(const struct dataset *d, const struct summary *s)
{
	return is_ceiling(s) && dataset_fastest(d, s);
}

static void put_size(struct report_cell *c, const struct summary *s)
{
	char text[UNITS_RANGE_BYTES];
	const double bytes = ceiling_bytes(s);
	if (isnan(bytes))
		report_table_number(
			c, (double)s->cell.items.value, units_count((double)s->cell.items.value, text));
	else
		report_table_number(c, bytes, units_bytes(bytes, text));
}

static void put_one_ceiling(struct report_cell *c, const struct summary *s)
{
	const bool memory = !isnan(s->bytes_per_second);
	report_table_text(&c[0], s->cell.kernel);
	report_table_text(&c[1], s->cell.variant);
	report_table_count(&c[2], s->cell.workers);
	put_size(&c[3], s);
	put_rate(&c[4], &c[5], s, memory ? s->bytes_per_second : s->items_per_second, memory ? "B/s" : "/s");
	report_table_count(&c[6], s->samples);
}

int report_table_ceilings(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {
		"ceiling", "variant", "workers", "size", "rate", "95 % interval", "samples", NULL};
	report_table_begin(g, heads);
	return sheet_rows(d, g, wants_ceiling, put_one_ceiling, e);
}

static bool wants_nearness(const struct dataset *d, const struct summary *s)
{
	return row_ok(s) && *s->ceiling && dataset_fastest(d, s);
}

static void put_nearness(struct report_cell *c, const struct summary *s)
{
	char text[UNITS_RANGE_BYTES];
	report_table_text(&c[0], s->cell.kernel);
	report_table_text(&c[1], s->cell.variant);
	report_table_count(&c[2], s->cell.workers);
	put_size(&c[3], s);
	snprintf(text, sizeof text, "%.3g", s->operations_per_second / s->bytes_per_second);
	report_table_number(&c[4], s->operations_per_second / s->bytes_per_second, text);
	put_rate(&c[5], &c[6], s, s->operations_per_second, "/s");
	put_rate(&c[7], &(struct report_cell){.key = NAN}, s, s->bytes_per_second, "B/s");
	report_table_text(&c[8], s->ceiling);
	snprintf(text, sizeof text, "%.0f %%", s->pct_of_ceiling);
	report_table_number(&c[9], s->pct_of_ceiling, text);
}

int report_table_nearness(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"kernel", "variant", "workers", "size", "op/byte", "operations/s",
		"95 % interval", "bytes/s", "ceiling", "% of ceiling", NULL};
	report_table_begin(g, heads);
	return sheet_rows(d, g, wants_nearness, put_nearness, e);
}

void report_undemanding(const struct dataset *d, struct sentences *s)
{
	const char *names[REPORT_KERNELS];
	const size_t n = dataset_subjects(d, names, REPORT_KERNELS);
	s->count = 0;
	for (size_t i = 0; i < n; i++) {
		struct err unknown = {0};
		const struct kernel *k = kernel_find(names[i], &unknown);
		if (k && k->undemanding && k->ceiling == CEILING_NONE)
			sentences_add(s, "%s is not shown on the roofline: %s.", k->name, k->undemanding);
	}
}

/* "12.3 MiB" and its interval. */
static void put_cache_size(struct report_cell *c, double bytes, struct interval range)
{
	char at[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES], text[128];
	if (isnan(bytes))
		return;
	if (isnan(range.low))
		snprintf(text, sizeof text, "%s", units_bytes_exact((uint64_t)bytes, at));
	else
		snprintf(text, sizeof text, "%s (%s to %s)", units_bytes(bytes, at),
			units_bytes(range.low, low), units_bytes(range.high, high));
	report_table_number(c, bytes, text);
}

static void put_hit(struct report_cell *c, double ns, struct interval range)
{
	char at[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES], text[128];
	if (isnan(ns))
		return;
	snprintf(text, sizeof text, "%s (%s to %s)", units_time(ns, at), units_time(range.low, low),
		units_time(range.high, high));
	report_table_number(c, ns, text);
}

int report_table_caches(const struct dataset *d, struct report_table *g, struct err *e)
{
	static const char *const heads[] = {"level", "told", "source", "measured, alone",
		"measured, all work", "latency", "verdict", NULL};
	const struct interval exact = {(double)NAN, (double)NAN};
	struct cache_levels caches;
	char text[CACHE_TEXT];
	report_table_begin(g, heads);
	if (!dataset_caches(d, &caches))
		return 0;
	for (size_t i = 0; i < CACHE_LEVELS; i++) {
		const struct cache_level *l = &caches.level[i];
		struct report_cell *c = l->verdict == CACHE_NONE ? NULL : report_table_row(g, e);
		if (l->verdict == CACHE_NONE)
			continue;
		if (!c)
			return -1;
		snprintf(c[0].text, sizeof c->text, "L%zu", i + 1);
		if (l->told_bytes)
			put_cache_size(&c[1], (double)l->told_bytes, exact);
		report_table_text(&c[2], l->source);
		put_cache_size(&c[3], l->bytes, l->bytes_range);
		put_cache_size(&c[4], l->share, l->share_range);
		put_hit(&c[5], l->ns, l->ns_range);
		if (l->verdict == CACHE_UNMEASURED)
			snprintf(c[6].text, sizeof c->text, "%s%s%.200s", cache_verdict_name(l->verdict),
				*caches.note ? ": " : "", caches.note);
		else
			report_table_text(&c[6], cache_verdict_name(l->verdict));
	}
	if (!caches.measured)
		return 0;
	struct report_cell *c = report_table_row(g, e);
	if (!c)
		return -1;
	report_table_text(&c[0], "memory");
	put_hit(&c[5], caches.memory_ns, caches.memory_ns_range);
	cache_memory_text(&caches, text);
	report_table_text(&c[6], text);
	return 0;
}
