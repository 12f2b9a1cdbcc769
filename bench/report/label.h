/* SPDX-License-Identifier: MIT */
/*
 * label.h - how back ends are drawn and ordered on charts and in reports, the same everywhere.
 */
#ifndef PARSCALE_BENCH_REPORT_LABEL_H
#define PARSCALE_BENCH_REPORT_LABEL_H

/* The style of a back end on every chart, from 1: the same for the same name, and another for each line of
 * backends.def; names that are not there get styles beyond, by a hash. plots/common.gp distinguishes 54. */
int backend_style(const char *backend);

/* Order of back ends on every chart and in every table. */
int backend_order(const char *a, const char *b);

#endif
