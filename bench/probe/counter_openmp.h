/* SPDX-License-Identifier: MIT */
/* counter_openmp.h - the part of `probe counter` that is compiled for OpenMP. */
#ifndef PARSCALE_BENCH_PROBE_COUNTER_OPENMP_H
#define PARSCALE_BENCH_PROBE_COUNTER_OPENMP_H

#include <stdint.h>

enum counter_openmp { COUNTER_ATOMIC, COUNTER_CRITICAL, COUNTER_REDUCTION };

/* NULL, or why there is none in this build. */
extern const char *const counter_openmp_missing;

/* Two threads, one bound to each CPU, add 1 to a counter `n` times each, after a region that bound them.
 * Returns ns from the region's begin to its end; the counter's value is in *value. The runtime's threads do
 * not spin afterwards. */
double counter_openmp(enum counter_openmp how, uint64_t n, const int cpus[2], uint64_t *value);

/* Gives up the runtime's threads for good: no counter_openmp after this. */
void counter_openmp_end(void);

#endif
