/* SPDX-License-Identifier: MIT */
/*
 * chart_lines.c - the charts with lines and intervals: speed-up, efficiency, weak scaling,
 * throughput. They differ in their x and y, which are functions; choosing series and writing points
 * is shared.
 */
#include "base/units.h"
#include "bench/report/chart.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <string.h>

/* What a line chart needs to know; built by its prepare function. */
struct lines {
	struct drawing *g;
	const char *x;  /* as of chart_series */
	bool over_size; /* x is "size" */
	struct ranged (*value)(const struct summary *s);
	const char *what;         /* the value in a hover text */
	double low, high;         /* of all values */
	double bar_low, bar_high; /* of all intervals too */
	bool failures;
};

static uint64_t x_of(const struct lines *l, const struct summary *s)
{
	return l->over_size ? s->cell.items.value : s->cell.workers.value;
}

static bool on_chart(const struct lines *l, const struct summary *s, const struct series *one)
{
	return series_has(one, l->x, s);
}

/* The row of a series at x; NULL: none. */
static const struct summary *point_of(const struct lines *l, const struct series *one, uint64_t x)
{
	for (size_t i = 0; i < l->g->d->summary.count; i++) {
		const struct summary *s = dataset_row(l->g->d, i);
		if (x_of(l, s) == x && on_chart(l, s, one))
			return s;
	}
	return NULL;
}

static void put_point(struct lines *l, const char *name, uint64_t x, const struct summary *s)
{
	FILE *data = l->g->data;
	struct ranged v = s && row_ok(s) ? l->value(s) : (struct ranged){NAN, NAN, NAN};
	bool failed = s && !row_ok(s) && s->rejected.known && s->rejected.value > 0;
	char text[400] = "", size[32], value[32], low[32], high[32], seconds[32];
	if (!isnan(v.value)) {
		chart_shown(l->g, s);
		l->low = fmin(l->low, v.value);
		l->high = fmax(l->high, v.value);
		l->bar_low = fmin(l->bar_low, fmin(v.value, v.low));
		l->bar_high = fmax(l->bar_high, fmax(v.value, v.high));
		int n = snprintf(text, sizeof text, "%s, %s %s: %s %s", name, units_size(x, size),
			l->over_size ? kernel_items(s->cell.kernel)
			: x == 1     ? "worker"
				     : "workers",
			l->what, l->over_size ? units_count(v.value, value) : units_ratio(v.value, value));
		if (!isnan(v.low))
			n += snprintf(text + n, sizeof text - (size_t)n, " (%s to %s)",
				l->over_size ? units_count(v.low, low) : units_ratio(v.low, low),
				l->over_size ? units_count(v.high, high) : units_ratio(v.high, high));
		snprintf(text + n, sizeof text - (size_t)n, ", %s, n = %" PRIu64,
			units_seconds(s->median_seconds, seconds), s->samples.value);
	}
	l->failures = l->failures || failed;
	fprintf(data, "%" PRIu64 "\t", x);
	chart_real(data, v.value);
	fputc('\t', data);
	chart_real(data, v.low);
	fputc('\t', data);
	chart_real(data, v.high);
	fprintf(data, "\t%d\t", failed);
	chart_field(data, text);
	fputc('\n', data);
}

/* Writes the data of all series and their names and styles; the number of x in `axis`. 0: nothing to draw. */
static size_t put_series(struct lines *l, const struct series *series, size_t n, uint64_t *axis)
{
	enum { KEY_LINE = 21, KEY_ROOM = 15 };
	if (n > KEY_ROOM)
		l->g->high += KEY_LINE * (int)(n - KEY_ROOM);
	const struct dataset *d = l->g->d;
	size_t points = 0;
	for (size_t i = 0; i < d->summary.count; i++)
		for (size_t k = 0; k < n; k++)
			if (on_chart(l, dataset_row(d, i), &series[k]))
				points = axis_add(axis, points, x_of(l, dataset_row(d, i)));
	size_t have[AXIS_MOST] = {0};
	for (size_t p = 0; p < points; p++)
		for (size_t k = 0; k < n; k++)
			have[p] += point_of(l, &series[k], axis[p]) != NULL;
	fprintf(l->g->vars, "n = %zu\n", n);
	chart_array(l->g->vars, "names", n);
	chart_array(l->g->vars, "styles", n);
	chart_array(l->g->vars, "forms", n);
	for (size_t k = 0; k < n; k++) {
		char name[128];
		series_name(series, n, k, name, sizeof name);
		chart_style(l->g->vars, &series[k], k + 1, name);
		for (size_t p = 0; p < points; p++) {
			const struct summary *found = point_of(l, &series[k], axis[p]);
			/* a gap is where most others have something; where few were asked for a value the
			 * line goes on */
			if (found || 2 * have[p] > n)
				put_point(l, name, axis[p], found);
		}
		fputs("\n\n", l->g->data);
	}
	fprintf(l->g->vars, "failures = %d\n", l->failures);
	/* bars that are much longer than all values are apart leave the chart, and do not press
	 * the rest flat */
	const double reach = 2;
	bool any = l->bar_high > l->bar_low || l->failures;
	l->low = fmax(l->bar_low, l->low / reach);
	l->high = fmin(l->bar_high, l->high * reach);
	return any ? points : 0;
}

