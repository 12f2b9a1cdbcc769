/* SPDX-License-Identifier: MIT */
/*
 * report.c - gathers everything that a report says into one struct, then writes it in each form
 * asked for. All numbers are computed here once, so the forms cannot disagree.
 */
#include "bench/report/report.h"

#include "base/number.h"
#include "base/options.h"
#include "base/units.h"
#include "kernels/kernel.h"

#include <stdlib.h>
#include <string.h>

const char *const report_method[] = {
	"A sample is the wall time of one run, from start to result; runs too short for the clock are "
	"batched. With lifetime spawn it includes starting and reaping the workers, with pool it does not.",
	"Threads and processes execute the same compiled function, take chunks from the same shared "
	"counter, start at the same gate, are bound to CPUs in the same way and write results to their own "
	"slots in the same shared memory.",
	"Every answer is checked against a published value or another variant. Wrong, failed and timed-out "
	"runs enter no number and no chart. Comparisons whose interval includes no change are marked "
	"inconclusive or omitted.",
	NULL,
};

static int gather(struct report *r, const struct report_request *a, struct err *e)
{
	const char *kernel[REPORT_KERNELS];
	if (dataset_open(&r->d, a->dir, e) != 0)
		return -1;
	for (size_t i = 0; i < a->against.count; i++)
		if (dataset_against(&r->d, a->against.text[i], a->cross_machine, e) != 0)
			return -1;
	if (a->against.count == 0 && dataset_against_others(&r->d, e) != 0)
		return -1;
	dataset_machine(&r->d, r->machine, sizeof r->machine);
	report_trust(&r->d, &r->trust);
	report_rules(&r->d, &r->rules);
	report_against(&r->d, &r->against);
	size_t n = dataset_subjects(&r->d, kernel, REPORT_KERNELS);
	for (size_t k = 0; k < n; k++) {
		struct section *s = &r->section[r->sections++];
		const struct summary *focus = dataset_focus(&r->d, kernel[k]);
		s->kernel = kernel[k];
		report_answer(&r->d, s->kernel, &s->answer);
		if (!focus)
			continue;
		char size[32], setting[512];
		cell_setting(&focus->cell, setting, sizeof setting);
		snprintf(s->setting, sizeof s->setting, "%s %s; %s",
			units_size(focus->cell.items.value, size), kernel_items(kernel[k]), setting);
		if (report_table_main(&r->d, focus, &s->table, e) != 0)
			return -1;
	}
	report_headline(&r->d, &r->trust, &r->headline);
	report_undemanding(&r->d, &r->undemanding);
	if (report_table_caches(&r->d, &r->caches, e) != 0 ||
		report_table_ceilings(&r->d, &r->ceilings, e) != 0 ||
		report_table_nearness(&r->d, &r->nearness, e) != 0)
		return -1;
	if (report_table_findings(&r->d, &r->findings, e) != 0 || report_table_all(&r->d, &r->all, e) != 0 ||
		report_table_against(&r->d, &r->changes, e) != 0 ||
		report_table_troubles(&r->d, &r->troubles, e) != 0 ||
		report_table_outliers(&r->d, &r->outliers, e) != 0 ||
		report_table_omissions(&r->d, &r->omissions, e) != 0 ||
		report_table_manifest(&r->d, &r->manifest, e) != 0)
		return -1;
	struct err plotting = {0};
	if (a->html || a->md)
		plots_draw(&r->d, &r->plots, &plotting);
	return page_plotted(&r->plots, &plotting, "report", r->no_plots, e);
}

static void report_free(struct report *r)
{
	for (size_t k = 0; k < r->sections; k++)
		report_table_free(&r->section[k].table);
	report_table_free(&r->caches);
	report_table_free(&r->ceilings);
	report_table_free(&r->nearness);
	report_table_free(&r->all);
	report_table_free(&r->troubles);
	report_table_free(&r->outliers);
	report_table_free(&r->omissions);
	report_table_free(&r->changes);
	report_table_free(&r->findings);
	report_table_free(&r->manifest);
	plots_free(&r->plots);
	dataset_close(&r->d);
}

int report_write(const struct report_request *a, struct err *e)
{
	struct report *r = calloc(1, sizeof *r);
	if (!r)
		return err_set(e, ERR_FAILED, "out of memory");
	if (gather(r, a, e) == 0) {
		FILE *say = a->text ? NULL : stdout;
		if (a->html)
			page_write(r->d.dir, "report.html", &layout_html, report_page, r, say, e);
		if (a->md && e->status == ERR_NONE)
			page_write(r->d.dir, "report.md", &layout_md, report_page, r, say, e);
		if (a->text && e->status == ERR_NONE)
			report_text(r, stdout);
	}
	report_free(r);
	free(r);
	return e->status == ERR_NONE ? 0 : -1;
}
