/* SPDX-License-Identifier: MIT */
/*
 * serial_run.h - a variant set up for use here and now, in the calling thread: for checking and listing, never for
 * measured cells.
 */
#ifndef PARSCALE_BENCH_HARNESS_SERIAL_RUN_H
#define PARSCALE_BENCH_HARNESS_SERIAL_RUN_H

#include "bench/harness/scratch.h"
#include "kernels/kernel.h"

struct serial_run {
	const struct variant *variant;
	void *input;
	void *scratch; /* as a worker's: zeroed, 4096-byte aligned; NULL where none is needed */
	uint64_t units;
	struct scratch own; /* what `scratch` is in */
};

/* Sets a variant up for a problem; what it refuses is in *e. serial_run_close frees. */
int serial_run_open(struct serial_run *s, const struct variant *v, const struct problem *p, struct err *e);
void serial_run_close(struct serial_run *s);

#endif
