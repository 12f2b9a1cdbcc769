/* SPDX-License-Identifier: MIT */
/*
 * chunk_pool.h - the chunks of a run, handed out to the ranks of all hosts: each exactly once.
 *
 * The ranks of a host share a pool in memory. On one host it has all chunks, and taking one is an atomic addition. On
 * several, a pool that is empty is refilled from one counter of rank 0 by a one-sided fetch-and-add, with a share of what
 * is left: large at first, small at the end, so that hosts finish together and the counter is asked a few times per host,
 * not once per chunk.
 */
#ifndef PARSCALE_BENCH_MPI_CHUNK_POOL_H
#define PARSCALE_BENCH_MPI_CHUNK_POOL_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

/* Which ranks are on one host, by its name and boot: they share memory and a clock. $PARSCALE_RANKS_PER_HOST, for tests,
 * pretends that each so many ranks of a host are on one of their own. */
struct chunk_hosts {
	MPI_Comm ranks; /* of this rank's host */
	int local;      /* this rank's number among them */
	int mine;       /* the lowest rank of this host */
	int count;      /* hosts */
	int here;       /* ranks of this host */
	int all;        /* ranks of all */
};

/* Collective over all ranks. */
void chunk_hosts_find(struct chunk_hosts *h);
void chunk_hosts_free(struct chunk_hosts *h);

struct chunk_pool;

/* Collective over all ranks; aborts MPI without memory. `hosts` must outlive it. */
struct chunk_pool *chunk_pool_open(const struct chunk_hosts *hosts);
void chunk_pool_close(struct chunk_pool *p);

/* Before a run, in every rank, when no rank takes chunks any more; then a barrier. */
void chunk_pool_reset(struct chunk_pool *p, uint64_t chunks);

/* Takes the next chunk; false when there is none left. In any thread of a rank (MPI_THREAD_SERIALIZED); `main`: this is
 * the one that serves others in between, where MPI makes progress only when it is called. */
bool chunk_pool_take(struct chunk_pool *p, bool main, uint64_t *index);

#endif
