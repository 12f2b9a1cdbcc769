/* SPDX-License-Identifier: MIT */
/*
 * chart_lines.c - the charts with lines and intervals: speed-up, efficiency, weak scaling,
 * throughput. They differ in their x and y, which are functions; choosing series and writing points
 * is shared.
 */
#include "bench/report/chart_lines.h"
#include "base/units.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <string.h>

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

/* Whether a bar covers most of the axis: its point says next to nothing. */
static bool spans_axis(const struct lines *l, struct ranged v)
{
	const double most = 0.7, low = fmax(v.low, l->y_low), high = fmin(v.high, l->y_high);
	if (isnan(v.low) || !(high > low))
		return false;
	return l->y_log ? log(high / low) > most * log(l->y_high / l->y_low)
			: high - low > most * (l->y_high - l->y_low);
}

static struct ranged value_of(const struct lines *l, const struct summary *s)
{
	return s && row_ok(s) ? l->value(s) : (struct ranged){NAN, NAN, NAN};
}

static void put_hover(const struct lines *l, const char *name, uint64_t x, const struct summary *s,
	struct ranged v, bool noisy)
{
	char text[400], size[32], value[32], low[32], high[32], seconds[32];
	int n = snprintf(text, sizeof text, "%s, %s %s: %s %s", name, units_size(x, size),
		l->over_size ? kernel_items(s->cell.kernel)
		: x == 1     ? "worker"
			     : "workers",
		l->what, l->over_size ? units_count(v.value, value) : units_ratio(v.value, value));
	if (!isnan(v.low))
		n += snprintf(text + n, sizeof text - (size_t)n, " (%s to %s%s)",
			l->over_size ? units_count(v.low, low) : units_ratio(v.low, low),
			l->over_size ? units_count(v.high, high) : units_ratio(v.high, high),
			noisy ? "; too noisy" : "");
	snprintf(text + n, sizeof text - (size_t)n, ", %s, n = %" PRIu64,
		units_seconds(s->median_seconds, seconds), s->samples.value);
	chart_field(l->g->data, text);
}

/* Of a point; as in plots/speedup.gp. */
enum state { SHOWN, FAILED, NOISY };

static void put_point(struct lines *l, const char *name, uint64_t x, const struct summary *s)
{
	FILE *data = l->g->data;
	const struct ranged v = value_of(l, s);
	enum state state = SHOWN;
	if (s && !row_ok(s) && s->rejected.known && s->rejected.value > 0)
		state = FAILED;
	else if (spans_axis(l, v))
		state = NOISY;
	if (!isnan(v.value))
		chart_shown(l->g, s);
	l->failures = l->failures || state == FAILED;
	l->noisy += state == NOISY;
	fprintf(data, "%" PRIu64 "\t", x);
	chart_real(data, v.value);
	fputc('\t', data);
	chart_real(data, v.low);
	fputc('\t', data);
	chart_real(data, v.high);
	fprintf(data, "\t%d\t", (int)state);
	if (!isnan(v.value))
		put_hover(l, name, x, s, v, state == NOISY);
	fputc('\n', data);
}

/* Finds the x of all series and the ranges of their values; no x: nothing to draw. */
static void scan_series(struct lines *l)
{
	const double reach =
		2; /* bars much longer than all values are apart leave the chart, for the rest not to be flat */
	const struct dataset *d = l->g->d;
	l->points = 0;
	l->low = l->bar_low = INFINITY;
	l->high = l->bar_high = -INFINITY;
	for (size_t i = 0; i < d->summary.count; i++)
		for (size_t k = 0; k < l->n; k++) {
			const struct summary *s = dataset_row(d, i);
			if (!on_chart(l, s, &l->series[k]))
				continue;
			l->points = axis_add(l->axis, l->points, x_of(l, s));
			const struct ranged v = value_of(l, s);
			l->failures =
				l->failures || (!row_ok(s) && s->rejected.known && s->rejected.value > 0);
			l->low = fmin(l->low, v.value); /* fmin and fmax pass over NAN */
			l->high = fmax(l->high, v.value);
			l->bar_low = fmin(l->bar_low, fmin(v.value, v.low));
			l->bar_high = fmax(l->bar_high, fmax(v.value, v.high));
		}
	const bool any = l->bar_high > l->bar_low || l->failures;
	l->low = fmax(l->bar_low, l->low / reach);
	l->high = fmin(l->bar_high, l->high * reach);
	if (!any)
		l->points = 0;
}

