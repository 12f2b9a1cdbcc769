/* SPDX-License-Identifier: MIT */
/*
 * disturbance.h - what the system did while a sample was taken: steal, throttling, waiting.
 *
 * Counters of the whole system or control group, read before and after, outside the timed part. Files stay
 * open, so that reading costs microseconds. What the system does not report is NAN, never 0. Reads only.
 */
#ifndef PARSCALE_BENCH_MACHINE_DISTURBANCE_H
#define PARSCALE_BENCH_MACHINE_DISTURBANCE_H

enum disturbance {
#define DISTURBANCE(name, path, key, skip, ns, unit, meaning) DISTURBANCE_##name,
#include "bench/machine/disturbance.def"
#undef DISTURBANCE
	DISTURBANCES
};

struct disturbed {
	double by[DISTURBANCES];
};

enum { DISTURBANCE_CPUS = 64 }; /* whose own files are read: the first so many */

struct disturbances {
	int fd[DISTURBANCES][DISTURBANCE_CPUS]; /* -1: there is none */
	struct disturbed before;                /* totals at disturbances_start */
};

/* Opens what there is below `root` (tree.h). */
void disturbances_open(struct disturbances *d, const char *root);
void disturbances_close(struct disturbances *d);

void disturbances_start(struct disturbances *d);
void disturbances_stop(struct disturbances *d, struct disturbed *taken);

#endif
