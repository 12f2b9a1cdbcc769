/* SPDX-License-Identifier: MIT */
/* report_page.c - the order of a report's parts, the same for every form it is laid out in; and what pages share. */
#include "bench/data/folder.h"
#include "bench/probe/probe.h"
#include "bench/report/report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct page {
	const struct report *r;
	const struct layout *as;
	FILE *f;
};

void page_link_add(struct page_top *top, const char *id, const char *title)
{
	if (top->link_count == sizeof top->links / sizeof *top->links)
		return;
	struct page_link *l = &top->links[top->link_count++];
	snprintf(l->id, sizeof l->id, "%s", id);
	snprintf(l->title, sizeof l->title, "%.*s", (int)strcspn(title, ":"), title);
}

/* The question that a chart answers; of a probe, what the probe measures. */
static void put_chart_heading(FILE *f, const struct layout *as, const struct plotted *one)
{
	struct err unknown = {0}; /* a probe of another version */
	const struct probe *probe = one->chart->part == OF_PROBE ? probe_find(one->subject, &unknown) : NULL;
	char text[256];
	snprintf(text, sizeof text, "%.48s%s%.200s", one->subject, probe ? ": " : "",
		probe ? probe->summary : "");
	as->heading(f, 3, NULL, one->chart->part == OF_PROBE ? text : one->chart->question);
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

void page_charts(FILE *f, const struct layout *as, const char *dir, const struct plots *plots,
	enum chart_part part, const char *subject)
{
	for (size_t i = 0; i < plots->count; i++) {
		const struct plotted *one = &plots->list[i];
		if (one->chart->part != part || (subject && strcmp(one->subject, subject) != 0))
			continue;
		put_chart_heading(f, as, one);
		as->chart(f, dir, one, explained(plots, i) ? "" : one->chart->reading);
	}
}

void page_table(FILE *f, const struct layout *as, const char *head, const struct report_table *g,
	enum report_table_style style)
{
	if (g->rows == 0)
		return;
	if (head)
		as->heading(f, 3, NULL, head);
	as->sheet(f, g, style);
}

int page_folder(const char *dir, struct err *e)
{
	if (folder_has(dir, "summary.csv") || folder_has(dir, "manifest.json"))
		return err_set(e, ERR_USAGE, "--out: %s holds the results of a sweep", dir);
	return folder_make(dir, e);
}

int page_plotted(const struct plots *plots, const struct err *drawing, const char *form,
	char none[PAGE_REASON], struct err *e)
{
	*none = '\0';
	if (drawing->status == ERR_ABSENT) {
		snprintf(none, PAGE_REASON, "%.390s", drawing->text);
		fprintf(stderr, "parscale: %s; the %s has tables only\n", none, form);
	} else if (drawing->status != ERR_NONE) {
		return err_set(e, drawing->status, "%s", drawing->text);
	}
	if (*plots->warning)
		fprintf(stderr, "parscale: gnuplot: %s\n", plots->warning);
	return 0;
}

int page_write(const char *dir, const char *name, const struct layout *as, page_fn *put, const void *page,
	FILE *say, struct err *e)
{
	char path[FOLDER_PATH + 40], part[sizeof path + 8];
	snprintf(path, sizeof path, "%.4096s/%.30s", dir, name);
	snprintf(part, sizeof part, "%s.part", path);
	FILE *f = fopen(part, "w");
	if (!f)
		return err_set(e, ERR_FAILED, "%s: %s", path, strerror(errno));
	put(page, as, f);
	bool good = !ferror(f);
	if (fclose(f) != 0 || !good || rename(part, path) != 0) {
		err_set(e, ERR_FAILED, "%s: cannot be written: %s", path, strerror(errno));
		unlink(part);
		return -1;
	}
	if (say)
		fprintf(say, "%s/%s\n", dir, name);
	return 0;
}

static void put_charts(const struct page *p, enum chart_part part, const char *subject)
{
	page_charts(p->f, p->as, p->r->d.dir, &p->r->plots, part, subject);
}

static void put_table(
	const struct page *p, const char *head, const struct report_table *g, enum report_table_style style)
{
	page_table(p->f, p->as, head, g, style);
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
	return r->ceilings.rows > 0 || r->caches.rows > 0;
}

static void put_ceilings(const struct page *p)
{
	put_charts(p, OF_CEILINGS, NULL);
	put_table(p, "Caches: what the system tells and what was measured", &p->r->caches, SHEET_OPEN);
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
	for (size_t i = 0; i < p->r->d.base_count; i++) {
		const struct dataset_base *b = &p->r->d.bases[i];
		char text[sizeof b->dir + sizeof b->build + 4];
		snprintf(text, sizeof text, "%s%s%s", b->dir, *b->build ? ": " : "", b->build);
		p->as->paragraph(p->f, text);
	}
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
	p->as->files(p->f, p->r->d.dir, files);
}

/* After the kernels. */
static const struct part {
	const char *id, *title;
	bool (*has)(const struct report *r); /* NULL: always */
	void (*put)(const struct page *p);
} parts[] = {
	{"ceilings", "Ceilings: the limits of this machine", has_ceilings, put_ceilings},
	{"probes", "Probes: the cost of single mechanisms", has_probes, put_probes},
	{"against", "Comparison with baselines", has_changes, put_changes},
	{"trust", "Confidence: how far to trust these numbers", NULL, put_trust},
	{"method", "Method: how it was measured", NULL, put_method},
	{"machine", "Configuration: machine, build and plan", NULL, put_machine},
	{"cells", "Cells: everything measured", NULL, put_cells},
};

enum { PARTS = sizeof parts / sizeof *parts };

static void fill_top(const struct report *r, struct page_top *top)
{
	char started[UNITS_BYTES];
	units_date(dataset_number(&r->d, "started"), started);
	*top = (struct page_top){.name = "parscale report",
		.subject = *r->machine ? r->machine : r->d.dir,
		.headline = &r->headline};
	snprintf(top->about, sizeof top->about, "%s%s%s", r->machine, *r->machine && *started ? " · " : "",
		started);
	for (size_t k = 0; k < r->sections; k++) {
		char id[80];
		snprintf(id, sizeof id, "kernel-%.60s", r->section[k].kernel);
		page_link_add(top, id, r->section[k].kernel);
	}
	for (size_t i = 0; i < PARTS; i++)
		if (!parts[i].has || parts[i].has(r))
			page_link_add(top, parts[i].id, parts[i].title);
}

void report_page(const void *page, const struct layout *as, FILE *f)
{
	const struct report *r = page;
	const struct page p = {r, as, f};
	struct page_top top;
	fill_top(r, &top);
	as->top(f, &top);
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
	as->bottom(f);
}
