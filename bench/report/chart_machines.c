/* SPDX-License-Identifier: MIT */
/*
 * chart_machines.c - the charts of a gallery: ratios to the base machine, the rates of one kernel with what the ceilings
 * allow, and speed-up and throughput of all machines over each other.
 *
 * Rows of machines are in the gallery's order, the fastest on top; a machine has one style on all charts, the base black.
 */
#include "base/units.h"
#include "bench/report/chart.h"
#include "bench/report/gallery.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <string.h>

enum { NAME_LETTERS = 30, ROW_POINTS = 24 };

static const struct gallery_kernel *find_kernel(const struct gallery *m, const char *name)
{
	for (size_t k = 0; k < m->kernels; k++)
		if (strcmp(m->kernel[k].name, name) == 0)
			return &m->kernel[k];
	return NULL;
}

static void put_ranged(FILE *data, struct ranged v, double scale)
{
	chart_real(data, v.value / scale);
	fputc('\t', data);
	chart_real(data, v.low / scale);
	fputc('\t', data);
	chart_real(data, v.high / scale);
	fputc('\t', data);
}

/* Machines as tics of y, the first of the order on top; their place is count less their number in the order. */
static void put_rows(struct drawing *g)
{
	const struct gallery *m = g->machines;
	size_t width = 0;
	fprintf(g->vars, "n = %zu\n", m->count);
	chart_array(g->vars, "names", m->count);
	for (size_t i = 0; i < m->count; i++) {
		char name[GALLERY_NAME];
		chart_shorten(m->machine[m->order[i]].name, NAME_LETTERS, name);
		chart_tic(g->vars, "names", m->count - i, name);
		width = strlen(name) > width ? strlen(name) : width;
	}
	fprintf(g->vars, "name_width = %zu\n", width);
}

static void put_hover(struct drawing *g, const char *name, const char *what, const struct gallery_kernel *k,
	const struct gallery_rate *x)
{
	char text[400], rate[GALLERY_RATE], ratio[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES];
	int n = snprintf(text, sizeof text, "%s, %s%s%s: %s", name, k->name, *what ? ", " : "", what,
		gallery_rate_text(k, x->rate.value, rate));
	if (!isnan(x->ratio.value))
		n += snprintf(text + n, sizeof text - (size_t)n, ", %s times the base",
			units_ratio(x->ratio.value, ratio));
	if (!isnan(x->ratio.low))
		snprintf(text + n, sizeof text - (size_t)n, " (%s to %s)", units_ratio(x->ratio.low, low),
			units_ratio(x->ratio.high, high));
	chart_field(g->data, text);
}

/* ratios ------------------------------------------------------------------------------------------------ */

bool chart_machines_ratio(struct drawing *g, const char *all)
{
	const struct gallery *m = g->machines;
	double low = 0.8, high = 1.25;
	(void)all;
	if (m->count < 2 || m->subjects == 0)
		return false;
	put_rows(g);
	fprintf(g->vars, "kernels = %zu\n", m->subjects);
	chart_array(g->vars, "heads", m->subjects);
	size_t shown = 0;
	for (size_t k = 0; k < m->subjects; k++) {
		chart_element(g->vars, "heads", k + 1, m->kernel[k].name);
		for (size_t i = 0; i < m->count; i++) {
			const struct gallery_machine *one = &m->machine[m->order[i]];
			const struct gallery_rate *x = &gallery_at(m, k, m->order[i])->whole;
			if (isnan(x->ratio.value))
				continue;
			shown++;
			low = fmin(low, fmin(x->ratio.value, x->ratio.low));
			high = fmax(high, fmax(x->ratio.value, x->ratio.high));
			chart_shown(g, x->row);
			fprintf(g->data, "%zu\t", m->count - i);
			put_ranged(g->data, x->ratio, 1);
			put_hover(g, one->name, "", &m->kernel[k], x);
			fputc('\n', g->data);
		}
		fputs("NaN\tNaN\tNaN\tNaN\t\n\n\n", g->data);
	}
	fprintf(g->vars, "xlow = %.9g\nxhigh = %.9g\n", low / 1.1, high * 1.1);
	g->high = 220 + ROW_POINTS * (int)m->count;
	snprintf(g->title, sizeof g->title, "All CPUs of each machine: rate over that of the base");
	snprintf(g->subtitle, sizeof g->subtitle, "base: %s; one problem per kernel",
		m->machine[m->base].name);
	chart_counts(g, "bars: 95 % intervals", g->note, sizeof g->note);
	return shown > 1;
}

