/* SPDX-License-Identifier: MIT */
/* clock.c - measures the resolution of the clock: the median step between readings that differ. */
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