void lines_data(struct lines *l)
{
	size_t have[AXIS_MOST] = {0};
	for (size_t p = 0; p < l->points; p++)
		for (size_t k = 0; k < l->n; k++)
			have[p] += point_of(l, &l->series[k], l->axis[p]) != NULL;
	for (size_t k = 0; k < l->n; k++) {
		char name[128];
		series_name(l->series, l->n, k, name, sizeof name);
		for (size_t p = 0; p < l->points; p++) {
			const struct summary *found = point_of(l, &l->series[k], l->axis[p]);
			/* a gap is where most others have something; where few were asked for a value the
			 * line goes on */
			if (found || 2 * have[p] > l->n)
				put_point(l, name, l->axis[p], found);
		}
		fputs("\n\n", l->g->data);
	}
}

/* Writes the data of all series, their names and styles, and the y axis. */
static void put_series(struct lines *l)
{
	enum { KEY_LINE = 21, KEY_ROOM = 15 };
	if (l->n > KEY_ROOM)
		l->g->high += KEY_LINE * (int)(l->n - KEY_ROOM);
	fprintf(l->g->vars, "n = %zu\n", l->n);
	chart_array(l->g->vars, "names", l->n);
	chart_array(l->g->vars, "styles", l->n);
	chart_array(l->g->vars, "forms", l->n);
	for (size_t k = 0; k < l->n; k++) {
		char name[128];
		series_name(l->series, l->n, k, name, sizeof name);
		chart_style(l->g->vars, &l->series[k], k + 1, name);
	}
	lines_data(l);
	fprintf(l->g->vars, "ylow = %.9g\nyhigh = %.9g\nylog = %d\nfailures = %d\nnoisy = %d\n", l->y_low,
		l->y_high, l->y_log, l->failures, l->noisy > 0);
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
static void put_worker_axis(struct lines *l)
{
	FILE *vars = l->g->vars;
	const uint64_t *axis = l->axis, most = axis[l->points - 1];
	const bool logarithmic = l->x_log;
	fprintf(vars, "xlog = %d\ncpus = %u\nxlow = %.6g\nxhigh = %.6g\n", logarithmic, dataset_cpus(l->g->d),
		l->x_low, l->x_high);
	fputs("xtics_list = '", vars);
	bool first = true;
	double last = 0;
	for (size_t i = 0; i < l->points; i++) {
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

/* "Base: ..." of the chart's caption. */
static void put_base(enum lines_kind kind, const struct summary *focus, char *text, size_t size)
{
	char seconds[UNITS_RANGE_BYTES];
	if (!(focus->serial_speedup > 0))
		snprintf(text, size, "Base: each back end's own single worker; serial was not measured.");
	else
		snprintf(text, size, "Base: serial, same variant, %s%s.", kind == WEAK ? "one share, " : "",
			units_seconds(focus->serial_seconds, seconds));
}

static void put_worker_words(struct drawing *g, enum lines_kind kind, const struct summary *focus,
	const struct series *series, size_t n)
{
	static const char *const titles[] = {
		"speed-up over workers", "parallel efficiency over workers", "weak scaling"};
	char base[128], size[UNITS_RANGE_BYTES], setting[256], counts[160];
	bool serial = focus->serial_speedup > 0, one = series_one_lifetime(series, n);
	put_base(kind, focus, base, sizeof base);
	snprintf(g->title, sizeof g->title, "%s: %s", focus->cell.kernel, titles[kind]);
	cell_setting(&focus->cell, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%s %s%s; %s%s%s",
		units_size(kind == WEAK ? focus->cell.size.value : focus->cell.items.value, size),
		kernel_items(focus->cell.kernel), kind == WEAK ? " per worker" : "", setting,
		one ? ", lifetime " : "", one ? series[0].of->lifetime : "");
	chart_counts(g, "bars: 95 % intervals", counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s %s", counts, base);
	chart_text(g->vars, "base",
		kind == WEAK         ? "time of one share alone / time"
		: kind == EFFICIENCY ? "speed-up / workers"
		: serial             ? "speed-up over serial"
				     : "speed-up over one worker");
}

/* The Universal Scalability Law of the focus cell's series, as a speed-up on this chart's scale: model(p) = p *
 * model_scale / (1 + ...). */
static void put_model(struct drawing *g, enum lines_kind kind, const struct summary *focus)
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

/* The 95 % interval of the serial base, as factors of the ideal: a base that was measured too slow lifts all points
 * together. 1 and 1 where there is no interval. */
static void put_band(struct drawing *g, const struct summary *focus)
{
	const struct summary *base = focus->serial_speedup > 0 ? dataset_serial(g->d, &focus->cell) : NULL;
	const bool known = base && base->median_high > base->median_low;
	fprintf(g->vars, "banded = %d\nband_low = %.9g\nband_high = %.9g\n", known,
		known ? base->median_seconds / base->median_high : 1,
		known ? base->median_seconds / base->median_low : 1);
}

/* The axis of a chart over workers. */
static void set_worker_range(struct lines *l, enum lines_kind kind, uint64_t most_workers)
{
	const unsigned cpus = dataset_cpus(l->g->d);
	double ideal = (double)most_workers;
	if (cpus > 0 && ideal > cpus)
		ideal = cpus;
	l->y_log = kind == SPEEDUP && most_workers > 8;
	if (kind != SPEEDUP)
		l->y_high = fmax(1.1, l->high * 1.05);
	else if (l->y_log) {
		l->y_low = fmin(l->low, 1) / 1.3;
		l->y_high = fmax(l->high, ideal) * 1.3;
	} else
		l->y_high = fmax(l->high, ideal) * 1.1;
}

bool lines_over_workers(struct lines *l, struct drawing *g, enum lines_kind kind, const struct summary *focus)
{
	*l = (struct lines){.g = g, .x = kind == WEAK ? "share" : "workers"};
	if (!focus)
		return false;
	const bool serial = focus->serial_speedup > 0;
	l->n = chart_series(g->d, &focus->cell, l->x, l->series);
	if (kind == SPEEDUP)
		l->value = serial ? speedup : self_speedup;
	else
		l->value = serial ? efficiency : self_efficiency;
	l->what = kind == SPEEDUP ? "speed-up" : "efficiency";
	scan_series(l);
	if (l->points < 2)
		return false;
	const double least = (double)l->axis[0], most = (double)l->axis[l->points - 1];
	l->x_log = most > 8;
	l->x_low = l->x_log ? least / 1.15 : least - 0.05 * most;
	l->x_high = l->x_log ? most * 1.15 : most * 1.05;
	set_worker_range(l, kind, l->axis[l->points - 1]);
	return true;
}

static bool over_workers(struct drawing *g, enum lines_kind kind, const struct summary *focus)
{
	struct lines l;
	if (!lines_over_workers(&l, g, kind, focus))
		return false;
	put_series(&l);
	put_worker_axis(&l);
	put_band(g, focus);
	put_model(g, kind, focus);
	put_worker_words(g, kind, focus, l.series, l.n);
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

/* The rows of the focus cell's series over sizes, in order of size, that have a memory ceiling; how many. */
static size_t ceilings_of(const struct dataset *d, const struct summary *focus, const struct summary **out)
{
	static const char *const free[] = {"size", NULL};
	size_t n = 0;
	for (size_t i = 0; i < d->summary.count && n < AXIS_MOST; i++) {
		const struct summary *s = dataset_row(d, i);
		if (!(s->ceiling_bytes_per_second > 0) || !cells_match(&s->cell, &focus->cell, free))
			continue;
		size_t at = n++;
		for (; at > 0 && out[at - 1]->cell.items.value > s->cell.items.value; at--)
			out[at] = out[at - 1];
		out[at] = s;
	}
	return n;
}

static double ceiling_rate(const struct summary *s)
{
	return s->ceiling_bytes_per_second / cell_item_bytes(s);
}

/* What memory can deliver to as many workers at the largest size; 0 where the sweep did not measure it. */
static double last_ceiling(struct drawing *g, const struct summary *focus)
{
	const struct summary *row[AXIS_MOST];
	const size_t n = ceilings_of(g->d, focus, row);
	return n > 0 ? ceiling_rate(row[n - 1]) : 0;
}

bool lines_ceiling(struct drawing *g, const struct summary *focus)
{
	const struct summary *row[AXIS_MOST];
	const size_t n = ceilings_of(g->d, focus, row);
	for (size_t i = 0; i < n; i++)
		fprintf(g->data, "%" PRIu64 "\t%.9g\n", row[i]->cell.items.value, ceiling_rate(row[i]));
	fputs("NaN\tNaN\n\n\n", g->data);
	return n > 0;
}

bool lines_over_sizes(struct lines *l, struct drawing *g, const struct summary *focus)
{
	*l = (struct lines){.g = g, .x = "size", .over_size = true, .value = rate, .what = "", .x_log = true};
	if (!focus)
		return false;
	const struct summary *serial = dataset_serial(g->d, &focus->cell);
	if (serial && focus->cell.workers.value > 1)
		l->series[l->n++].of = &serial->cell;
	l->n += chart_series(g->d, &focus->cell, "size", l->series + l->n);
	scan_series(l);
	if (l->points < 2)
		return false;
	l->x_low = (double)l->axis[0] / 1.5;
	l->x_high = (double)l->axis[l->points - 1] * 1.5;
	/* several decades need a logarithm; else zero stays in sight, and the unit takes the thousands */
	l->y_log = l->high > 20 * l->low;
	const double ceiling = last_ceiling(g, focus);
	if (ceiling > l->high && ceiling < 4 * l->high) /* of memory; those of caches may leave the chart */
		l->high = ceiling;
	l->y_low = l->y_log ? l->low / 1.5 : 0;
	l->y_high = l->high * (l->y_log ? 1.5 : 1.1);
	return true;
}

bool chart_throughput(struct drawing *g, const char *kernel)
{
	const struct summary *focus = dataset_focus(g->d, kernel);
	struct lines l;
	if (!lines_over_sizes(&l, g, focus))
		return false;
	fprintf(g->vars, "xlow = %.9g\nxhigh = %.9g\n", l.x_low, l.x_high);
	put_caches(g, focus, l.x_low, l.x_high);
	put_series(&l);
	fprintf(g->vars, "ceiling = %d\n", lines_ceiling(g, focus));
	const char *items = kernel_items(kernel);
	const bool one = series_one_lifetime(l.series, l.n);
	char text[160], setting[256];
	snprintf(text, sizeof text, "problem size, %s", items);
	chart_text(g->vars, "xname", text);
	chart_rate_axis(g, "yscale", "yname", kernel, l.y_log ? 0 : l.high);
	uint64_t workers = focus->cell.workers.value;
	snprintf(g->title, sizeof g->title, "%s: throughput over problem size", kernel);
	cell_setting(&focus->cell, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%" PRIu64 " worker%s; %s%s%s", workers,
		units_plural(workers), setting, one ? ", lifetime " : "", one ? focus->cell.lifetime : "");
	chart_counts(g, "bars: 95 % intervals", g->note, sizeof g->note);
	return true;
}
