/* SPDX-License-Identifier: MIT */
/*
 * chart_caches.c - the chart of the probe `cache`: latency and read rate over the size of the working set, with the
 * levels that were found in them.
 */
#include "base/units.h"
#include "bench/report/chart.h"

#include <string.h>

enum { TEAMS = 2, PANELS = 2, LINE = 8 };

static const char *const units[PANELS] = {"ns", "B/s"};

static bool shown(const struct probe_row *r, size_t team, size_t panel)
{
	return strcmp(r->of.probe, "cache") == 0 && strcmp(r->of.mechanism, cache_teams[team]) == 0 &&
	       strcmp(r->of.unit, units[panel]) == 0 && strcmp(r->status, "ok") == 0 && r->median > 0 &&
	       units_bytes_read(r->of.setting) > 0;
}

bool caches_say_it(const struct dataset *d, const char *probe)
{
	size_t n = 0;
	for (size_t i = 0; strcmp(probe, "cache") == 0 && i < d->probes.count; i++)
		n += shown(table_row(&d->probes, i), 0, 0);
	return n >= LINE;
}

struct extent {
	double low, high;
};

static void widen(struct extent *e, double x)
{
	e->low = fmin(e->low, x);
	e->high = fmax(e->high, x);
}

/* The next row in ascending order of sizes after `after`, or NULL: rows come in the order of the probe, and of
 * several launches mixed. */
static const struct probe_row *next_row(const struct dataset *d, size_t team, size_t panel, double after)
{
	const struct probe_row *least = NULL;
	for (size_t i = 0; i < d->probes.count; i++) {
		const struct probe_row *r = table_row(&d->probes, i);
		if (shown(r, team, panel) && units_bytes_read(r->of.setting) > after &&
			(!least || units_bytes_read(r->of.setting) < units_bytes_read(least->of.setting)))
			least = r;
	}
	return least;
}

/* A block of data: the line of a team in a panel. */
static void put_line(struct drawing *g, size_t team, size_t panel, struct extent *x, struct extent *y)
{
	double size = 0;
	for (const struct probe_row *r; (r = next_row(g->d, team, panel, size)) != NULL;) {
		char text[320], value[UNITS_BYTES];
		size = units_bytes_read(r->of.setting);
		widen(x, size);
		widen(y, r->median);
		chart_probed(g, r);
		fprintf(g->data, "%.9g\t%.9g\t", size, r->median);
		chart_real(g->data, r->median_low);
		fputc('\t', g->data);
		chart_real(g->data, r->median_high);
		fputc('\t', g->data);
		if (panel == 0)
			units_time(r->median, value);
		else
			units_count(r->median, value);
		snprintf(text, sizeof text, "%s, %s: %s%s", r->of.mechanism, r->of.setting, value,
			panel == 0 ? "" : "B/s");
		chart_field(g->data, text);
		fputc('\n', g->data);
	}
	fputs("\n\n", g->data);
}

static void put_tics(struct drawing *g, const struct extent *x)
{
	size_t n = 0;
	char text[UNITS_BYTES];
	for (double size = 4096; size <= x->high * 1.01; size *= 4)
		n++;
	chart_array(g->vars, "size_names", n);
	fprintf(g->vars, "n_sizes = %zu\narray size_at[%zu]\n", n, n);
	for (size_t k = 1; k <= n; k++) {
		const uint64_t size = UINT64_C(4096) << (2 * (k - 1));
		fprintf(g->vars, "size_at[%zu] = %.1f\n", k, (double)size);
		chart_tic(g->vars, "size_names", k, units_bytes_exact(size, text));
	}
}

static void put_levels(struct drawing *g)
{
	struct cache_levels c;
	size_t seen = 0;
	if (!dataset_caches(g->d, &c))
		c = (struct cache_levels){0};
	fprintf(g->vars,
		"array knee[%d]\narray knee_low[%d]\narray knee_high[%d]\narray told[%d]\narray level_names[%d]\n",
		CACHE_LEVELS, CACHE_LEVELS, CACHE_LEVELS, CACHE_LEVELS, CACHE_LEVELS);
	for (size_t i = 0; i < CACHE_LEVELS; i++) {
		const struct cache_level *l = &c.level[i];
		char name[64], size[UNITS_BYTES], ns[UNITS_BYTES];
		if (l->verdict == CACHE_NONE)
			continue;
		const bool knee = !isnan(l->bytes);
		seen++;
		fprintf(g->vars,
			"knee[%zu] = %.9g\nknee_low[%zu] = %.9g\nknee_high[%zu] = %.9g\ntold[%zu] = %.9g\n",
			seen, knee ? l->bytes : 0, seen, knee ? l->bytes_range.low : 0, seen,
			knee ? l->bytes_range.high : 0, seen, (double)l->told_bytes);
		if (knee)
			snprintf(name, sizeof name, "L%zu: %s, %s", i + 1, units_bytes(l->bytes, size),
				units_time(l->ns, ns));
		else
			snprintf(name, sizeof name, "L%zu, as told", i + 1);
		chart_element(g->vars, "level_names", seen, name);
	}
	fprintf(g->vars, "n_levels = %zu\n", seen);
}

bool chart_caches(struct drawing *g, const char *probe)
{
	struct extent x = {INFINITY, 0}, y[PANELS] = {{INFINITY, 0}, {INFINITY, 0}};
	if (!caches_say_it(g->d, probe))
		return false;
	for (size_t panel = 0; panel < PANELS; panel++)
		for (size_t team = 0; team < TEAMS; team++)
			put_line(g, team, panel, &x, &y[panel]);
	chart_array(g->vars, "names", TEAMS);
	for (size_t team = 0; team < TEAMS; team++)
		chart_element(g->vars, "names", team + 1, cache_teams[team]);
	fprintf(g->vars,
		"xlow = %.9g\nxhigh = %.9g\nylow1 = %.9g\nyhigh1 = %.9g\nylow2 = %.9g\nyhigh2 = %.9g\n",
		x.low / 1.2, x.high * 1.2, y[0].low / 1.3, y[0].high * 1.3, y[1].low / 1.3, y[1].high * 1.3);
	put_tics(g, &x);
	put_levels(g);
	g->high = 560;
	snprintf(g->title, sizeof g->title, "cache: latency and read rate over the size of the working set");
	snprintf(g->subtitle, sizeof g->subtitle,
		"size of each worker's memory; what is timed and what to expect: parscale probe cache --help");
	chart_probed_note(g, "");
	return true;
}
