/* SPDX-License-Identifier: MIT */
/*
 * print_items.h - writes the items that a kernel finds, one per line, in order. Never timed.
 */
#ifndef PARSCALE_BENCH_HARNESS_PRINT_ITEMS_H
#define PARSCALE_BENCH_HARNESS_PRINT_ITEMS_H

#include "bench/harness/cell.h"

/* How messages of lists begin that standard output did not take: what was found is right all the same. */
#define PRINT_UNWRITTEN "standard output: "

/* Lists a finished cell's items (its text in memory) on standard output, by its own variant; of a kernel that
 * seeks the longest that one. -1 with ERR_FAILED when standard output does not take them all or they are not
 * as many as `answer` says; ERR_USAGE for a kernel that lists nothing. */
int print_items(const struct cell *c, struct tally answer, struct err *e);

#endif