static struct ranged speedup(const struct summary *s)
{
	return (struct ranged){s->serial_speedup, s->serial_speedup_low, s->serial_speedup_high};
}

static struct ranged self_speedup(const struct summary *s)
{
	return (struct ranged){s->self_speedup, s->self_speedup_low, s->self_speedup_high};
}

static struct ranged per_worker(struct ranged v, const struct summary *s)
{
	double workers = (double)s->cell.workers.value;
	return (struct ranged){v.value / workers, v.low / workers, v.high / workers};
}

static struct ranged efficiency(const struct summary *s)
{
	return per_worker(speedup(s), s);
}

static struct ranged self_efficiency(const struct summary *s)
{
	return per_worker(self_speedup(s), s);
}

static struct ranged rate(const struct summary *s)
{
	double items = (double)s->cell.items.value;
	return (struct ranged){items / s->median_seconds, items / s->median_high, items / s->median_low};
}

/* The tics of a worker axis: every count while they fit, else powers of two. */
static void put_worker_axis(struct lines *l, const uint64_t *axis, size_t points)
{
	FILE *vars = l->g->vars;
	uint64_t least = axis[0], most = axis[points - 1];
	bool logarithmic = most > 8;
	fprintf(vars, "xlog = %d\ncpus = %u\n", logarithmic, dataset_cpus(l->g->d));
	if (logarithmic)
		fprintf(vars, "xlow = %.6g\nxhigh = %.6g\n", (double)least / 1.15, (double)most * 1.15);
	else
		fprintf(vars, "xlow = %.6g\nxhigh = %.6g\n", (double)least - 0.05 * (double)most,
			(double)most * 1.05);
	fputs("xtics_list = '", vars);
	bool first = true;
	double last = 0;
	for (size_t i = 0; i < points; i++) {
		/* closer ones would print over each other */
		bool room = logarithmic ? (double)axis[i] >= 1.3 * last
					: (double)axis[i] >= last + 0.04 * (double)most;
		if (!room)
			continue;
		fprintf(vars, "%s%" PRIu64, first ? "" : ",", axis[i]);
		last = (double)axis[i];
		first = false;
	}
	fputs("'\n", vars);
}

enum kind { SPEEDUP, EFFICIENCY, WEAK };

/* "Base: ..." of the chart's caption. */
static void put_base(enum kind kind, const struct summary *focus, char *text, size_t size)
{
	char seconds[UNITS_RANGE_BYTES];
	if (!(focus->serial_speedup > 0))
		snprintf(text, size, "Base: each back end's own single worker (no serial row).");
	else
		snprintf(text, size, "Base: serial, same variant, %s%s.", kind == WEAK ? "one share, " : "",
			units_seconds(focus->serial_seconds, seconds));
}

