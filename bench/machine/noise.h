/* SPDX-License-Identifier: MIT */
/*
 * noise.h - how much of the time a CPU is away from the work: fixed work quanta.
 *
 * The same short piece of arithmetic is timed over and over; whatever exceeds the shortest time was taken by
 * interrupts, other tasks, the hypervisor or changes of the clock frequency (method: Sottile and Minnich,
 * Analysis of microbenchmarks for performance tuning of clusters, CLUSTER 2004). The calling thread stays
 * where the system puts it.
 */
#ifndef PARSCALE_BENCH_MACHINE_NOISE_H
#define PARSCALE_BENCH_MACHINE_NOISE_H

#include <stdint.h>

struct noise {
	uint64_t quanta;       /* how many pieces were timed; 0: not measured */
	double quantum_us;     /* the shortest */
	double median_percent; /* what the middle one takes beyond it: the frequency's and the caches' part */
	double lost_percent;   /* what all take together beyond the middle one: the part of what interrupts */
	double longest_us;     /* the longest interruption */
	double resolution_ns;  /* of the clock (clock.h) */
};

/* Measures for about `seconds` (at most 1) on the calling thread. */
void noise_measure(struct noise *n, double seconds);

#endif
