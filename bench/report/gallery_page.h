/* SPDX-License-Identifier: MIT */
/* gallery_page.h - what the page of a gallery is made of: tables and sentences. gallery_page.c knows their order. */
#ifndef PARSCALE_BENCH_REPORT_GALLERY_PAGE_H
#define PARSCALE_BENCH_REPORT_GALLERY_PAGE_H

#include "bench/report/gallery.h"
#include "bench/report/report.h"

/* A text of the machine's manifest; "" where it does not say. */
static inline const char *gallery_fact(const struct gallery_machine *m, const char *path)
{
	const char *text = dataset_text(&m->d, path);
	return text ? text : "";
}

/* Tables (gallery_tables.c); -1 without memory. Freed by report_table_free. */
int gallery_table_machines(const struct gallery *g, struct report_table *t, struct err *e);
int gallery_table_builds(const struct gallery *g, struct report_table *t, struct err *e);
int gallery_table_ceilings(const struct gallery *g, struct report_table *t, struct err *e);
int gallery_table_trust(const struct gallery *g, struct report_table *t, struct err *e);
int gallery_table_folders(const struct gallery *g, struct report_table *t, struct err *e);

/* The ratios of all kernels side by side. `heads` is room for the table's heads and lives as long. */
int gallery_table_means(const struct gallery *g, struct report_table *t,
	const char *heads[REPORT_COLUMNS + 1], struct err *e);

/* Of kernel k: all CPUs; one worker; over prices and watts, which are taken as exact, without rows where none are
 * said. */
int gallery_table_whole(const struct gallery *g, size_t k, struct report_table *t, struct err *e);
int gallery_table_one(const struct gallery *g, size_t k, struct report_table *t, struct err *e);
int gallery_table_value(const struct gallery *g, size_t k, struct report_table *t, struct err *e);

/* What is unlike between the machines (gallery_words.c). True: builds differ. */
bool gallery_caveats(const struct gallery *g, struct sentences *s);

/* Adds the answers that lead the page. */
void gallery_answers(const struct gallery *g, bool builds_differ, struct headline *h);

#endif
