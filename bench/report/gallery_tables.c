/* SPDX-License-Identifier: MIT */
/*
 * gallery_tables.c - the tables of a gallery: machines, ratios of all kernels, rates of one kernel, ceilings, and how far
 * each sweep can be trusted.
 */
#include "base/units.h"
#include "bench/report/gallery_page.h"

#include <math.h>
#include <string.h>

/* One more row, which begins with the machine's name; NULL without memory. */
static struct report_cell *add_row(struct report_table *t, const struct gallery_machine *m, struct err *e)
{
	struct report_cell *c = report_table_row(t, e);
	if (c)
		report_table_text(c, m->name);
	return c;
}

static void put_ratio(struct report_cell *c, const struct gallery_rate *x)
{
	char text[REPORT_RANGED];
	report_table_number(c, x->ratio.value, report_ranged(x->ratio, text));
}

static void put_verdict(
	const struct gallery *g, size_t machine, struct report_cell *c, const struct gallery_rate *x)
{
	if (machine == g->base)
		report_table_text(c, "base");
	else if (!isnan(x->ratio.value))
		report_table_text(c, verdict_names[x->verdict]);
}

static void put_rate(struct report_cell *c, struct report_cell *interval, const struct gallery_kernel *k,
	struct ranged rate)
{
	char text[GALLERY_RATE + 40], a[UNITS_BYTES], b[UNITS_BYTES];
	report_table_number(c, rate.value, gallery_rate_text(k, rate.value, text));
	if (isnan(rate.low))
		return;
	snprintf(text, sizeof text, "%s to %s", units_count(rate.low, a), units_count(rate.high, b));
	report_table_number(interval, (rate.high - rate.low) / rate.value, text);
}

static void put_double(struct report_cell *c, double value, int digits)
{
	char text[64];
	snprintf(text, sizeof text, "%.*g", digits, value);
	report_table_number(c, value, text);
}

static void put_ceiling(struct report_cell *c, const struct summary *s)
{
	char text[64];
	if (!*s->ceiling)
		return;
	snprintf(text, sizeof text, "%.0f %% of %.12s", s->pct_of_ceiling, s->ceiling);
	report_table_number(c, s->pct_of_ceiling, text);
}

static void put_caches(const struct gallery_machine *m, struct report_cell *c)
{
	char text[96] = "", bytes[UNITS_BYTES];
	for (int level = 1; level <= 3; level++) {
		const uint64_t cache = dataset_cache(&m->d, level);
		const size_t used = strlen(text);
		if (cache > 0)
			snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
				units_bytes_exact(cache, bytes));
	}
	report_table_text(c, text);
}

int gallery_table_machines(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {
		"machine", "model", "CPUs", "cores", "L1d, L2, L3", "memory", "hypervisor", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const struct gallery_machine *m = &g->machine[i];
		struct report_cell *c = add_row(t, m, e);
		char text[120];
		if (!c)
			return -1;
		report_table_text(&c[1], gallery_fact(m, "machine.model"));
		if (m->cpus > 0) {
			report_table_count(&c[2], uint_known(m->cpus));
			report_table_count(&c[3], uint_known(m->cores));
		}
		put_caches(m, &c[4]);
		const double memory = dataset_number(&m->d, "machine.memory_bytes");
		report_table_number(&c[5], memory, units_bytes(memory, text));
		report_table_text(&c[6], gallery_fact(m, "machine.hypervisor"));
	}
	return 0;
}

int gallery_table_builds(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "compiler", "flags", "parscale", "measured", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const struct gallery_machine *m = &g->machine[i];
		struct report_cell *c = add_row(t, m, e);
		char text[120];
		if (!c)
			return -1;
		report_table_text(&c[1], gallery_fact(m, "build.compiler"));
		report_table_text(&c[2], gallery_fact(m, "build.flags"));
		snprintf(text, sizeof text, "%.30s %.40s", gallery_fact(m, "build.version"),
			gallery_fact(m, "build.commit"));
		report_table_text(&c[3], text);
		report_table_text(&c[4], units_date(dataset_number(&m->d, "started"), text));
	}
	return 0;
}

int gallery_table_means(
	const struct gallery *g, struct report_table *t, const char *heads[REPORT_COLUMNS + 1], struct err *e)
{
	size_t n = 0;
	heads[n++] = "machine";
	heads[n++] = "geometric mean";
	for (size_t k = 0; k < g->subjects && n < REPORT_COLUMNS; k++)
		heads[n++] = g->kernel[k].name;
	heads[n] = NULL;
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const size_t m = g->order[i];
		struct report_cell *c = add_row(t, &g->machine[m], e);
		char text[REPORT_RANGED];
		if (!c)
			return -1;
		if (m == g->base)
			report_table_number(&c[1], 1, "1 (base)");
		else
			report_table_number(
				&c[1], g->machine[m].mean.value, report_ranged(g->machine[m].mean, text));
		for (size_t k = 0; k + 2 < n; k++) {
			const struct gallery_rate *x = &gallery_at(g, k, m)->whole;
			const bool open = m != g->base && x->verdict == VERDICT_UNDECIDED;
			report_ranged(x->ratio, text);
			if (open)
				snprintf(text + strlen(text), sizeof text - strlen(text), " undecided");
			report_table_number(&c[k + 2], x->ratio.value, text);
		}
	}
	return 0;
}

