/* SPDX-License-Identifier: MIT */
/*
 * chart_roofline.c - the roofline chart: the rate of each kernel over its arithmetic intensity,
 * below the measured ceilings of memory and of registers.
 *
 * A roof of memory is a line of slope 1 (operations/s = intensity * bytes/s), a roof of registers
 * is horizontal. Roofs are scaled to the time in which workers compute, since start-up is not the
 * machine's limit; points are not, since users pay for it. One panel is for one worker, one for as
 * many as the CPUs carry.
 */
#include "bench/report/chart.h"

#include "base/units.h"
#include "bench/data/ceiling.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROOFS = 16, PANELS = 2, PANEL_HIGH = 380, MARGINS = 190, PLOT_HIGH = 300 };

/* One roof of a panel: `most` is bytes or operations a second. */
struct roof {
	const struct summary *of;
	double most;
	char label[64];
	bool written; /* its bytes are also written: copy, triad */
};

struct panel {
	uint64_t workers;
	double y_low, y_high;
	struct roof memory[ROOFS], registers[ROOFS];
	size_t memories, peaks;
};

static const struct kernel *ceiling_of(const struct summary *s, enum ceiling kind)
{
	const struct kernel *k = row_ok(s) ? ceiling_kernel(s) : NULL;
	return k && k->ceiling == kind ? k : NULL;
}

/* The rate of a ceiling's cell while its workers compute, without what is around that. */
static double computing(const struct summary *s, double per_second)
{
	return s->compute_ns > 0 ? per_second * s->median_seconds / (s->compute_ns * 1e-9) : per_second;
}

/* Keeps the faster of two with the same label. */
static void add_roof(struct roof *roofs, size_t *n, const struct roof *one)
{
	size_t i = 0;
	while (i < *n && strcmp(roofs[i].label, one->label) != 0)
		i++;
	if (i == *n && *n == ROOFS)
		return;
	if (i == *n)
		++*n;
	else if (!(one->most > roofs[i].most))
		return;
	roofs[i] = *one;
}

static void add_memory(const struct dataset *d, struct panel *p)
{
	double largest = 0;
	char level[UNITS_BYTES];
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (s->cell.workers.value == p->workers && ceiling_of(s, CEILING_TRAFFIC))
			largest = fmax(largest, ceiling_bytes(s));
	}
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		struct roof r = {.of = s, .most = computing(s, s->bytes_per_second)};
		if (s->cell.workers.value != p->workers || !(r.most > 0))
			continue;
		if (ceiling_of(s, CEILING_READ)) {
			snprintf(r.label, sizeof r.label, "read %s",
				dataset_level(d, ceiling_bytes(s), p->workers, level));
			add_roof(p->memory, &p->memories, &r);
		} else if (ceiling_of(s, CEILING_TRAFFIC) && ceiling_bytes(s) > 0.9 * largest) {
			r.written = true;
			snprintf(r.label, sizeof r.label, "%s %s", s->cell.kernel,
				dataset_level(d, ceiling_bytes(s), p->workers, level));
			add_roof(p->memory, &p->memories, &r);
		}
	}
}

/* The peaks of whole numbers of each instruction set, of the other kinds the best. */
static void add_registers(const struct dataset *d, struct panel *p)
{
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		struct roof r = {.of = s, .most = computing(s, s->items_per_second)};
		if (s->cell.workers.value != p->workers || !ceiling_of(s, CEILING_OPERATIONS) ||
			!(r.most > 0))
			continue;
		if (strcmp(s->cell.kernel, "peak") == 0)
			snprintf(r.label, sizeof r.label, "integers %s", s->cell.variant);
		else
			snprintf(r.label, sizeof r.label, "%s",
				strcmp(s->cell.kernel, "flops") == 0 ? "multiply-add" : "division");
		add_roof(p->registers, &p->peaks, &r);
	}
}

static int lower(const void *a, const void *b)
{
	const double x = ((const struct roof *)a)->most, y = ((const struct roof *)b)->most;
	return (x > y) - (x < y);
}

/* One worker, and the most that do not take turns; those that have roofs. How many. */
static size_t find_panels(const struct dataset *d, struct panel *panels)
{
	const unsigned cpus = dataset_cpus(d);
	uint64_t all = 1;
	size_t n = 0;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		const uint64_t w = s->cell.workers.value;
		if (ceiling_of(s, CEILING_OPERATIONS) && w > all && (cpus == 0 || w <= cpus))
			all = w;
	}
	for (uint64_t w = 1; n < PANELS; w = all) {
		panels[n] = (struct panel){.workers = w};
		add_memory(d, &panels[n]);
		add_registers(d, &panels[n]);
		qsort(panels[n].memory, panels[n].memories, sizeof(struct roof), lower);
		qsort(panels[n].registers, panels[n].peaks, sizeof(struct roof), lower);
		n += panels[n].memories > 0 && panels[n].peaks > 0;
		if (w == all)
			break;
	}
	return n;
}

