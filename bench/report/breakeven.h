/* SPDX-License-Identifier: MIT */
/*
 * breakeven.h - from which problem size on something pays: workers over serial, processes as well as threads.
 *
 * Both are ratios of times over sizes that fall as sizes grow, and the size from which on they stay below a
 * level. Where it lies between two measured sizes it is interpolated on logarithmic scales; its interval is
 * where the ends of the ratios' intervals cross. Pure.
 */
#ifndef PARSCALE_BENCH_REPORT_BREAKEVEN_H
#define PARSCALE_BENCH_REPORT_BREAKEVEN_H

#include "bench/report/chart.h"
#include "bench/report/worker_pairs.h"

/* Ratios of times over sizes, ascending. */
struct ratios {
	uint64_t size[AXIS_MOST];
	struct ranged ratio[AXIS_MOST];
	size_t count;
};

/* Time over that of serial, of the cells of `one` at every size that has both. */
void ratios_to_serial(const struct dataset *d, const struct factors *one, struct ratios *r);

/* Time of a pair's processes over that of its threads, of cells like `like` at every size that has both. */
void ratios_of_pair(const struct dataset *d, const struct factors *like, const struct worker_pair *pair,
	struct ratios *r);

/* The same of the first pair with this lifetime that has any, which is stored. False, and no ratios, where there
 * is none. */
bool ratios_to_threads(const struct dataset *d, const struct factors *like, const char *lifetime,
	struct worker_pair *pair, struct ratios *r);

/* Sizes. 0: below the level at every size measured; INFINITY: at none, or not at the largest. low <= at <=
 * high; NAN without intervals. */
struct crossing {
	double at, low, high;
};

struct crossing crossing_find(const struct ratios *r, double level);

/* Its verdict: what the interval decides within the sizes measured. */
enum crossing_kind {
	/* `at` lies within, and so do both ends of its interval, or one of them */
	CROSSING_BETWEEN,
	CROSSING_ALWAYS,    /* even by the upper end, at every size */
	CROSSING_NEVER,     /* even by the lower end, at no size */
	CROSSING_UNDECIDED, /* the interval spans all sizes, or there is none */
};

enum crossing_kind crossing_kind(const struct crossing *c);

/* "1.20 M (900 k to 2.00 M)", "at every size", "at no size", "undecided" */
enum { CROSSING_TEXT = 128 };
char *crossing_text(const struct crossing *c, char text[CROSSING_TEXT]);

#endif
