/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the one clock: CLOCK_MONOTONIC, comparable between threads and processes of one host.
 *
 * Stamps of two hosts, or from before a reboot, are never compared.
 */
#ifndef PARSCALE_BENCH_MACHINE_CLOCK_H
#define PARSCALE_BENCH_MACHINE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Now, in nanoseconds since an arbitrary moment of this boot. */
static inline uint64_t clock_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* How long the machine has been suspended in this boot, to within 0.1 ms. */
uint64_t clock_suspended_ns(void);

/* What a single reading can tell apart, at least 1: the median difference of two neighbouring readings that
 * differ, so it covers both a coarse tick and the cost of the call. Takes some 50 us on a fine clock, at most
 * 50 ms on a coarse one. */
uint64_t clock_resolution_ns(void);

#endif
