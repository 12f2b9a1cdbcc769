/* SPDX-License-Identifier: MIT */
/*
 * models.h - scaling models fitted to times over worker counts: Amdahl's law, the Universal
 * Scalability Law, and the serial fraction of Karp and Flatt. Pure.
 *
 *   USL     T(p) = T(1) / p * (1 + sigma (p - 1) + kappa p (p - 1))   Gunther 1993; sigma, kappa >= 0
 *   Amdahl  the same with kappa = 0; sigma is the serial fraction     Amdahl 1967
 *   K & F   e(p) = (1 / S - 1 / p) / (1 - 1 / p), S = T(1) / T(p)     Karp and Flatt 1990
 *
 * T(p) p is linear in T(1), T(1) sigma and T(1) kappa, so the fit is linear least squares of
 * relative errors and needs no starting values. Intervals are bootstrapped over launches, the unit
 * of replication.
 */
#ifndef PARSCALE_BENCH_STATS_MODELS_H
#define PARSCALE_BENCH_STATS_MODELS_H

#include "base/err.h"
#include "bench/stats/stats.h"

enum { MODEL_FEWEST_COUNTS = 4, MODEL_FEWEST_LAUNCHES = 2 };

/* What was measured with one worker count. */
struct model_point {
	double workers;
	const double *seconds; /* one value a launch, positive */
	size_t launches;
};

struct estimate {
	double value;
	struct interval interval; /* 95 % */
};

struct model {
	struct estimate amdahl_serial;
	struct estimate usl_contention, usl_coherency;
	struct estimate karp_flatt; /* at the largest count; not available without a point of one worker */
	double amdahl_error, usl_error; /* root mean square of relative errors */
	double usl_peak_workers;        /* INFINITY: no peak */
};

/* Why these points are too few for a model, or NULL. Static text. */
const char *model_refusal(const struct model_point *points, size_t count);

/* Fits points of different worker counts that are not refused. The same points give the same numbers.
 * ERR_FAILED without memory. */
int model_fit(const struct model_point *points, size_t count, struct model *m, struct err *e);

#endif