/* rates ------------------------------------------------------------------------------------------------- */

/* The rate at which the kernel would be at the ceiling that binds it; NAN where there is none. */
static double ceiling_of(const struct gallery_rate *x)
{
	return x->row && x->row->pct_of_ceiling > 0 ? x->rate.value * 100 / x->row->pct_of_ceiling : NAN;
}

static void put_rates(struct drawing *g, const struct gallery_kernel *k, const char *what, double scale,
	const struct gallery_rate *of(const struct gallery_entry *))
{
	const struct gallery *m = g->machines;
	for (size_t i = 0; i < m->count; i++) {
		const struct gallery_rate *x = of(&k->entry[m->order[i]]);
		if (!x->row)
			continue;
		chart_shown(g, x->row);
		fprintf(g->data, "%zu\t", m->count - i);
		put_ranged(g->data, x->rate, scale);
		chart_real(g->data, ceiling_of(x) / scale);
		fprintf(g->data, "\t%d\t", m->machine[m->order[i]].style);
		put_hover(g, m->machine[m->order[i]].name, what, k, x);
		fputc('\n', g->data);
	}
	fputs("NaN\tNaN\tNaN\tNaN\tNaN\t1\t\n\n\n", g->data);
}

static const struct gallery_rate *whole(const struct gallery_entry *x)
{
	return &x->whole;
}

static const struct gallery_rate *one(const struct gallery_entry *x)
{
	return &x->one;
}

static void put_problem(const struct gallery_kernel *k, char *text, size_t size)
{
	char items[UNITS_BYTES];
	if (k->problem)
		snprintf(text, size, "%s %s", units_size(k->problem->items.value, items),
			kernel_items(k->name));
	else
		snprintf(text, size, "each machine's largest size");
}

bool chart_machines_rate(struct drawing *g, const char *kernel)
{
	const struct gallery *m = g->machines;
	const struct gallery_kernel *k = find_kernel(m, kernel);
	double low = INFINITY, high = 0;
	bool roofed = false;
	for (size_t i = 0; k && i < m->count; i++) {
		const struct gallery_entry *x = &k->entry[i];
		low = fmin(low, fmin(x->whole.rate.value, x->one.rate.value));
		high = fmax(high, fmax(x->whole.rate.value, x->one.rate.value));
		if (ceiling_of(&x->whole) > 0) { /* one far off may leave the chart */
			high = fmax(high, fmin(ceiling_of(&x->whole), 30 * x->whole.rate.value));
			roofed = true;
		}
	}
	if (!k || !(high > 0) || k->having < 2)
		return false;
	const bool xlog = high > 20 * low;
	double scale = 1;
	put_rows(g);
	chart_rate_axis(g, "xscale", "xname", kernel, xlog ? 0 : high);
	while (!xlog && high / scale >= 1000)
		scale *= 1000;
	put_rates(g, k, "all CPUs", scale, whole);
	put_rates(g, k, "one worker", scale, one);
	fprintf(g->vars, "xlog = %d\nroofed = %d\nxlow = %.9g\nxhigh = %.9g\n", xlog, roofed,
		xlog ? low / 1.5 / scale : 0, high * (xlog ? 1.5 : 1.06) / scale);
	g->high = 220 + ROW_POINTS * (int)m->count;
	snprintf(g->title, sizeof g->title, "%.40s: rate of each machine", kernel);
	put_problem(k, g->subtitle, sizeof g->subtitle);
	chart_counts(g, "bars: 95 % intervals", g->note, sizeof g->note);
	return true;
}

