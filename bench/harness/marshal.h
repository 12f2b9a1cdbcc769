/* SPDX-License-Identifier: MIT */
/*
 * marshal.h - a trial's chunks and results as bytes, for workers that do not see its input (back ends fork-pipe
 * and fork-pickle).
 *
 * Kernels that can pack send the bytes that a chunk is made of; the others have nothing to send but a range.
 * Back come the items found, or, where a kernel lists nothing or not all that counts, tallies. The lists are
 * kept by chunk, so that they are in input order whoever found them first. For a back end that serialises,
 * both ways are lists of objects (pickle.h), made and read in each run; else they are memory.
 */
#ifndef PARSCALE_BENCH_HARNESS_MARSHAL_H
#define PARSCALE_BENCH_HARNESS_MARSHAL_H

#include "bench/harness/work.h"

struct marshal {
	const struct work *work;
	struct wire wire;
	struct marshal_list *lists; /* of each chunk */
	struct tally tally;         /* where nothing is listed */
};

/* For a work that is set up; its job gets h->wire, and is job ctx `work`, whose `marshal` is h. -1 with
 * ERR_FAILED without memory. */
int marshal_open(struct marshal *h, const struct work *w, struct err *e);
void marshal_close(struct marshal *h); /* a zeroed one is legal */

/* Before a run: forgets the results of the last, and keeps their memory. */
void marshal_clear(struct marshal *h);

/* What the results of a run amount to: counted and weighed item by item. */
struct tally marshal_tally(const struct marshal *h);

#endif
