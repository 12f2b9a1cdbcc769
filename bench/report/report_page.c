/* SPDX-License-Identifier: MIT */
/* report_page.c - the order of a report's parts, the same for every form it is laid out in. */
#include "bench/report/report.h"

#include <string.h>

struct page {
	const struct report *r;
	const struct layout *as;
	FILE *f;
};

/* The charts of a part of the report; subject NULL: of all. */
static void put_charts(const struct page *p, enum chart_part part, const char *subject)
{
	for (size_t i = 0; i < p->r->plots.count; i++) {
		const struct plotted *one = &p->r->plots.list[i];
		if (one->chart->part == part && (!subject || strcmp(one->subject, subject) == 0))
			p->as->chart(p->f, p->r, one);
	}
}

static void put_table(
	const struct page *p, const char *head, const struct report_table *g, enum report_table_style style)
{
	if (g->rows == 0)
		return;
	if (head)
		p->as->heading(p->f, 3, NULL, head);
	p->as->sheet(p->f, g, style);
}

static void put_kernel(const struct page *p, const struct section *s)
{
	char id[80];
	snprintf(id, sizeof id, "kernel-%.60s", s->kernel);
	p->as->heading(p->f, 2, id, s->kernel);
	p->as->sentences(p->f, &s->answer, false);
	put_charts(p, OF_KERNEL, s->kernel);
	if (s->table.rows == 0)
		return;
	p->as->heading(p->f, 3, NULL, "In numbers");
	p->as->paragraph(p->f, s->setting);
	p->as->sheet(p->f, &s->table, SHEET_OPEN);
}

static bool has_ceilings(const struct report *r)
{
	return r->ceilings.rows > 0;
}

static void put_ceilings(const struct page *p)
{
	put_charts(p, OF_CEILINGS, NULL);
	put_table(p, "The ceilings, in numbers", &p->r->ceilings, SHEET_FOLDED);
	put_table(p, "How near each kernel comes", &p->r->nearness, SHEET_FOLDED);
	p->as->sentences(p->f, &p->r->undemanding, false);
}

static bool has_probes(const struct report *r)
{
	return r->d.probes.count > 0;
}

static void put_probes(const struct page *p)
{
	put_charts(p, OF_PROBE, NULL);
}

static bool has_changes(const struct report *r)
{
	return r->against.count > 0;
}

static void put_changes(const struct page *p)
{
	p->as->paragraph(p->f, p->r->d.base);
	p->as->sentences(p->f, &p->r->against, false);
	put_charts(p, OF_CHANGES, NULL);
	put_table(p, NULL, &p->r->changes, SHEET_OPEN);
}

static void put_trust(const struct page *p)
{
	p->as->sentences(p->f, &p->r->trust, false);
	put_charts(p, OF_STEADINESS, NULL);
	put_table(p, "What failed", &p->r->troubles, SHEET_WRAPPED);
	put_table(p, "The samples furthest off: kept in every number, and why they may be so",
		&p->r->outliers, SHEET_FOLDED);
	put_table(p, "The environment", &p->r->findings, SHEET_WRAPPED);
}

static void put_method(const struct page *p)
{
	for (const char *const *text = report_method; *text; text++)
		p->as->paragraph(p->f, *text);
	if (p->r->rules.count == 0)
		return;
	p->as->heading(p->f, 3, NULL,
		"The twelve rules of Hoefler and Belli (SC15), and what is true of this sweep");
	p->as->sentences(p->f, &p->r->rules, true);
}

static void put_machine(const struct page *p)
{
	put_table(p, NULL, &p->r->manifest, SHEET_FOLDED);
}

static void put_cells(const struct page *p)
{
	static const char *const files[] = {"report.html", "report.md", "summary.csv", "samples.csv",
		"models.csv", "workers.csv", "probes.csv", "manifest.json", "plan.sweep", NULL};
	put_table(p, "Measured", &p->r->all, SHEET_FOLDED);
	put_table(p, "Not measured: cells that make no sense or cannot run here", &p->r->omissions,
		SHEET_FOLDED);
	p->as->heading(p->f, 3, NULL, "Files beside this one");
	p->as->files(p->f, p->r, files);
}

/* After the kernels. */
static const struct part {
	const char *id, *title;
	bool (*has)(const struct report *r); /* NULL: always */
	void (*put)(const struct page *p);
} parts[] = {
	{"ceilings", "Ceilings", has_ceilings, put_ceilings},
	{"probes", "What mechanisms cost", has_probes, put_probes},
	{"against", "Against the other sweep", has_changes, put_changes},
	{"trust", "How far to trust it", NULL, put_trust},
	{"method", "How it was measured", NULL, put_method},
	{"machine", "The machine, the build and the plan", NULL, put_machine},
	{"cells", "Every cell", NULL, put_cells},
};

enum { PARTS = sizeof parts / sizeof *parts };

void report_links(const struct report *r, void link(FILE *f, const char *id, const char *title), FILE *f)
{
	for (size_t k = 0; k < r->sections; k++) {
		char id[80];
		snprintf(id, sizeof id, "kernel-%.60s", r->section[k].kernel);
		link(f, id, r->section[k].kernel);
	}
	for (size_t i = 0; i < PARTS; i++)
		if (!parts[i].has || parts[i].has(r))
			link(f, parts[i].id, parts[i].title);
}

void report_page(const struct report *r, const struct layout *as, FILE *f)
{
	const struct page p = {r, as, f};
	as->top(f, r);
	if (*r->no_plots)
		as->paragraph(f, r->no_plots);
	for (size_t k = 0; k < r->sections; k++)
		put_kernel(&p, &r->section[k]);
	for (size_t i = 0; i < PARTS; i++) {
		if (parts[i].has && !parts[i].has(r))
			continue;
		as->heading(f, 2, parts[i].id, parts[i].title);
		parts[i].put(&p);
	}
	as->bottom(f, r);
}
