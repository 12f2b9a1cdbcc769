/* SPDX-License-Identifier: MIT */
/* history_page.h - a history (bench/data/history.h) as a page: its changes in words, a chart and tables. */
#ifndef PARSCALE_BENCH_REPORT_HISTORY_PAGE_H
#define PARSCALE_BENCH_REPORT_HISTORY_PAGE_H

#include "bench/data/history.h"

/* Writes OUT/history.html and OUT/history.md with OUT/plots, and names them in `say`, a stream. Without gnuplot they have
 * tables only, which is said on standard error. ERR_USAGE where OUT holds a sweep. */
int history_page_write(const struct history *h, const char *out, FILE *say, struct err *e);

#endif
