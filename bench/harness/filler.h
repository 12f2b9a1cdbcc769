/* SPDX-License-Identifier: MIT */
/*
 * filler.h - fills the arrays of inputs by all CPUs, and keeps them for the sweep's later launches.
 *
 * Arrays are made in parts by threads that have ended before there is any worker. Their pages lie where
 * the caller's would: on its NUMA node, unless the process has a memory policy of its own.
 *
 * A shelf is memory that the driver creates and each of its launches inherits as a descriptor. A launch
 * that finds its array there copies it into memory of its own, so that page placement and address
 * layout are as random as if it had made it; one that does not makes the array and leaves a copy.
 * Launches with the same shelf must follow each other.
 */
#ifndef PARSCALE_BENCH_HARNESS_FILLER_H
#define PARSCALE_BENCH_HARNESS_FILLER_H

#include "base/err.h"
#include "kernels/fill.h"

/* A new shelf with room for so many bytes of arrays, which take memory as they come: a descriptor, closed on exec. -1
 * where the system has no such memory; launches then make their arrays. */
int filler_create_shelf(uint64_t bytes);

/* As many as a shelf here should have: an eighth of what memory is left, at most 1 GiB. */
uint64_t filler_shelf_bytes(void);

/* By as many threads as have CPUs here; shelf -1: none. Anything else than a shelf counts as none. filler_close
 * after the last use; the descriptor stays open. */
struct own_filler {
	struct filler filler; /* for problem.filler */
	int shelf;
	struct shelf_index *index; /* mapped; NULL: there is none */
	unsigned threads;          /* 0: not looked at yet */
	const int *cpus;           /* of the workers, `spread` of them; -1: free */
	unsigned spread;           /* part i of an array is touched first by a thread on CPU i; 0: by any */
};
void filler_open(struct own_filler *f, int shelf);
void filler_close(struct own_filler *f);

#endif
