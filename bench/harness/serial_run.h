/* SPDX-License-Identifier: MIT */
/*
 * serial_run.h - a variant set up for use here and now, in the calling thread: for checking and listing, never for
 * timing.
 */
#ifndef PARSCALE_BENCH_HARNESS_SERIAL_RUN_H
#define PARSCALE_BENCH_HARNESS_SERIAL_RUN_H

#include "kernels/kernel.h"

struct solo {
	const struct variant *variant;
	void *input;
	void *scratch; /* as a worker's: zeroed, 4096-byte aligned; NULL where none is needed */
	uint64_t units;
	void *room; /* what solo_close gives back: `mapped` bytes, or malloc's */
	size_t mapped;
};

/* Sets a variant up for a problem; what it refuses is in *e. solo_close frees. */
int solo_open(struct solo *s, const struct variant *v, const struct problem *p, struct err *e);
void solo_close(struct solo *s);

#endif
