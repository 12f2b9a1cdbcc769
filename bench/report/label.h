/* SPDX-License-Identifier: MIT */
/*
 * label.h - how back ends are drawn and ordered on charts and in reports, the same everywhere.
 */
#ifndef PARSCALE_BENCH_REPORT_LABEL_H
#define PARSCALE_BENCH_REPORT_LABEL_H

/* The style of a back end on every chart, 1 to BACKEND_STYLES, of which plots/common.gp has as many: the same
 * for the same name, its place in backends.def; those beyond share the last one. */
enum { BACKEND_STYLES = 9 };
int backend_style(const char *backend);

/* Order of back ends on every chart and in every table. */
int backend_order(const char *a, const char *b);

#endif
