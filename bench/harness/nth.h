/* SPDX-License-Identifier: MIT */
/*
 * nth.h - the n-th item of a kernel, from a count to about there and a window that is listed.
 */
#ifndef PARSCALE_BENCH_HARNESS_NTH_H
#define PARSCALE_BENCH_HARNESS_NTH_H

#include "bench/harness/cell.h"

/* Before measuring: sets the cell's --stop to where its n-th item from --start on is, nearly. -1 with
 * ERR_USAGE where the kernel has none, or what the user said is in the way. */
int nth_aim(struct cell *c, uint64_t n, struct err *e);

/* After it, with `counted` items in the cell's range: finds the item, by listing windows from its end on or
 * back. -1 with *e set. */
int nth_find(const struct cell *c, uint64_t n, uint64_t counted, uint64_t *item, struct err *e);

#endif
