/* SPDX-License-Identifier: MIT */
/*
 * print_counts.h - `run --print-unique`: how often each word was found.
 */
#ifndef PARSCALE_BENCH_HARNESS_PRINT_COUNTS_H
#define PARSCALE_BENCH_HARNESS_PRINT_COUNTS_H

#include "bench/harness/cell.h"

/* Writes to standard output a line for each different item, its count, a tab and its spelling: the most
 * frequent first, and of those the one that was found first. `count` is how many items there are in all. -1
 * with ERR_FAILED where it lists others, where memory or output fail. */
int print_counts(const struct cell *c, uint64_t count, struct err *e);

#endif
