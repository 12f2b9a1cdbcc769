/* SPDX-License-Identifier: MIT */
/* gallery_page.c - the page of a gallery: its answers, tables and caveats, in the one order, as HTML and Markdown. */
#include "bench/report/gallery_page.h"

#include "base/units.h"
#include "kernels/kernel.h"

#include <stdlib.h>

/* The tables of one kernel. */
struct part {
	struct report_table whole, one, value;
};

struct page {
	const struct gallery *g;
	const char *out;
	struct plots plots;
	char no_plots[PAGE_REASON];
	struct headline headline;
	struct sentences caveats;
	struct report_table machines, builds, means, ceilings, trust, folders;
	struct part part[GALLERY_KERNELS];
};

static const char *const method[] = {
	"A rate is items over the median of the launches' medians; its 95 % interval is that of the median. All CPUs: the "
	"most workers within the CPUs, then a pool, then the fastest back end. One worker: the fastest cell with one. Each "
	"kernel is compared on one problem, the largest that most machines have measured; ceilings on each machine's largest.",
	"A ratio's interval combines both machines' (MOVER, Zou and Donner 2008). faster, slower: beyond 1 %, by Mann and "
	"Whitney's test over launches, adjusted for all ratios of this page (Benjamini and Hochberg, 5 %); without samples, "
	"by the interval. same: the interval lies within 1 %. undecided: neither.",
	"One sweep per machine says nothing about others of its model. Prices and watts are the user's, taken as exact.",
	NULL};

static void put_kernel(const struct page *p, size_t k, const struct layout *as, FILE *f)
{
	const struct gallery_kernel *kernel = &p->g->kernel[k];
	char id[80], text[200], items[UNITS_BYTES];
	snprintf(id, sizeof id, "kernel-%.60s", kernel->name);
	as->heading(f, 2, id, kernel->name);
	if (kernel->problem) {
		snprintf(text, sizeof text, "Compared on %s %s, measured by %zu of %zu machines.",
			units_size(kernel->problem->items.value, items), kernel_items(kernel->name),
			kernel->having, p->g->count);
		as->paragraph(f, text);
	}
	page_charts(f, as, p->out, &p->plots, OF_MACHINES_KERNEL, kernel->name);
	page_table(f, as, "All CPUs", &p->part[k].whole, SHEET_OPEN);
	page_table(f, as, "One worker", &p->part[k].one, SHEET_OPEN);
	page_table(f, as, "What it costs", &p->part[k].value, SHEET_OPEN);
}

static void fill_top(const struct page *p, struct page_top *top)
{
	*top = (struct page_top){.name = "parscale gallery",
		.subject = p->g->machine[p->g->base].name,
		.headline = &p->headline};
	snprintf(top->about, sizeof top->about, "%zu machines · base: %.60s%s", p->g->count,
		p->g->machine[p->g->base].name,
		p->g->simulated ? " · simulated machines are among them" : "");
	page_link_add(top, "machines", "Machines");
	page_link_add(top, "ratios", "Ratios");
	for (size_t k = 0; k < p->g->subjects; k++) {
		char id[80];
		snprintf(id, sizeof id, "kernel-%.60s", p->g->kernel[k].name);
		page_link_add(top, id, p->g->kernel[k].name);
	}
	if (p->ceilings.rows > 0)
		page_link_add(top, "ceilings", "Ceilings");
	page_link_add(top, "trust", "Confidence");
	page_link_add(top, "method", "Method");
}

static void put_page(const void *page, const struct layout *as, FILE *f)
{
	const struct page *p = page;
	struct page_top top;
	fill_top(p, &top);
	as->top(f, &top);
	if (*p->no_plots)
		as->paragraph(f, p->no_plots);
	as->heading(f, 2, "machines", "Machines");
	as->sheet(f, &p->machines, SHEET_WRAPPED);
	as->sentences(f, &p->caveats, false);
	page_table(f, as, "Builds", &p->builds, SHEET_WRAPPED);
	as->heading(f, 2, "ratios", "Ratios to the base");
	page_charts(f, as, p->out, &p->plots, OF_MACHINES, NULL);
	page_table(f, as, "All CPUs: rate over the base's", &p->means, SHEET_OPEN);
	for (size_t k = 0; k < p->g->subjects; k++)
		put_kernel(p, k, as, f);
	if (p->ceilings.rows > 0) {
		as->heading(f, 2, "ceilings", "Ceilings: the limits of each machine");
		as->sheet(f, &p->ceilings, SHEET_OPEN);
	}
	as->heading(f, 2, "trust", "Confidence: how far to trust each sweep");
	as->sheet(f, &p->trust, SHEET_WRAPPED);
	as->heading(f, 2, "method", "Method");
	for (const char *const *text = method; *text; text++)
		as->paragraph(f, *text);
	page_table(f, as, "Folders", &p->folders, SHEET_WRAPPED);
	as->bottom(f);
}

static int make_tables(struct page *p, const char **heads, struct err *e)
{
	const struct gallery *g = p->g;
	if (gallery_table_machines(g, &p->machines, e) != 0 || gallery_table_builds(g, &p->builds, e) != 0 ||
		gallery_table_means(g, &p->means, heads, e) != 0 ||
		gallery_table_ceilings(g, &p->ceilings, e) != 0 ||
		gallery_table_trust(g, &p->trust, e) != 0 || gallery_table_folders(g, &p->folders, e) != 0)
		return -1;
	for (size_t k = 0; k < g->subjects; k++)
		if (gallery_table_whole(g, k, &p->part[k].whole, e) != 0 ||
			gallery_table_one(g, k, &p->part[k].one, e) != 0 ||
			gallery_table_value(g, k, &p->part[k].value, e) != 0)
			return -1;
	return 0;
}

static void free_tables(struct page *p)
{
	report_table_free(&p->machines);
	report_table_free(&p->builds);
	report_table_free(&p->means);
	report_table_free(&p->ceilings);
	report_table_free(&p->trust);
	report_table_free(&p->folders);
	for (size_t k = 0; k < p->g->subjects; k++) {
		report_table_free(&p->part[k].whole);
		report_table_free(&p->part[k].one);
		report_table_free(&p->part[k].value);
	}
}

static int write_all(struct page *p, struct err *e)
{
	struct err plotting = {0};
	if (page_folder(p->out, e) != 0)
		return -1;
	plots_draw_machines(p->g, p->out, &p->plots, &plotting);
	if (page_plotted(&p->plots, &plotting, "page", p->no_plots, e) != 0 ||
		page_write(p->out, "gallery.html", &layout_html, put_page, p, stdout, e) != 0)
		return -1;
	return page_write(p->out, "gallery.md", &layout_md, put_page, p, stdout, e);
}

int gallery_write(const struct gallery_request *r, struct err *e)
{
	const char *heads[REPORT_COLUMNS + 1];
	struct gallery g;
	struct page *p = calloc(1, sizeof *p);
	if (!p)
		return err_set(e, ERR_FAILED, "out of memory");
	*p = (struct page){.g = &g, .out = r->out};
	int bad = gallery_open(&g, r, e);
	if (!bad) {
		gallery_answers(&g, gallery_caveats(&g, &p->caveats), &p->headline);
		bad = make_tables(p, heads, e);
	}
	if (!bad)
		bad = write_all(p, e);
	free_tables(p);
	plots_free(&p->plots);
	gallery_close(&g);
	free(p);
	return bad;
}
