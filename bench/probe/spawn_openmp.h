/* SPDX-License-Identifier: MIT */
/* spawn_openmp.h - the part of `probe spawn` that is compiled for OpenMP: parallel regions of two threads. */
#ifndef PARSCALE_BENCH_PROBE_SPAWN_OPENMP_H
#define PARSCALE_BENCH_PROBE_SPAWN_OPENMP_H

#include <stdint.h>

/* NULL, or why there are none in this build. */
extern const char *const spawn_openmp_missing;

/* Times a region after the runtime gave up its threads (hot 0), or the mean of `regions` after a first one;
 * then the runtime gives them up, since idle ones may spin. Returns ns a region, and in *threads how many
 * took part in each; 0 where not as many each time. */
double spawn_openmp_regions(int hot, uint64_t regions, unsigned *threads);

#endif
