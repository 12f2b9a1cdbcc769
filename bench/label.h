/* SPDX-License-Identifier: MIT */
/*
 * label.h - how cells, back ends and numbers are called on charts and in reports, the same everywhere.
 *
 * Numbers that stand alone are units.h's business; here are those that need a neighbour or a kernel to be
 * said well.
 */
#ifndef PARSCALE_BENCH_LABEL_H
#define PARSCALE_BENCH_LABEL_H

#include "bench/data/columns.h"
#include "bench/units.h"

/* The style of a back end on every chart, 1 to BACKEND_STYLES, of which plots/common.gp has as many: the same
 * for the same name, its place in backends.def; those beyond share the last one. */
enum { BACKEND_STYLES = 9 };
int backend_style(const char *backend);

/* Order of back ends on every chart and in every table. */
int backend_order(const char *a, const char *b);

/* The same of kernels: as in kernels.def, unknown ones after them. */
int kernel_order(const char *a, const char *b);

/* What a size counts, plural: "numbers", "words", "bytes"; "items" for a kernel this program does not know.
 */
const char *kernel_items(const char *kernel);

/* Numbers for people; each returns `text`. */
enum { LABEL_BYTES = 64 };
char *label_seconds(double seconds, char *text);                /* "61.2 ms" */
char *label_seconds_range(double low, double high, char *text); /* "44.9 to 45.2 ms", in the unit of `low` */
char *label_size(uint64_t items, char *text);                   /* "1e9", "2^20", "12345" */
char *label_bytes(uint64_t bytes, char *text); /* "48 KiB", "1.375 MiB": a cache's size, not rounded */
char *label_ratio(double ratio, char *text);   /* "0.98", "12.3", "123" */

/* The unit that a time of this size is said in, in seconds; its name, such as "ms", into `name`. */
double label_seconds_unit(double seconds, char name[8]);

#endif
