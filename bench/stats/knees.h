/* SPDX-License-Identifier: MIT */
/*
 * knees.h - finds the levels of a memory hierarchy in latencies over working-set sizes. Pure.
 *
 * The model: latency is that of the first level, plus for each knee a step times the share of accesses that no
 * longer fit. That share is 0 below the knee and grows to 1 above it: at once where the least recently used line
 * is replaced, as 1 - knee / size where a random one is, and smoothly around the knee where pages lie at random in
 * a physically indexed cache. Each knee takes the shape that fits best. Yotov, Pingali and Stodghill (X-Ray,
 * SIGMETRICS 2005) look for the same knees.
 */
#ifndef PARSCALE_BENCH_STATS_KNEES_H
#define PARSCALE_BENCH_STATS_KNEES_H

#include "base/err.h"
#include "bench/stats/stats.h"

#include <stddef.h>

enum { KNEES_MOST = 4, KNEES_FEWEST = 8 };

struct knee_point {
	double bytes; /* of the working set of one worker */
	double ns;    /* of an access that waits for the one before */
};

/* A step is a knee if latency grows by this factor at least: translation of addresses adds less, a cache more. Smaller
 * steps are fitted as well, so that no knee has to explain their rise. */
extern const double knee_least_step;

struct knees {
	size_t count;                      /* of knees; levels are one more */
	double bytes[KNEES_MOST];          /* ascending, at least an octave apart */
	struct interval range[KNEES_MOST]; /* 95 %, of bytes */
	/* latency of each level: right behind its knee, the last one's of the largest sizes */
	double ns[KNEES_MOST + 1];
	struct interval ns_range[KNEES_MOST + 1];
	double error; /* root mean square of relative errors */
};

/* Points in any order, several of a size allowed; what is not positive is ignored. Disturbed points (a latency far
 * off the fit) count less. Fewer than KNEES_FEWEST sizes: no knee. The same points give the same knees.
 * ERR_FAILED without memory. */
int knees_find(const struct knee_point *points, size_t n, struct knees *k, struct err *e);

#endif
