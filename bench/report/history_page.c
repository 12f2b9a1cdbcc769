/* SPDX-License-Identifier: MIT */
/* history_page.c - the page of a history, as HTML and Markdown. */
#include "bench/report/history_page.h"

#include "base/units.h"
#include "bench/report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct page {
	const struct history *h;
	const char *out;
	struct plots plots;
	char no_plots[PAGE_REASON];
	struct headline headline;
	struct report_table changes, sweeps;
};

static int table_changes(const struct history *h, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {"cell", "verdict", "time after / before", "95 % interval",
		"since", "commit", "commit before", "before", "after", "sweeps before", "sweeps after", "p",
		"q", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < h->changes.count; i++) {
		const struct change_row *row = table_row(&h->changes, i);
		struct report_cell *c = report_table_row(t, e);
		char text[200];
		if (!c)
			return -1;
		cell_name(&row->cell, text, sizeof text);
		report_table_text(&c[0], text);
		report_table_text(&c[1], row->verdict);
		report_table_change(
			&c[2], &c[3], (struct ranged){row->ratio, row->ratio_low, row->ratio_high});
		report_table_text(&c[4], units_date(row->started, text));
		report_table_text(&c[5], row->commit);
		report_table_text(&c[6], row->previous_commit);
		report_table_number(&c[7], row->before_seconds, units_seconds(row->before_seconds, text));
		report_table_number(&c[8], row->after_seconds, units_seconds(row->after_seconds, text));
		report_table_count(&c[9], row->before_sweeps);
		report_table_count(&c[10], row->after_sweeps);
		snprintf(text, sizeof text, "%.2g", row->p_value);
		report_table_number(&c[11], row->p_value, text);
		snprintf(text, sizeof text, "%.2g", row->q_value);
		report_table_number(&c[12], row->q_value, text);
	}
	return 0;
}

static int table_sweeps(const struct history *h, struct report_table *t, struct err *e)
{
	static const char *const heads[] = {
		"sweep", "began", "commit", "cells", "slower since", "faster since", "folder", NULL};
	report_table_begin(t, heads);
	for (size_t i = 0; i < h->sweeps; i++) {
		struct report_cell *c = report_table_row(t, e);
		uint64_t cells = 0, slower = 0, faster = 0;
		char text[32];
		if (!c)
			return -1;
		for (size_t k = 0; k < h->cells; k++)
			cells += isnan(h->cell[k].seconds[i]) ? 0 : 1;
		for (size_t k = 0; k < h->changes.count; k++) {
			const struct change_row *row = table_row(&h->changes, k);
			const bool here = row->sweep.value == i, slow = strcmp(row->verdict, "slower") == 0;
			slower += here && slow;
			faster += here && !slow;
		}
		report_table_count(&c[0], uint_known(i + 1));
		report_table_text(&c[1], units_date(h->sweep[i].started, text));
		report_table_text(&c[2], h->sweep[i].commit);
		report_table_count(&c[3], uint_known(cells));
		report_table_count(&c[4], uint_known(slower));
		report_table_count(&c[5], uint_known(faster));
		report_table_text(&c[6], h->sweep[i].dir);
	}
	return 0;
}

static void put_answer(struct page *p)
{
	const struct history *h = p->h;
	struct answer *a = &p->headline.answer[p->headline.count++];
	const struct change_row *worst = NULL;
	size_t changed = 0;
	char name[200], date[32];
	for (size_t i = 0; i < h->cells; i++)
		changed += h->cell[i].changes > 0;
	*a = (struct answer){.id = "changes", .question = "What changed"};
	snprintf(a->text, sizeof a->text, "%zu change%s in %zu of %zu cells over %zu sweeps.",
		h->changes.count, units_plural(h->changes.count), changed, h->tested, h->sweeps);
	for (size_t i = 0; i < h->changes.count; i++) {
		const struct change_row *row = table_row(&h->changes, i);
		if (!worst || row->ratio > worst->ratio)
			worst = row;
	}
	if (!worst || worst->ratio <= 1)
		return;
	a = &p->headline.answer[p->headline.count++];
	*a = (struct answer){.id = "slower", .question = "Largest slow-down"};
	cell_name(&worst->cell, name, sizeof name);
	snprintf(a->text, sizeof a->text,
		"%s: %.3f times the time (%.3f to %.3f) since %s, commit %s; the sweep before was of %s.",
		name, worst->ratio, worst->ratio_low, worst->ratio_high, units_date(worst->started, date),
		*worst->commit ? worst->commit : "unknown",
		*worst->previous_commit ? worst->previous_commit : "unknown");
}

static const char *const method[] = {
	"A series is the medians of one cell, a value per sweep, in the order of time. Where it changes is found by E-divisive "
	"(Matteson and James 2014): the split with the largest energy distance between both sides, tested against random "
	"orders, then again within the parts. With --method hunter a t-test takes the place of random orders.",
	"The first test of each cell is adjusted for all cells (Benjamini and Hochberg), so that at most 5 % of the cells said "
	"to have changed have not, unless another level was asked for. Changes within the margin are not listed.",
	"A change is seen from the second sweep after it. Sweeps that depend on their predecessors, such as those of a machine "
	"that drifts, look like changes.",
	NULL};

static void put_page(const void *page, const struct layout *as, FILE *f)
{
	const struct page *p = page;
	const struct history *h = p->h;
	struct page_top top = {
		.name = "parscale history", .subject = h->sweep[0].model, .headline = &p->headline};
	char from[32], to[32];
	snprintf(top.about, sizeof top.about, "%s%s%zu sweeps, %s to %s", h->sweep[0].model,
		*h->sweep[0].model ? " · " : "", h->sweeps, units_date(h->sweep[0].started, from),
		units_date(h->sweep[h->sweeps - 1].started, to));
	page_link_add(&top, "changes", "Changes");
	page_link_add(&top, "sweeps", "Sweeps");
	page_link_add(&top, "method", "Method");
	as->top(f, &top);
	if (*p->no_plots)
		as->paragraph(f, p->no_plots);
	as->heading(f, 2, "changes", "Changes");
	page_charts(f, as, p->out, &p->plots, OF_HISTORY, NULL);
	page_table(f, as, "All changes", &p->changes, SHEET_OPEN);
	as->heading(f, 2, "sweeps", "Sweeps");
	as->sheet(f, &p->sweeps, SHEET_OPEN);
	as->heading(f, 2, "method", "Method");
	for (const char *const *text = method; *text; text++)
		as->paragraph(f, *text);
	as->bottom(f);
}

static int write_all(struct page *p, FILE *say, struct err *e)
{
	struct err plotting = {0};
	if (page_folder(p->out, e) != 0)
		return -1;
	plots_draw_history(p->h, p->out, &p->plots, &plotting);
	if (page_plotted(&p->plots, &plotting, "page", p->no_plots, e) != 0 ||
		page_write(p->out, "history.html", &layout_html, put_page, p, say, e) != 0)
		return -1;
	return page_write(p->out, "history.md", &layout_md, put_page, p, say, e);
}

int history_page_write(const struct history *h, const char *out, FILE *say, struct err *e)
{
	struct page *p = calloc(1, sizeof *p);
	if (!p)
		return err_set(e, ERR_FAILED, "out of memory");
	*p = (struct page){.h = h, .out = out};
	put_answer(p);
	int bad = table_changes(h, &p->changes, e);
	if (!bad)
		bad = table_sweeps(h, &p->sweeps, e);
	if (!bad)
		bad = write_all(p, say, e);
	report_table_free(&p->changes);
	report_table_free(&p->sweeps);
	plots_free(&p->plots);
	free(p);
	return bad;
}