/* overlays ---------------------------------------------------------------------------------------------- */

/* The lines of all machines over workers or over sizes: of the back end that its row for all CPUs has. */
struct overlay {
	struct drawing *g;
	const struct gallery_kernel *k;
	const char *x; /* "workers", "size" */
	struct ranged (*value)(const struct summary *s);
	uint64_t axis[AXIS_MOST];
	size_t points;
	double low, high, least, most; /* of values; of x */
	size_t lines;                  /* with two points or more */
};

static uint64_t x_of(const struct overlay *o, const struct summary *s)
{
	return *o->x == 'w' ? s->cell.workers.value : s->cell.items.value;
}

/* The next row after `from` of machine i's line; NULL: no more. */
static const struct summary *next_of(const struct overlay *o, size_t i, size_t *from)
{
	const char *const free[] = {o->x, NULL};
	const struct dataset *d = &o->g->machines->machine[i].d;
	const struct summary *of = o->k->entry[i].whole.row;
	while (of && *from < d->summary.count) {
		const struct summary *s = dataset_row(d, (*from)++);
		if (row_ok(s) && cells_match(&s->cell, &of->cell, free) && !isnan(o->value(s).value))
			return s;
	}
	return NULL;
}

static void scan(struct overlay *o)
{
	o->low = o->least = INFINITY;
	o->high = o->most = 0;
	for (size_t i = 0; i < o->g->machines->count; i++) {
		const struct summary *s;
		size_t points = 0;
		for (size_t from = 0; (s = next_of(o, i, &from)) != NULL; points++) {
			const struct ranged v = o->value(s);
			o->points = axis_add(o->axis, o->points, x_of(o, s));
			o->low = fmin(o->low, v.value);
			o->high = fmax(o->high, v.value);
			o->least = fmin(o->least, (double)x_of(o, s));
			o->most = fmax(o->most, (double)x_of(o, s));
		}
		o->lines += points > 1;
	}
}

static void put_point(struct overlay *o, size_t i, const struct summary *s)
{
	const bool over_size = *o->x == 's';
	const struct ranged v = o->value(s);
	char text[320], x[UNITS_BYTES], value[UNITS_BYTES];
	fprintf(o->g->data, "%" PRIu64 "\t", x_of(o, s));
	put_ranged(o->g->data, v, 1);
	snprintf(text, sizeof text, "%s, %s %s: %s %s", o->g->machines->machine[i].name,
		units_size(x_of(o, s), x), over_size ? kernel_items(o->k->name) : "workers",
		over_size ? units_count(v.value, value) : units_ratio(v.value, value),
		over_size ? "per second" : "times one worker");
	fputs("0\t", o->g->data);
	chart_field(o->g->data, text);
	fputc('\n', o->g->data);
	chart_shown(o->g, s);
}

/* The data and the styles of all lines, in the gallery's order; points by rising x. */
static void put_lines(struct overlay *o)
{
	enum { KEY_LINE = 21, KEY_ROOM = 15 };
	const struct gallery *m = o->g->machines;
	if (m->count > KEY_ROOM)
		o->g->high += KEY_LINE * (int)(m->count - KEY_ROOM);
	fprintf(o->g->vars, "n = %zu\n", m->count);
	chart_array(o->g->vars, "names", m->count);
	chart_array(o->g->vars, "styles", m->count);
	chart_array(o->g->vars, "forms", m->count);
	for (size_t n = 0; n < m->count; n++) {
		const size_t i = m->order[n];
		char name[GALLERY_NAME];
		chart_shorten(m->machine[i].name, 20, name);
		chart_element(o->g->vars, "names", n + 1, name);
		fprintf(o->g->vars, "styles[%zu] = %d\nforms[%zu] = 0\n", n + 1, m->machine[i].style, n + 1);
		for (size_t p = 0; p < o->points; p++) {
			const struct summary *s;
			for (size_t from = 0; (s = next_of(o, i, &from)) != NULL;)
				if (x_of(o, s) == o->axis[p])
					put_point(o, i, s);
		}
		fputs("NaN\tNaN\tNaN\tNaN\t0\t\n\n\n", o->g->data);
	}
	fputs("NaN\tNaN\n\n\n", o->g->data); /* where throughput.gp looks for a ceiling */
	fputs("failures = 0\nnoisy = 0\n", o->g->vars);
}

