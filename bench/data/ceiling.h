/* SPDX-License-Identifier: MIT */
/*
 * ceiling.h - how near each cell comes to what the machine can do: to the cells of the same sweep that are
 * ceilings (kernel.h, enum ceiling). Pure.
 *
 * A cell has a ceiling for its bytes, the fastest cell of `read`, and one for each kind of operation that its
 * kernel demands, the fastest cell of that kernel: of the same instruction set (what a variant's name begins
 * with, to its first '-') where there is one, else of any. Ceilings have as many workers and the same
 * placement, of whatever back end, but for those whose runs each have a start or pass messages
 * (starts_each_run): these bound cells of their own back end only. Of its ceilings the one that the
 * cell comes nearest to binds; no kernel is its own.
 */
#ifndef PARSCALE_BENCH_DATA_CEILING_H
#define PARSCALE_BENCH_DATA_CEILING_H

#include "bench/data/csv.h"
#include "kernels/kernel.h"

/* Memory is as fast as the cells of `read` between half and twice as many bytes say. More bytes are read more slowly,
 * from a further cache or memory, and so are no bound: one of the cells has no more bytes than the bounded one, down to
 * 2^-CEILING_DOUBLINGS times, the nearest. Where there is none, nothing is said. */
enum { CEILING_DOUBLINGS = 3 };

/* Fills operations_per_second, ceiling_bytes_per_second, ceiling and pct_of_ceiling of every row of a summary
 * from the rest. What is not known stays empty. */
void ceiling_fill(struct table *summary);

/* The bytes of one run, as its kernel counts them; NAN where it does not. */
double ceiling_bytes(const struct summary *s);

/* Operations a second of one kind that a row demands; NAN where that is not known. */
double ceiling_demanded(const struct summary *s, const struct demand *d);

/* The kernel of a row, NULL where this program does not know it. */
const struct kernel *ceiling_kernel(const struct summary *s);

/* Whether two variants are of one instruction set. */
bool ceiling_same_set(const char *variant, const char *other);

#endif
