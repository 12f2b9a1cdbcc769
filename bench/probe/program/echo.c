/* SPDX-License-Identifier: MIT */
/*
 * echo.c - the fresh program of probe `spawn`, linked dynamically and statically: `PROGRAM FD
 * ARGUMENT` writes its argument and the time at which it reached main to a descriptor.
 */
#include "bench/machine/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const uint64_t now = clock_ns();
	char text[96];
	if (argc != 3)
		return 2;
	int n = snprintf(text, sizeof text, "%.40s %" PRIu64 "\n", argv[2], now);
	return write(atoi(argv[1]), text, (size_t)n) == n ? 0 : 1;
}