static struct ranged self_speedup(const struct summary *s)
{
	return (struct ranged){s->self_speedup, s->self_speedup_low, s->self_speedup_high};
}

static struct ranged rate(const struct summary *s)
{
	const double items = (double)s->cell.items.value;
	return (struct ranged){s->items_per_second, items / s->median_high, items / s->median_low};
}

bool chart_machines_speedup(struct drawing *g, const char *kernel)
{
	struct overlay o = {
		.g = g, .k = find_kernel(g->machines, kernel), .x = "workers", .value = self_speedup};
	if (!o.k)
		return false;
	scan(&o);
	if (o.lines < 2)
		return false;
	put_lines(&o);
	const bool logarithmic = o.most > 8;
	fprintf(g->vars, "xlog = %d\nylog = %d\ncpus = 0\n", logarithmic, logarithmic);
	fprintf(g->vars, "xlow = %.9g\nxhigh = %.9g\n",
		logarithmic ? o.least / 1.15 : o.least - 0.05 * o.most, o.most * (logarithmic ? 1.15 : 1.05));
	fprintf(g->vars, "ylow = %.9g\nyhigh = %.9g\n", logarithmic ? fmin(o.low, 1) / 1.3 : 0,
		fmax(o.high, o.most) * (logarithmic ? 1.3 : 1.1));
	fputs("xtics_list = '", g->vars);
	double last = 0;
	for (size_t p = 0; p < o.points; p++)
		if (logarithmic ? (double)o.axis[p] >= 1.3 * last
				: (double)o.axis[p] >= last + 0.04 * o.most) {
			last = (double)o.axis[p];
			fprintf(g->vars, "%s%" PRIu64, p > 0 ? "," : "", o.axis[p]);
		}
	fputs("'\n", g->vars);
	chart_text(g->vars, "base", "speed-up over one worker");
	char counts[160];
	snprintf(g->title, sizeof g->title, "%.40s: speed-up over workers, all machines", kernel);
	put_problem(o.k, g->subtitle, sizeof g->subtitle);
	chart_counts(g, "bars: 95 % intervals", counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s Base: one worker of the same back end and machine.", counts);
	return true;
}

bool chart_machines_throughput(struct drawing *g, const char *kernel)
{
	struct overlay o = {.g = g, .k = find_kernel(g->machines, kernel), .x = "size", .value = rate};
	char text[160];
	if (!o.k)
		return false;
	scan(&o);
	if (o.lines < 2)
		return false;
	put_lines(&o);
	const bool ylog = o.high > 20 * o.low;
	fprintf(g->vars, "xlow = %.9g\nxhigh = %.9g\n", o.least / 1.5, o.most * 1.5);
	fprintf(g->vars, "ylow = %.9g\nyhigh = %.9g\nylog = %d\n", ylog ? o.low / 1.5 : 0,
		o.high * (ylog ? 1.5 : 1.1), ylog);
	snprintf(text, sizeof text, "problem size, %s", kernel_items(kernel));
	chart_text(g->vars, "xname", text);
	chart_rate_axis(g, "yscale", "yname", kernel, ylog ? 0 : o.high);
	snprintf(g->title, sizeof g->title, "%.40s: throughput over problem size, all machines", kernel);
	snprintf(g->subtitle, sizeof g->subtitle, "all CPUs of each machine");
	chart_counts(g, "bars: 95 % intervals", g->note, sizeof g->note);
	return true;
}
