/* SPDX-License-Identifier: MIT */
/*
 * threads.h - the workers of one rank: OpenMP threads, or, where there is one, the rank itself without
 * OpenMP.
 */
#ifndef PARSCALE_BENCH_MPI_THREADS_H
#define PARSCALE_BENCH_MPI_THREADS_H

typedef void threads_part_fn(void *ctx, unsigned thread);

/* Calls `part` in each of so many threads at once, the same thread with the same number every time, and waits
 * for all. Returns how many there were: fewer where the runtime gave fewer, or this build has no OpenMP. */
unsigned threads_all(unsigned threads, threads_part_fn *part, void *ctx);

#endif
