/* SPDX-License-Identifier: MIT */
/*
 * parallel_run.h - a problem solved once by the caller and threads, for a caller who wants the
 * answer and no phases.
 *
 * In a trial all workers wait at a gate, so that phases can be told apart. Here nobody waits: the
 * caller is worker 0 and works from the start, and each thread from when it runs. Never for
 * measured cells.
 */
#ifndef PARSCALE_BENCH_HARNESS_PARALLEL_RUN_H
#define PARSCALE_BENCH_HARNESS_PARALLEL_RUN_H

#include "bench/machine/place.h"
#include "kernels/kernel.h"

/* Solves a problem with `workers` >= 1, handing out chunks to whoever is free. The caller stays
 * where it is, and threads are bound to the other CPUs of `place`; unbound if that is. The answer
 * is in *found. -1 with *e set, and nothing left behind, when the variant refuses the problem, or
 * there is no memory or no thread. */
int parallel_run(const struct variant *v, const struct problem *p, const struct place *place,
	unsigned workers, struct tally *found, struct err *e);

#endif
