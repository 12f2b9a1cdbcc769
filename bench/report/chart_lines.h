/* SPDX-License-Identifier: MIT */
/*
 * chart_lines.h - lines with intervals over workers or over sizes, chosen and scaled: for the charts of one kernel
 * (chart_lines.c) and for the panels of the overview.
 */
#ifndef PARSCALE_BENCH_REPORT_CHART_LINES_H
#define PARSCALE_BENCH_REPORT_CHART_LINES_H

#include "bench/report/chart.h"

enum lines_kind { SPEEDUP, EFFICIENCY, WEAK };

/* The series of one plot, and its axes. */
struct lines {
	struct drawing *g;
	const char *x;  /* as of chart_series */
	bool over_size; /* x is "size" */
	struct ranged (*value)(const struct summary *s);
	const char *what; /* the value in a hover text */

	struct series series[SERIES_MOST + 1]; /* serial and the others */
	size_t n;
	uint64_t axis[AXIS_MOST]; /* every x */
	size_t points;

	double low, high;         /* of all values */
	double bar_low, bar_high; /* of all intervals too */
	double x_low, x_high, y_low, y_high;
	bool x_log, y_log;
	bool failures;
	size_t noisy; /* points whose bar covers most of the axis */
};

/* Chooses speed-up, efficiency or weak scaling around the focus cell, or throughput. False, where there is nothing to
 * draw; focus may be NULL. */
bool lines_over_workers(
	struct lines *l, struct drawing *g, enum lines_kind kind, const struct summary *focus);
bool lines_over_sizes(struct lines *l, struct drawing *g, const struct summary *focus);

/* Writes an index of the data for each series: x value low high state hover, where state is 0 shown, 1 failed, 2 too
 * noisy. */
void lines_data(struct lines *l);

/* Writes one index: sizes, and the items/s that memory can deliver to the focus cell's workers; whether the sweep
 * measured it. */
bool lines_ceiling(struct drawing *g, const struct summary *focus);

#endif
