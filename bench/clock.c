/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <stdlib.h>

enum { READINGS = 1001, PATIENCE_NS = 50000000 };

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

uint64_t clock_resolution_ns(void)
{
	uint64_t steps[READINGS];
	size_t n = 0;
	const uint64_t start = clock_ns();
	uint64_t last = start;
	while (n < READINGS) {
		uint64_t now = clock_ns();
		if (now == last)
			continue;
		steps[n++] = now - last;
		last = now;
		if (now - start > PATIENCE_NS)
			break;
	}
	qsort(steps, n, sizeof *steps, ascending);
	return steps[n / 2];
}
