/* SPDX-License-Identifier: MIT */
/*
 * plot.h - draws the charts of a dataset, of many machines or of a history with gnuplot into DIR/plots, each as SVG and PNG.
 *
 * It knows how to run gnuplot and where its scripts are, not what a chart shows (chart.h) nor how it looks
 * (plots/). The SVG files carry their own light and dark colours and the values as titles of their points;
 * they load nothing.
 */
#ifndef PARSCALE_BENCH_REPORT_PLOT_H
#define PARSCALE_BENCH_REPORT_PLOT_H

#include "bench/report/chart.h"

/* One chart that was drawn: DIR/plots/STEM.svg and .png. */
struct plotted {
	const struct chart *chart;
	char subject[48]; /* the kernel or probe; "" for charts of the whole */
	char stem[112];
	char title[128], note[640];
};

struct plots {
	struct plotted *list;
	size_t count;
	char warning[400]; /* the first thing that gnuplot complained about; "" if nothing */
};

/* Draws every chart that has something to show. ERR_ABSENT without gnuplot, naming what to install;
 * ERR_FAILED when gnuplot fails or a file cannot be written; what was drawn before stays, as it does not where all went
 * well: charts of these names that there is nothing to show for now are removed. *out is freed by
 * plots_free, also after an error. */
int plots_draw(const struct dataset *d, struct plots *out, struct err *e);

/* The same of the charts of many machines, into an existing folder `dir`. */
int plots_draw_machines(const struct gallery *all, const char *dir, struct plots *out, struct err *e);

/* And of a series of sweeps. */
int plots_draw_history(const struct history *h, const char *dir, struct plots *out, struct err *e);

void plots_free(struct plots *p);

#endif
