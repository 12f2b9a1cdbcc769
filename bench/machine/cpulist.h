/* SPDX-License-Identifier: MIT */
/*
 * cpulist.h - lists of CPU numbers such as "0,2-5", as Linux writes them and as users do.
 *
 * Order and repetition are kept. Nothing here knows which CPUs exist.
 */
#ifndef PARSCALE_BENCH_MACHINE_CPULIST_H
#define PARSCALE_BENCH_MACHINE_CPULIST_H

#include <stddef.h>

/* CPU numbers are below this; more than the 8192 CPUs that Linux can be built for. */
enum { CPULIST_LIMIT = 16384 };

/* Parses a list (ascending ranges, both ends inclusive; one final newline is taken) into cpus[0 .. room).
 * Returns how many CPUs it names, which may exceed `room`; 0 for an empty text; -1 for anything that is not
 * such a list. */
int cpulist_parse(const char *text, int *cpus, int room);

/* Writes cpus[0 .. n) with runs as ranges into `text` of `size` bytes, truncated; returns its full length. */
size_t cpulist_format(const int *cpus, int n, char *text, size_t size);

#endif