/* --- the kernels under the roofs --- */

struct points {
	const char *kernel[SERIES_MOST];
	size_t kernels;
	double x_low, x_high;
};

static double intensity(const struct summary *s)
{
	return s->operations_per_second / s->bytes_per_second;
}

/* Whether a row is a point of a panel: the fastest of its kernel, variant and size there. */
static bool is_point(const struct dataset *d, const struct panel *p, const struct summary *s)
{
	const struct kernel *k = row_ok(s) ? ceiling_kernel(s) : NULL;
	if (!k || k->ceiling != CEILING_NONE || s->cell.workers.value != p->workers || !(intensity(s) > 0) ||
		isinf(intensity(s)))
		return false;
	return dataset_fastest(d, s);
}

static bool is_failed(const struct panel *p, const struct summary *s)
{
	const struct kernel *k = row_ok(s) ? NULL : ceiling_kernel(s);
	return k && k->ceiling == CEILING_NONE && k->demands && s->cell.workers.value == p->workers &&
	       s->rejected.value > 0;
}

static size_t name_of(struct points *all, const char *kernel)
{
	size_t k = 0;
	while (k < all->kernels && strcmp(all->kernel[k], kernel) != 0)
		k++;
	if (k == all->kernels && k < SERIES_MOST)
		all->kernel[all->kernels++] = kernel;
	return k;
}

static bool is_plain(const char *variant)
{
	static const char *const plain[] = {"reference", "scalar", "ompsimd"};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strcmp(variant, plain[i]) == 0)
			return true;
	return false;
}

