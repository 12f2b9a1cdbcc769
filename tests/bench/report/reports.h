/* SPDX-License-Identifier: MIT */
/* reports.h - what tests of charts and reports share: a folder, simulated sweeps in it, and eyes for what
 * came out. */
#ifndef PARSCALE_TESTS_BENCH_REPORT_REPORTS_H
#define PARSCALE_TESTS_BENCH_REPORT_REPORTS_H

#include "bench/report/report.h"

struct simulation;

/* Of the running test program; set by reports_setup, which goes with reports_teardown around a group. */
extern char folder[64];
extern bool has_gnuplot;
int reports_setup(void **state);
int reports_teardown(void **state);

/* A file's text, freed by the caller. The test fails where there is none. */
char *slurp(const char *dir, const char *name);

/* The path of a simulated sweep in the folder, until the next call. */
char *simulated_in(const struct simulation *s, const char *name);

size_t occurrences(const char *text, const char *what);
void assert_says(const char *text, const char *what);

/* Well-formed, and stands alone. */
void check_svg(const char *svg, const char *name);

/* Draws a simulation and checks every file; the dataset and the plots are closed by charts_done. Skips the
 * test without gnuplot. */
void charts_draw(const struct simulation *s, const char *name, struct dataset *d, struct plots *p);
void charts_done(struct dataset *d, struct plots *p);

/* Empties every chart of a page in place: how gnuplot draws differs from version to version. */
void drop_drawings(char *html);

/* Takes the test's folder out of a text, in place. */
void drop_folder(char *text);

/* The test fails where a text is not tests/golden/NAME; with UPDATE_GOLDEN=1 that is written first. */
void same_as_golden(const char *text, const char *name);

/* A command's exit status; what it printed goes to `out` and `err` in the folder. Arguments are texts, ended by NULL. */
int command(int main_fn(int, char **, struct err *), struct err *e, ...) __attribute__((sentinel));

#endif
