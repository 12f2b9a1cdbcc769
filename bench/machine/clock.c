/* SPDX-License-Identifier: MIT */
/* clock.c - measures the resolution of the clock (the median step between readings that differ), and suspended time. */
#include "bench/machine/clock.h"

#include "bench/stats/stats.h"

#include <stddef.h>

enum { READINGS = 1001, PATIENCE_NS = 50000000 };

uint64_t clock_resolution_ns(void)
{
	double steps[READINGS];
	size_t n = 0;
	const uint64_t start = clock_ns();
	uint64_t last = start;
	while (n < READINGS) {
		uint64_t now = clock_ns();
		if (now == last)
			continue;
		steps[n++] = (double)(now - last);
		last = now;
		if (now - start > PATIENCE_NS)
			break;
	}
	stats_sort(steps, n);
	return (uint64_t)stats_quantile(steps, n, 0.5);
}

/* CLOCK_BOOTTIME goes on while the machine is suspended, CLOCK_MONOTONIC does not. Two readings between which this thread
 * had to wait are of no use. */
uint64_t clock_suspended_ns(void)
{
#ifdef CLOCK_BOOTTIME
	enum { CLOSE_NS = 100000, TRIES = 1000 };
	uint64_t before, suspended;
	int tries = 0;
	do {
		struct timespec boot;
		before = clock_ns();
		clock_gettime(CLOCK_BOOTTIME, &boot);
		suspended = (uint64_t)boot.tv_sec * UINT64_C(1000000000) + (uint64_t)boot.tv_nsec - before;
	} while (clock_ns() - before > CLOSE_NS && ++tries < TRIES);
	return suspended;
#else
	return 0;
#endif
}
