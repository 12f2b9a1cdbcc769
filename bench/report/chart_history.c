/* SPDX-License-Identifier: MIT */
/*
 * chart_history.c - the times of cells over a series of sweeps: a panel per cell, those that changed first.
 */
#include "bench/report/chart.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PANELS_MOST = 12, PANEL_HIGH = 130, TICS_MOST = 12, TITLE_LETTERS = 110 };

/* How far the times of a cell moved: the largest change, as a logarithm; 0 for none. */
static double moved(const struct history *h, const struct history_cell *c)
{
	double most = 0;
	for (size_t i = 0; i < c->changes; i++) {
		const struct change_row *row = table_row(&h->changes, c->first_change + i);
		most = fmax(most, fabs(log(row->ratio)));
	}
	return most;
}

/* The cells to show, in falling order of their changes; without any change, those of the most sweeps. */
static size_t choose(const struct history *h, const struct history_cell **out)
{
	size_t n = 0, changed = 0;
	for (size_t i = 0; i < h->cells; i++)
		changed += h->cell[i].changes > 0;
	for (size_t i = 0; i < h->cells; i++) {
		const struct history_cell *c = &h->cell[i];
		if (c->having < 2 || (changed > 0 && c->changes == 0))
			continue;
		size_t at = n < PANELS_MOST ? n++ : PANELS_MOST;
		for (; at > 0 && moved(h, c) > moved(h, out[at - 1]); at--)
			if (at < PANELS_MOST)
				out[at] = out[at - 1];
		if (at < PANELS_MOST)
			out[at] = c;
	}
	return n;
}

/* The level of each stretch between changes: first and last sweep, seconds. */
static void put_levels(struct drawing *g, const struct history_cell *c, double unit)
{
	const struct history *h = g->history;
	for (size_t i = 0; i < c->changes; i++) {
		const struct change_row *row = table_row(&h->changes, c->first_change + i);
		const struct change_row *next =
			i + 1 < c->changes ? table_row(&h->changes, c->first_change + i + 1) : NULL;
		if (i == 0)
			fprintf(g->data, "-0.4\t%.9g\n%.1f\t%.9g\n\n", row->before_seconds / unit,
				(double)row->sweep.value - 0.5, row->before_seconds / unit);
		fprintf(g->data, "%.1f\t%.9g\n%.1f\t%.9g\n\n", (double)row->sweep.value - 0.5,
			row->after_seconds / unit,
			next ? (double)next->sweep.value - 0.5 : (double)h->sweeps - 0.6,
			row->after_seconds / unit);
	}
	fputs("NaN\tNaN\n\n\n", g->data);
}

static void put_panel(struct drawing *g, size_t p, const struct history_cell *c)
{
	const struct history *h = g->history;
	char name[200], title[TITLE_LETTERS + 4], unit_name[8], text[320], seconds[UNITS_BYTES];
	double low = INFINITY, high = 0;
	for (size_t i = 0; i < h->sweeps; i++) {
		low = fmin(low, c->seconds[i]);
		high = fmax(high, c->seconds[i]);
	}
	const double unit = units_seconds_unit(high, unit_name), room = fmax(high - low, 0.02 * high);
	cell_name(&c->cell, name, sizeof name);
	chart_shorten(name, TITLE_LETTERS, title);
	snprintf(text, sizeof text, "%s [%s]", title, unit_name);
	chart_element(g->vars, "heads", p, text);
	fprintf(g->vars, "ylow[%zu] = %.9g\nyhigh[%zu] = %.9g\n", p, (low - 0.25 * room) / unit, p,
		(high + 0.25 * room) / unit);
	for (size_t i = 0; i < h->sweeps; i++) {
		if (isnan(c->seconds[i]))
			continue;
		fprintf(g->data, "%zu\t%.9g\t", i, c->seconds[i] / unit);
		chart_real(g->data, c->low[i] / unit);
		fputc('\t', g->data);
		chart_real(g->data, c->high[i] / unit);
		snprintf(text, sizeof text, "sweep %zu, %.47s: %s", i + 1, h->sweep[i].commit,
			units_seconds(c->seconds[i], seconds));
		fputc('\t', g->data);
		chart_field(g->data, text);
		fputc('\n', g->data);
	}
	fputs("\n\n", g->data);
	put_levels(g, c, unit);
}

/* Commits as tics of x, as many as there is room for. */
static void put_commits(struct drawing *g)
{
	const struct history *h = g->history;
	const size_t every = (h->sweeps + TICS_MOST - 1) / TICS_MOST;
	size_t n = 0;
	chart_array(g->vars, "commits", TICS_MOST + 1);
	chart_array(g->vars, "commit_at", TICS_MOST + 1);
	for (size_t i = 0; i < h->sweeps; i += every) {
		char text[12];
		snprintf(text, sizeof text, "%.9s", *h->sweep[i].commit ? h->sweep[i].commit : "?");
		n++;
		chart_tic(g->vars, "commits", n, text);
		fprintf(g->vars, "commit_at[%zu] = %zu\n", n, i);
	}
	fprintf(g->vars, "n_commits = %zu\n", n);
}

bool chart_history(struct drawing *g, const char *all)
{
	const struct history *h = g->history;
	const struct history_cell *cell[PANELS_MOST];
	const size_t n = choose(h, cell);
	size_t changed = 0;
	(void)all;
	if (n == 0)
		return false;
	for (size_t i = 0; i < h->cells; i++)
		changed += h->cell[i].changes > 0;
	fprintf(g->vars, "panels = %zu\nsweeps = %zu\npanel_high = %d\n", n, h->sweeps, PANEL_HIGH);
	chart_array(g->vars, "heads", n);
	chart_array(g->vars, "ylow", n);
	chart_array(g->vars, "yhigh", n);
	put_commits(g);
	for (size_t p = 0; p < n; p++)
		put_panel(g, p + 1, cell[p]);
	g->high = 190 + PANEL_HIGH * (int)n;
	snprintf(g->title, sizeof g->title, "Times of cells over %zu sweeps", h->sweeps);
	snprintf(g->subtitle, sizeof g->subtitle,
		"%zu of %zu cells changed; %zu shown, the largest change first", changed, h->tested, n);
	snprintf(g->note, sizeof g->note,
		"Medians of launches; bars: 95 %% intervals. Lines: levels between changes.");
	return true;
}