static void put_worker_words(
	struct drawing *g, enum kind kind, const struct summary *focus, const struct series *series, size_t n)
{
	static const char *const titles[] = {
		"speed-up over workers", "efficiency over workers", "weak scaling"};
	char base[128], size[UNITS_RANGE_BYTES], setting[256], counts[160];
	bool serial = focus->serial_speedup > 0, one = series_one_lifetime(series, n);
	put_base(kind, focus, base, sizeof base);
	snprintf(g->title, sizeof g->title, "%s: %s", focus->cell.kernel, titles[kind]);
	cell_setting(&focus->cell, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%s %s%s; %s%s%s",
		units_size(kind == WEAK ? focus->cell.size.value : focus->cell.items.value, size),
		kernel_items(focus->cell.kernel), kind == WEAK ? " for each worker" : "", setting,
		one ? ", " : "", one ? series[0].of->lifetime : "");
	chart_counts(g, "bars: 95 % intervals", counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s %s", counts, base);
	chart_text(g->vars, "base",
		kind == WEAK         ? "time of one share alone / time"
		: kind == EFFICIENCY ? "speed-up / workers"
		: serial             ? "speed-up against serial"
				     : "speed-up against itself");
}

/* The Universal Scalability Law of the focus cell's series, as a speed-up on this chart's scale: model(p) = p *
 * model_scale / (1 + ...). */
static void put_model(struct drawing *g, enum kind kind, const struct summary *focus)
{
	const struct model_row *m = kind == WEAK ? NULL : dataset_model(g->d, &focus->cell);
	double scale = 1;
	char name[128];
	fprintf(g->vars, "modelled = %d\n", m != NULL);
	if (!m)
		return;
	if (focus->serial_speedup > 0)
		scale = focus->serial_speedup /
			focus->self_speedup; /* one worker of its own against serial */
	if (!(scale > 0))
		scale = 1;
	snprintf(name, sizeof name, "USL of %s %s", focus->cell.backend, focus->cell.lifetime);
	chart_text(g->vars, "model_name", name);
	fprintf(g->vars, "sigma = %.9g\nkappa = %.9g\nmodel_scale = %.9g\nmodel_end = %.9g\n",
		m->usl_contention, m->usl_coherency, scale, (double)m->most_workers.value);
}

static bool over_workers(struct drawing *g, enum kind kind, const struct summary *focus)
{
	if (!focus)
		return false;
	struct series series[SERIES_MOST];
	uint64_t axis[AXIS_MOST];
	const char *x = kind == WEAK ? "share" : "workers";
	bool serial = focus->serial_speedup > 0;
	size_t n = chart_series(g->d, &focus->cell, x, series);
	struct lines l = {.g = g,
		.x = x,
		.low = INFINITY,
		.high = -INFINITY,
		.bar_low = INFINITY,
		.bar_high = -INFINITY};
	if (kind == SPEEDUP)
		l.value = serial ? speedup : self_speedup;
	else
		l.value = serial ? efficiency : self_efficiency;
	l.what = kind == SPEEDUP ? "speed-up" : "efficiency";
	size_t points = n > 0 ? put_series(&l, series, n, axis) : 0;
	if (points < 2)
		return false;
	put_worker_axis(&l, axis, points);
	bool logarithmic = axis[points - 1] > 8;
	double ideal = (double)axis[points - 1];
	unsigned cpus = dataset_cpus(g->d);
	if (cpus > 0 && ideal > cpus)
		ideal = cpus;
	if (kind != SPEEDUP)
		fprintf(g->vars, "yhigh = %.6g\n", fmax(1.1, l.high * 1.05));
	else if (logarithmic)
		fprintf(g->vars, "ylow = %.6g\nyhigh = %.6g\n", fmin(l.low, 1) / 1.3,
			fmax(l.high, ideal) * 1.3);
	else
		fprintf(g->vars, "ylow = 0\nyhigh = %.6g\n", fmax(l.high, ideal) * 1.1);
	put_model(g, kind, focus);
	put_worker_words(g, kind, focus, series, n);
	return true;
}

bool chart_speedup(struct drawing *g, const char *kernel)
{
	return over_workers(g, SPEEDUP, dataset_focus(g->d, kernel));
}

bool chart_efficiency(struct drawing *g, const char *kernel)
{
	return over_workers(g, EFFICIENCY, dataset_focus(g->d, kernel));
}

bool chart_weak(struct drawing *g, const char *kernel)
{
	return over_workers(g, WEAK, dataset_weak_focus(g->d, kernel));
}

/* Where the input outgrows a cache of one core, for kernels that read an input. */
static void put_caches(struct drawing *g, const struct summary *focus, double low, double high)
{
	double item_bytes = cell_item_bytes(focus);
	unsigned n = 0;
	char name[64], bytes[32];
	chart_array(g->vars, "cache_at", 3);
	chart_array(g->vars, "cache_name", 3);
	for (int level = 1; level <= 3; level++) {
		uint64_t cache = dataset_cache(g->d, level);
		double at = (double)cache / item_bytes;
		if (cache == 0 || !(at > low && at < high))
			continue;
		snprintf(name, sizeof name, "L%d%s %s", level, level == 1 ? "d" : "",
			units_bytes_exact(cache, bytes));
		n++;
		fprintf(g->vars, "cache_at[%u] = %.9g\n", n, at);
		chart_element(g->vars, "cache_name", n, name);
	}
	fprintf(g->vars, "caches = %u\n", n);
}

/* What the memory can deliver to as many workers, where the sweep measured it: a last index of the data. What
 * it is at the largest size; 0 where there is none. */
static double put_ceiling(struct drawing *g, const struct summary *focus)
{
	static const char *const free[] = {"size", NULL};
	double last = 0;
	uint64_t axis[AXIS_MOST];
	size_t n = 0;
	for (size_t i = 0; i < g->d->summary.count; i++)
		if (cells_match(&dataset_row(g->d, i)->cell, &focus->cell, free))
			n = axis_add(axis, n, dataset_row(g->d, i)->cell.items.value);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < g->d->summary.count; i++) {
			const struct summary *s = dataset_row(g->d, i);
			if (s->cell.items.value != axis[k] || !(s->ceiling_bytes_per_second > 0) ||
				!cells_match(&s->cell, &focus->cell, free))
				continue;
			last = s->ceiling_bytes_per_second / cell_item_bytes(s);
			fprintf(g->data, "%" PRIu64 "\t%.9g\n", axis[k], last);
		}
	fputs("NaN\tNaN\n\n\n", g->data);
	fprintf(g->vars, "ceiling = %d\n", last > 0);
	return last;
}