int gallery_table_whole(const struct gallery *g, size_t k, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "workers", "back end", "variant", "rate",
		"95 % interval", "rate / base", "verdict", "per core", "per core / base", "% of ceiling",
		"samples", NULL};
	const struct gallery_kernel *kernel = &g->kernel[k];
	const struct gallery_machine *base = &g->machine[g->base];
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const size_t m = g->order[i];
		const struct gallery_rate *x = &gallery_at(g, k, m)->whole;
		const struct summary *s = x->row;
		const unsigned cores = g->machine[m].cores;
		struct report_cell *c = add_row(t, &g->machine[m], e);
		char text[GALLERY_RATE + 40];
		if (!c)
			return -1;
		if (!s)
			continue;
		report_table_count(&c[1], s->cell.workers);
		snprintf(text, sizeof text, "%.40s%s%.40s", s->cell.backend, *s->cell.lifetime ? ", " : "",
			s->cell.lifetime);
		report_table_text(&c[2], text);
		report_table_text(&c[3], s->cell.variant);
		put_rate(&c[4], &c[5], kernel, x->rate);
		put_ratio(&c[6], x);
		put_verdict(g, m, &c[7], x);
		if (cores > 0) {
			const double each = x->rate.value / cores;
			report_table_number(&c[8], each, gallery_rate_text(kernel, each, text));
			if (base->cores > 0)
				put_double(&c[9], x->ratio.value * base->cores / cores, 3);
		}
		put_ceiling(&c[10], s);
		report_table_count(&c[11], s->samples);
	}
	return 0;
}

int gallery_table_one(const struct gallery *g, size_t k, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "back end", "variant", "rate", "95 % interval",
		"rate / base", "verdict", "all CPUs / one worker", "% of ceiling", NULL};
	const struct gallery_kernel *kernel = &g->kernel[k];
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const size_t m = g->order[i];
		const struct gallery_entry *x = gallery_at(g, k, m);
		const struct summary *s = x->one.row;
		struct report_cell *c = add_row(t, &g->machine[m], e);
		if (!c)
			return -1;
		if (!s)
			continue;
		report_table_text(&c[1], s->cell.backend);
		report_table_text(&c[2], s->cell.variant);
		put_rate(&c[3], &c[4], kernel, x->one.rate);
		put_ratio(&c[5], &x->one);
		put_verdict(g, m, &c[6], &x->one);
		put_double(&c[7], x->whole.rate.value / x->one.rate.value, 3);
		put_ceiling(&c[8], s);
	}
	return 0;
}

static bool priced(const struct gallery_machine *m)
{
	return !isnan(m->price) || !isnan(m->watts);
}

int gallery_table_value(const struct gallery *g, size_t k, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "price", "rate per price", "per price / base", "watts",
		"rate per watt", "per watt / base", NULL};
	const struct gallery_kernel *kernel = &g->kernel[k];
	const struct gallery_machine *base = &g->machine[g->base];
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const struct gallery_machine *m = &g->machine[g->order[i]];
		const struct gallery_rate *x = &gallery_at(g, k, g->order[i])->whole;
		if (!priced(m) || !x->row)
			continue;
		struct report_cell *c = add_row(t, m, e);
		const double cost[2] = {m->price, m->watts}, of_base[2] = {base->price, base->watts};
		if (!c)
			return -1;
		for (size_t of = 0; of < 2; of++) {
			char text[GALLERY_RATE];
			const double each = x->rate.value / cost[of], times = of_base[of] / cost[of];
			const struct ranged r = {
				x->ratio.value * times, x->ratio.low * times, x->ratio.high * times};
			char ratio[REPORT_RANGED];
			put_double(&c[1 + 3 * of], cost[of], 6);
			report_table_number(&c[2 + 3 * of], each, gallery_rate_text(kernel, each, text));
			report_table_number(&c[3 + 3 * of], r.value, report_ranged(r, ratio));
		}
	}
	return 0;
}

int gallery_table_ceilings(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "ceiling", "variant", "all CPUs", "95 % interval",
		"rate / base", "verdict", "one worker", "rate / base, one worker", NULL};
	report_table_begin(t, heads);
	for (size_t k = g->subjects; k < g->kernels; k++)
		for (size_t i = 0; i < g->count; i++) {
			const size_t m = g->order[i];
			const struct gallery_entry *x = gallery_at(g, k, m);
			char text[GALLERY_RATE];
			if (!x->whole.row)
				continue;
			struct report_cell *c = add_row(t, &g->machine[m], e);
			if (!c)
				return -1;
			report_table_text(&c[1], g->kernel[k].name);
			report_table_text(&c[2], x->whole.row->cell.variant);
			put_rate(&c[3], &c[4], &g->kernel[k], x->whole.rate);
			put_ratio(&c[5], &x->whole);
			put_verdict(g, m, &c[6], &x->whole);
			report_table_number(&c[7], x->one.rate.value,
				gallery_rate_text(&g->kernel[k], x->one.rate.value, text));
			put_ratio(&c[8], &x->one);
		}
	return 0;
}

int gallery_table_trust(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "verdict", "why", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++) {
		const struct gallery_machine *m = &g->machine[i];
		struct report_cell *c = add_row(t, m, e);
		char why[320];
		if (!c)
			return -1;
		report_table_text(&c[1], trust_words[report_verdict(&m->d, why, sizeof why)]);
		report_table_text(&c[2], why);
	}
	return 0;
}

int gallery_table_folders(const struct gallery *g, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"machine", "folder", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < g->count; i++)
		if (report_table_pair(t, g->machine[i].name, g->machine[i].d.dir, e) != 0)
			return -1;
	return 0;
}
