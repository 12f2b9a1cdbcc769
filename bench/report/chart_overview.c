/* SPDX-License-Identifier: MIT */
/*
 * chart_overview.c - the whole sweep as small multiples: a column per kernel, its speed-up over workers above its
 * throughput over sizes. Fits one A4 page.
 */
#include "base/units.h"
#include "bench/backend/backend.h"
#include "bench/report/chart_lines.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <string.h>

enum { COLUMNS = 5, BLOCKS = 2, KERNELS_MOST = COLUMNS * BLOCKS, PANELS_MOST = 2 * KERNELS_MOST };
enum { LEGEND_COLUMNS = 5, LEGEND_LINE = 18, PANEL_HIGH = 210, TOP = 66, BOTTOM = 56 };

/* What is drawn, as it is collected. */
struct overview {
	struct drawing *g;
	struct series ways[SERIES_MOST]; /* back ends and lifetimes of all panels */
	size_t n_ways, panels, indices;
	bool noisy, failures;
};

static bool same_way(const struct factors *a, const struct factors *b)
{
	return series_order(a, b) == 0 ||
	       (backend_is_caller(a->backend) && strcmp(a->backend, b->backend) == 0);
}

static void add_way(struct overview *o, const struct factors *f)
{
	for (size_t k = 0; k < o->n_ways; k++)
		if (same_way(o->ways[k].of, f))
			return;
	if (o->n_ways == SERIES_MOST)
		return;
	size_t at = o->n_ways++;
	for (; at > 0 && series_order(f, o->ways[at - 1].of) < 0; at--)
		o->ways[at] = o->ways[at - 1];
	o->ways[at].of = f;
}

/* Writes a panel: where its data are, their styles, its axes. */
static void put_panel(struct overview *o, struct lines *l, size_t column, bool lower, const char *kernel)
{
	FILE *vars = o->g->vars;
	const size_t p = ++o->panels;
	double scale = 1;
	fprintf(vars, "column_of[%zu] = %zu\nlower[%zu] = %d\nfirst[%zu] = %zu\ncount[%zu] = %zu\n", p,
		column, p, lower, p, o->indices, p, l->n);
	for (size_t k = 0; k < l->n; k++) {
		fprintf(vars, "styles[%zu] = %d\nforms[%zu] = %d\n", o->indices + k + 1,
			series_style(&l->series[k]), o->indices + k + 1,
			strcmp(l->series[k].of->lifetime, "spawn") == 0);
		add_way(o, l->series[k].of);
	}
	lines_data(l);
	o->indices += l->n;
	o->noisy = o->noisy || l->noisy > 0;
	o->failures = o->failures || l->failures;
	if (!l->y_log)
		while (l->y_high / scale >= 1000 && lower)
			scale *= 1000;
	fprintf(vars,
		"x_low[%zu] = %.9g\nx_high[%zu] = %.9g\nx_log[%zu] = %d\n"
		"y_low[%zu] = %.9g\ny_high[%zu] = %.9g\ny_log[%zu] = %d\n",
		p, l->x_low, p, l->x_high, p, l->x_log, p, l->y_low, p, l->y_high, p, l->y_log);
	char text[96];
	snprintf(text, sizeof text, "%s", lower ? kernel_items(kernel) : "workers");
	chart_element(vars, "x_name", p, text);
	snprintf(text, sizeof text, "%s/s", kernel_items(kernel));
	chart_element(vars, "y_name", p, lower ? text : "speed-up over serial");
}