bool chart_throughput(struct drawing *g, const char *kernel)
{
	const struct summary *focus = dataset_focus(g->d, kernel);
	if (!focus)
		return false;
	struct series series[SERIES_MOST + 1];
	uint64_t axis[AXIS_MOST];
	const struct summary *serial = dataset_serial(g->d, &focus->cell);
	bool serial_too = serial && focus->cell.workers.value > 1;
	if (serial_too)
		series[0].of = &serial->cell;
	size_t n = serial_too + chart_series(g->d, &focus->cell, "size", series + serial_too);
	struct lines l = {.g = g,
		.x = "size",
		.over_size = true,
		.value = rate,
		.what = "",
		.low = INFINITY,
		.high = -INFINITY,
		.bar_low = INFINITY,
		.bar_high = -INFINITY};
	size_t points = n > 0 ? put_series(&l, series, n, axis) : 0;
	if (points < 2)
		return false;
	double low = (double)axis[0] / 1.5, high = (double)axis[points - 1] * 1.5;
	/* several decades need a logarithm; else zero stays in sight, and the unit takes the thousands */
	bool logarithmic = l.high > 20 * l.low;
	fprintf(g->vars, "xlow = %.9g\nxhigh = %.9g\nylog = %d\n", low, high, logarithmic);
	put_caches(g, focus, low, high);
	const double ceiling = put_ceiling(g, focus);
	if (ceiling > l.high && ceiling < 4 * l.high) /* of memory; those of caches may leave the chart */
		l.high = ceiling;
	fprintf(g->vars, "ylow = %.9g\nyhigh = %.9g\n", logarithmic ? l.low / 1.5 : 0,
		logarithmic ? l.high * 1.5 : l.high * 1.1);
	const char *items = kernel_items(kernel);
	char text[160], setting[256], counts[160];
	snprintf(text, sizeof text, "problem size, %s", items);
	chart_text(g->vars, "xname", text);
	chart_rate_axis(g, "yscale", "yname", kernel, logarithmic ? 0 : l.high);
	uint64_t workers = focus->cell.workers.value;
	snprintf(g->title, sizeof g->title, "%s: throughput over problem size", kernel);
	cell_setting(&focus->cell, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%" PRIu64 " worker%s; %s%s%s", workers,
		units_plural(workers), setting, series_one_lifetime(series, n) ? ", " : "",
		series_one_lifetime(series, n) ? focus->cell.lifetime : "");
	chart_counts(g, "bars: 95 % intervals", counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s%s", counts,
		cell_item_bytes(focus) > 0 ? " Dotted: the input outgrows a cache of one core." : "");
	return true;
}
