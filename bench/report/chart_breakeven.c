/* SPDX-License-Identifier: MIT */
/*
 * chart_breakeven.c - the chart of break-even sizes: from which size on workers beat serial, and
 * processes cost no more than threads; one row per way of working.
 */
#include "bench/report/breakeven.h"
#include "bench/report/label.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <string.h>

struct rows {
	struct drawing *g;
	size_t count, heads;
	double low, high; /* of the sizes measured */
	size_t width;     /* of the longest name */
	int styles;       /* the highest */
	bool any;         /* something is decided, or nearly */
};

static void put_row(struct rows *rows, const struct ratios *r, double level, const char *name, int style,
	int form, const char *what)
{
	struct drawing *g = rows->g;
	const struct crossing c = crossing_find(r, level);
	char text[CROSSING_TEXT], hover[400];
	const size_t place = ++rows->count;
	chart_tic(g->vars, "names", place, name);
	rows->width = strlen(name) > rows->width ? strlen(name) : rows->width;
	for (size_t k = 0; k < r->count; k++) {
		rows->low = fmin(rows->low, (double)r->size[k]);
		rows->high = fmax(rows->high, (double)r->size[k]);
	}
	rows->styles = style > rows->styles ? style : rows->styles;
	rows->any = rows->any || crossing_kind(&c) != CROSSING_UNDECIDED;
	fprintf(g->data, "%zu\t", place);
	const double ends[] = {c.at, c.low, c.high};
	for (size_t k = 0; k < 3; k++) {
		/* what lies beyond the sizes measured is drawn to the edge: the script knows where that is */
		chart_real(g->data, isinf(ends[k]) ? 1e300 : ends[k]);
		fputc('\t', g->data);
	}
	fprintf(g->data, "%d\t%d\t%d\t", (int)crossing_kind(&c) + 1, style, form);
	chart_field(g->data, crossing_text(&c, text));
	snprintf(hover, sizeof hover, "%s, %s: %s; %zu sizes measured", name, what, text, r->count);
	fputc('\t', g->data);
	chart_field(g->data, hover);
	fputc('\n', g->data);
}

static void put_head(struct rows *rows, const char *text)
{
	rows->width = strlen(text) > rows->width ? strlen(text) : rows->width;
	chart_element(rows->g->vars, "heads", ++rows->heads, text);
	fprintf(rows->g->vars, "head_at[%zu] = %zu\n", rows->heads, ++rows->count);
	chart_element(rows->g->vars, "names", rows->count, "");
}

static void put_over_serial(struct rows *rows, const struct summary *focus)
{
	struct series series[SERIES_MOST];
	const size_t n = chart_series(rows->g->d, &focus->cell, "size", series);
	struct ratios r;
	bool headed = false;
	for (size_t k = 0; k < n; k++) {
		char name[128];
		ratios_to_serial(rows->g->d, series[k].of, &r);
		if (r.count < 2)
			continue;
		if (!headed)
			put_head(rows, "faster than serial");
		headed = true;
		series_name(series, n, k, name, sizeof name);
		put_row(rows, &r, 1, name, series_style(&series[k]),
			strcmp(series[k].of->lifetime, "spawn") == 0, "faster than serial");
	}
}

static void put_over_threads(struct rows *rows, const struct summary *focus)
{
	struct worker_pair pairs[WORKER_PAIRS_MOST];
	const size_t n = worker_pairs(rows->g->d, &focus->cell, pairs);
	struct ratios r;
	bool headed = false;
	char head[64];
	snprintf(head, sizeof head, "processes within %.0f %%", 100 * report_margin);
	for (size_t k = 0; k < n; k++) {
		char name[128];
		ratios_of_pair(rows->g->d, &focus->cell, &pairs[k], &r);
		if (r.count < 2)
			continue;
		if (!headed)
			put_head(rows, head);
		headed = true;
		snprintf(name, sizeof name, "%s / %s, %s", pairs[k].processes, pairs[k].threads,
			pairs[k].lifetime);
		put_row(rows, &r, 1 + report_margin, name, backend_style(pairs[k].processes),
			strcmp(pairs[k].lifetime, "spawn") == 0, head);
	}
}

bool chart_breakeven(struct drawing *g, const char *kernel)
{
	const struct summary *focus = dataset_focus(g->d, kernel);
	struct rows rows = {.g = g, .low = INFINITY};
	if (!focus || focus->cell.workers.value < 2)
		return false;
	chart_array(g->vars, "names", SERIES_MOST + WORKER_PAIRS_MOST + 2);
	chart_array(g->vars, "heads", 2);
	chart_array(g->vars, "head_at", 2);
	put_over_serial(&rows, focus);
	put_over_threads(&rows, focus);
	if (!rows.any)
		return false;
	fprintf(g->vars, "n = %zu\nn_heads = %zu\nstyles = %d\nname_width = %zu\nxlow = %.9g\nxhigh = %.9g\n",
		rows.count, rows.heads, rows.styles, rows.width < 40 ? rows.width : (size_t)40, rows.low,
		rows.high);
	char text[160], setting[256];
	snprintf(text, sizeof text, "break-even size, %s", kernel_items(kernel));
	chart_text(g->vars, "xname", text);
	g->high = 200 + 25 * (int)rows.count;
	snprintf(g->title, sizeof g->title, "%s: break-even size", kernel);
	cell_setting(&focus->cell, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%" PRIu64 " workers; %s", focus->cell.workers.value,
		setting);
	snprintf(g->note, sizeof g->note,
		"Interpolated between measured sizes (dotted: smallest, largest); bars: 95 %% intervals. Arrows: "
		"at every size, at no size.");
	return true;
}