/* Writes the legend; its columns, which leave room for the longest name. */
static size_t put_legend(struct overview *o)
{
	enum { MARK = 40, LETTER = 7 }; /* points */
	size_t longest = 0;
	chart_array(o->g->vars, "way_names", o->n_ways);
	chart_array(o->g->vars, "way_styles", o->n_ways);
	chart_array(o->g->vars, "way_forms", o->n_ways);
	for (size_t k = 0; k < o->n_ways; k++) {
		char name[128];
		series_name(o->ways, o->n_ways, k, name, sizeof name);
		longest = strlen(name) > longest ? strlen(name) : longest;
		chart_element(o->g->vars, "way_names", k + 1, name);
		fprintf(o->g->vars, "way_styles[%zu] = %d\nway_forms[%zu] = %d\n", k + 1,
			series_style(&o->ways[k]), k + 1, strcmp(o->ways[k].of->lifetime, "spawn") == 0);
	}
	const size_t fit = (size_t)o->g->wide / (MARK + LETTER * longest);
	return fit > LEGEND_COLUMNS ? LEGEND_COLUMNS : fit > 0 ? fit : 1;
}

static void put_arrays(struct drawing *g, size_t n)
{
	static const char *const of_panel[] = {"column_of", "lower", "first", "count", "ceiling", "x_low",
		"x_high", "x_log", "y_low", "y_high", "y_log", "x_name", "y_name"};
	for (size_t i = 0; i < sizeof of_panel / sizeof *of_panel; i++)
		chart_array(g->vars, of_panel[i], 2 * n);
	chart_array(g->vars, "styles", 2 * n * (SERIES_MOST + 1));
	chart_array(g->vars, "forms", 2 * n * (SERIES_MOST + 1));
	chart_array(g->vars, "heads", n);
}

bool chart_overview(struct drawing *g, const char *whole)
{
	const char *kernel[KERNELS_MOST];
	const size_t n = dataset_subjects(g->d, kernel, KERNELS_MOST);
	struct overview o = {.g = g};
	size_t shown = 0;
	(void)whole;
	put_arrays(g, n);
	for (size_t k = 0; k < n; k++) {
		const struct summary *focus = dataset_focus(g->d, kernel[k]);
		struct lines speed, sizes;
		const bool scales = lines_over_workers(&speed, g, SPEEDUP, focus);
		const bool grows = lines_over_sizes(&sizes, g, focus);
		if (!scales && !grows)
			continue;
		char head[96];
		snprintf(head, sizeof head, "%s, %.20s", kernel[k], focus->cell.variant);
		chart_element(g->vars, "heads", ++shown, head);
		if (scales) {
			put_panel(&o, &speed, shown, false, kernel[k]);
			fprintf(g->vars, "ceiling[%zu] = -1\n", o.panels);
		}
		if (grows) {
			put_panel(&o, &sizes, shown, true, kernel[k]);
			const bool known = lines_ceiling(g, focus);
			fprintf(g->vars, "ceiling[%zu] = %d\n", o.panels, known ? (int)o.indices : -1);
			o.indices++;
		}
	}
	if (shown == 0)
		return false;
	const size_t columns = put_legend(&o);
	const size_t blocks = (shown + COLUMNS - 1) / COLUMNS, across = shown < COLUMNS ? shown : COLUMNS;
	const size_t legend = (o.n_ways + columns - 1) / columns;
	fprintf(g->vars,
		"kernels = %zu\npanels = %zu\nacross = %zu\nblocks = %zu\nn_ways = %zu\nlegend_columns = %zu\n"
		"legend_line = %d.0\ntop = %zu.0\nbottom = %d.0\ncpus = %u\n",
		shown, o.panels, across, blocks, o.n_ways, columns, LEGEND_LINE, TOP + LEGEND_LINE * legend,
		BOTTOM, dataset_cpus(g->d));
	g->high = (int)(TOP + LEGEND_LINE * legend + BOTTOM + 2 * PANEL_HIGH * blocks);
	snprintf(g->title, sizeof g->title, "Overview: speed-up and throughput of every kernel");
	snprintf(g->subtitle, sizeof g->subtitle,
		"top: speed-up over workers, at the largest size; bottom: throughput over size, at the most workers "
		"within the CPUs");
	char counts[160];
	chart_counts(g, "bars: 95 % intervals", counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s Dash-dotted: ideal speed-up, memory ceiling.%s%s", counts,
		o.noisy ? " Faint: too noisy." : "", o.failures ? " Crosses: failed." : "");
	return true;
}