static int by_kernel(const void *a, const void *b)
{
	return kernel_order(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_points(const struct dataset *d, struct panel *p, struct points *all)
{
	size_t n = 0;
	p->y_low = p->registers[0].most;
	p->y_high = p->registers[p->peaks - 1].most;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (!is_point(d, p, s))
			continue;
		n++;
		name_of(all, s->cell.kernel);
		all->x_low = fmin(all->x_low, intensity(s));
		all->x_high = fmax(all->x_high, intensity(s));
		p->y_low = fmin(p->y_low, s->operations_per_second);
	}
	return n;
}

static void put_point(struct drawing *g, struct points *all, const struct summary *s)
{
	const double y = s->operations_per_second, middle = s->median_seconds;
	const double low = y * middle / s->median_high, high = y * middle / s->median_low;
	char text[400], name[160], rate[UNITS_BYTES], bytes[UNITS_BYTES], a[UNITS_BYTES], b[UNITS_BYTES];
	cell_name(&s->cell, name, sizeof name);
	int n = snprintf(text, sizeof text, "%s: %s operations/s", name, units_count(y, rate));
	if (!isnan(low))
		n += snprintf(text + n, sizeof text - (size_t)n, " (%s to %s)", units_count(low, a),
			units_count(high, b));
	n += snprintf(text + n, sizeof text - (size_t)n, ", %.3g op/byte, %sB/s", intensity(s),
		units_count(s->bytes_per_second, bytes));
	if (*s->ceiling)
		snprintf(text + n, sizeof text - (size_t)n, "; %.0f %% of %s", s->pct_of_ceiling, s->ceiling);
	fprintf(g->data, "%zu\t%.9g\t%.9g\t", name_of(all, s->cell.kernel) + 1, intensity(s), y);
	chart_real(g->data, low);
	fputc('\t', g->data);
	chart_real(g->data, high);
	fprintf(g->data, "\t%d\t", is_plain(s->cell.variant));
	chart_field(g->data, text);
	fputc('\n', g->data);
	chart_shown(g, s);
}

/* --- the roofs --- */

/* Where a label goes along its roof, as a share of its length: on from the one before where that is so near
 * that they would print over each other. */
static double aside_of(const struct roof *roofs, size_t i, const struct panel *p, double step)
{
	const double decade = PLOT_HIGH / log10(p->y_high / p->y_low), near = 17;
	double at = 0;
	for (size_t k = 1; k <= i; k++)
		at = decade * log10(roofs[k].most / roofs[k - 1].most) < near ? at + step : 0;
	return at;
}

static void put_roof(
	struct drawing *g, const struct roof *r, const double line[4], const double label[2], bool memory)
{
	char value[UNITS_BYTES], text[160], name[160];
	units_count(r->most, value);
	fprintf(g->data, "%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%d\t", line[0], line[1], line[2], line[3],
		label[0], label[1], r->written);
	snprintf(text, sizeof text, "%s %s%s", r->label, value, memory ? "B/s" : "/s");
	chart_field(g->data, text);
	fputc('\t', g->data);
	cell_name(&r->of->cell, name, sizeof name);
	snprintf(text + strlen(text), sizeof text - strlen(text), ": %.100s", name);
	chart_field(g->data, text);
	fputc('\n', g->data);
}

static void put_roofs(struct drawing *g, const struct panel *p, const struct points *all)
{
	const double top = p->registers[p->peaks - 1].most, fastest = p->memory[p->memories - 1].most;
	for (size_t i = 0; i < p->memories; i++) {
		const struct roof *r = &p->memory[i];
		const double from = fmax(all->x_low, p->y_low / r->most),
			     to = fmin(top / r->most, all->x_high);
		const double at = from * pow(to / from, 0.02 + aside_of(p->memory, i, p, 0.28));
		put_roof(g, r, (const double[]){from, from * r->most, to, to * r->most},
			(const double[]){at, at * r->most}, true);
		chart_shown(g, r->of);
	}
	fputs("\n\n", g->data);
	for (size_t i = 0; i < p->peaks; i++) {
		const struct roof *r = &p->registers[i];
		const double from = fmax(r->most / fastest, all->x_low);
		const double at = all->x_high * pow(from / all->x_high, aside_of(p->registers, i, p, 0.3));
		put_roof(g, r, (const double[]){from, r->most, all->x_high, r->most},
			(const double[]){at, r->most}, false);
		chart_shown(g, r->of);
	}
	fputs("\n\n", g->data);
}

static void put_words(struct drawing *g, const struct panel *p, size_t panels, const struct points *all)
{
	char counts[160], text[64];
	chart_array(g->vars, "heads", panels);
	for (size_t k = 0; k < panels; k++) {
		snprintf(text, sizeof text, "%" PRIu64 " worker%s", p[k].workers, units_plural(p[k].workers));
		chart_element(g->vars, "heads", k + 1, text);
	}
	chart_array(g->vars, "names", all->kernels);
	for (size_t k = 0; k < all->kernels; k++)
		chart_element(g->vars, "names", k + 1, all->kernel[k]);
	snprintf(g->title, sizeof g->title, "Roofline: kernels under the ceilings of this machine");
	snprintf(g->subtitle, sizeof g->subtitle,
		"operations: on 64-bit lanes, only those the algorithm requires; open points: plain C");
	chart_counts(g, "bars: 95 % intervals", counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s Roofs: measured in this sweep, compute phase only.", counts);
}

bool chart_roofline(struct drawing *g, const char *whole)
{
	const struct dataset *d = g->d;
	struct panel *p = calloc(PANELS, sizeof *p);
	struct points all = {.x_low = 0.1, .x_high = 8};
	size_t panels = p ? find_panels(d, p) : 0, points = 0;
	bool failures = false;
	(void)whole;
	for (size_t k = 0; k < panels; k++)
		points += count_points(d, &p[k], &all);
	qsort(all.kernel, all.kernels, sizeof *all.kernel, by_kernel);
	if (points > 0) {
		all.x_low /= 2;
		all.x_high *= 3;
		fprintf(g->vars, "panels = %zu\nn = %zu\nxlow = %.6g\nxhigh = %.6g\n", panels, all.kernels,
			all.x_low, all.x_high);
		chart_array(g->vars, "ylow", panels);
		chart_array(g->vars, "yhigh", panels);
		for (size_t k = 0; k < panels; k++) {
			p[k].y_low /= 2;
			p[k].y_high *= 2;
			fprintf(g->vars, "ylow[%zu] = %.6g\nyhigh[%zu] = %.6g\n", k + 1, p[k].y_low, k + 1,
				p[k].y_high);
		}
		for (size_t k = 0; k < panels; k++) {
			put_roofs(g, &p[k], &all);
			for (size_t i = 0; i < d->summary.count; i++) {
				if (is_point(d, &p[k], dataset_row(d, i)))
					put_point(g, &all, dataset_row(d, i));
				failures = failures || is_failed(&p[k], dataset_row(d, i));
			}
			fputs("\n\n", g->data);
		}
		g->high = MARGINS + PANEL_HIGH * (int)panels;
		put_words(g, p, panels, &all);
		if (failures)
			strcat(g->note, " Failed cells are not shown.");
	}
	free(p);
	return points > 0;
}
