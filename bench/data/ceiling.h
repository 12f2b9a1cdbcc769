/* SPDX-License-Identifier: MIT */
/*
 * ceiling.h - how near each cell comes to what the machine can read: the `read` cells of the same sweep.
 * Pure.
 */
#ifndef PARSCALE_CEILING_H
#define PARSCALE_CEILING_H

#include "data/csv.h"

/* Fills ceiling_bytes_per_second and pct_of_ceiling of every summary row that has bytes_per_second: against
 * the fastest cell of kernel `read`, of whatever variant and back end, with as many workers, the same
 * placement, and between half and twice as many bytes; where there is none, the nearest in size, up to
 * 2^CEILING_DOUBLINGS times. Empty where there is none either. */
enum { CEILING_DOUBLINGS = 3 };
void ceiling_fill(struct table *summary);

#endif
