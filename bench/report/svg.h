/* SPDX-License-Identifier: MIT */
/*
 * svg.h - turns gnuplot's SVG into one that works alone or inside a page with others.
 *
 * Ink follows the reader's light or dark page, hover texts become titles that need no script, ids carry the
 * chart's name, and empty groups go. It reads what gnuplot's svg terminal writes, no other SVG.
 */
#ifndef PARSCALE_BENCH_REPORT_SVG_H
#define PARSCALE_BENCH_REPORT_SVG_H

#include "base/err.h"

#include <stdio.h>

/* Copies the SVG file at `from` to `to`, for the chart of this name (letters, digits, '-', '_') and title.
 * ERR_FAILED where the system failed. */
int svg_adapt(const char *from, const char *to, const char *name, const char *title, struct err *e);

/* Writes a text for HTML, XML or an attribute in double quotes: nothing in it is markup. */
void xml_text(FILE *f, const char *text);

/* Reads a whole file; NULL with ERR_FAILED. Freed by the caller. */
char *file_text(const char *path, struct err *e);

#endif
