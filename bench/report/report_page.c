/* SPDX-License-Identifier: MIT */
/* report_page.c - the order of a report's parts, the same for every form it is laid out in. */
#include "bench/probe/probe.h"
#include "bench/report/report.h"

#include <string.h>

struct page {
	const struct report *r;
	const struct layout *as;
	FILE *f;
};

/* The question that a chart answers; of a probe, what the probe measures. */
static void put_chart_heading(const struct page *p, const struct plotted *one)
{
	struct err unknown = {0}; /* a probe of another version */
	const struct probe *probe = one->chart->part == OF_PROBE ? probe_find(one->subject, &unknown) : NULL;
	char text[256];
	snprintf(text, sizeof text, "%.48s%s%.200s", one->subject, probe ? ": " : "",
		probe ? probe->summary : "");
	p->as->heading(p->f, 3, NULL, one->chart->part == OF_PROBE ? text : one->chart->question);
}

/* Whether a chart of this kind stands before number i of the page. Charts of a kernel and its successors are in the
 * order of the list. */
static bool explained(const struct plots *all, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (all->list[k].chart == all->list[i].chart)
			return true;
	return false;
}

/* The charts of a part of the report; subject NULL: of all. How to read a kind of chart is said at its first. */
static void put_charts(const struct page *p, enum chart_part part, const char *subject)
{
	const struct plots *all = &p->r->plots;
	for (size_t i = 0; i < all->count; i++) {
		const struct plotted *one = &all->list[i];
		if (one->chart->part != part || (subject && strcmp(one->subject, subject) != 0))
			continue;
		put_chart_heading(p, one);
		p->as->chart(p->f, p->r, one, explained(all, i) ? "" : one->chart->reading);
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
	p->as->heading(p->f, 3, NULL, "Table: back ends, lifetimes and workers");
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
	put_table(p, "Ceilings, in numbers", &p->r->ceilings, SHEET_FOLDED);
	put_table(p, "Distance of each kernel from its ceiling", &p->r->nearness, SHEET_FOLDED);
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
	put_table(p, "Failures", &p->r->troubles, SHEET_WRAPPED);
	put_table(p, "Outliers: the samples furthest from their cell's median, all kept", &p->r->outliers,
		SHEET_FOLDED);
	put_table(p, "Environment: findings that affect measurements", &p->r->findings, SHEET_WRAPPED);
}

static void put_method(const struct page *p)
{
	for (const char *const *text = report_method; *text; text++)
		p->as->paragraph(p->f, *text);
	if (p->r->rules.count == 0)
		return;
	p->as->heading(p->f, 3, NULL, "The twelve rules of Hoefler and Belli (SC15), applied to this sweep");
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
	put_table(p, "Skipped: impossible or unavailable combinations", &p->r->omissions, SHEET_FOLDED);
	p->as->heading(p->f, 3, NULL, "Files in this folder");
	p->as->files(p->f, p->r, files);
}

/* After the kernels. */
static const struct part {
	const char *id, *title;
	bool (*has)(const struct report *r); /* NULL: always */
	void (*put)(const struct page *p);
} parts[] = {
	{"ceilings", "Ceilings: the limits of this machine", has_ceilings, put_ceilings},
	{"probes", "Probes: the cost of single mechanisms", has_probes, put_probes},
	{"against", "Comparison with the baseline sweep", has_changes, put_changes},
	{"trust", "Confidence: how far to trust these numbers", NULL, put_trust},
	{"method", "Method: how it was measured", NULL, put_method},
	{"machine", "Configuration: machine, build and plan", NULL, put_machine},
	{"cells", "Cells: everything measured", NULL, put_cells},
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
		if (!parts[i].has || parts[i].has(r)) {
			char title[64]; /* up to the colon */
			snprintf(title, sizeof title, "%.*s", (int)strcspn(parts[i].title, ":"),
				parts[i].title);
			link(f, parts[i].id, title);
		}
}

void report_page(const struct report *r, const struct layout *as, FILE *f)
{
	const struct page p = {r, as, f};
	as->top(f, r);
	if (*r->no_plots)
		as->paragraph(f, r->no_plots);
	put_charts(&p, OF_WHOLE, NULL);
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
