/* SPDX-License-Identifier: MIT */
/*
 * place.h - which CPU each worker gets, and binding to it.
 *
 * A policy orders the usable CPUs (those in the affinity mask, hence in the cpuset); worker i gets the i-th,
 * and from the start again when there are more workers than CPUs. All is computed once, by the parent, before
 * there are workers: place_cpu is an array access, place_bind one system call, and no worker ever calls
 * hwloc.
 *
 * - none: unbound; the system places and moves workers as it likes
 * - compact: topology order: the hardware threads of one core, then the next core under the same L3, NUMA
 *   node, package (as KMP_AFFINITY=compact, or OMP_PLACES=threads with OMP_PROC_BIND=close)
 * - cores-first: package by package: one thread of each of its cores, then their second threads (as
 *   likwid-pin's S0, S1, ...)
 * - smt-last: one thread of every core of the machine in topology order, then second threads (as
 *   OMP_PLACES=cores with OMP_PROC_BIND=close)
 * - scatter: as far apart as possible: around packages, then NUMA nodes, then L3s, then L2s, then cores; second
 *   threads last
 * - numa: around the NUMA nodes; within a node neighbouring cores, second threads last
 * - p-cores, e-cores: of a hybrid CPU, the fastest kind alone or all others, each in smt-last order
 * Where cores are of several kinds, every policy takes the fastest first (after first threads before second ones).
 * - 0,2-5: these CPUs, in this order, each once
 */
#ifndef PARSCALE_BENCH_MACHINE_PLACE_H
#define PARSCALE_BENCH_MACHINE_PLACE_H

#include "bench/machine/topology.h"

#include <pthread.h>

enum { PLACE_POLICY_BYTES = 48 };

struct place {
	char policy[PLACE_POLICY_BYTES];
	bool bound;        /* false: `none` */
	int count;         /* CPUs in the order, at least 1 */
	unsigned capacity; /* workers that need not take turns (place_capacity) */
	/* in the policy's order; `none`: in the order of scatter, as a balancing scheduler would; owned */
	struct cpu *cpus;
	int *mask; /* CPU ids this process was allowed at open, for place_restore; owned */
	int mask_count;
};

/* The name of the i-th policy, i >= 0; NULL past the last. */
const char *place_policy(int i);

/* Whether a text can be a policy on some machine: -1 with ERR_USAGE, naming what is legal. */
int place_check(const char *policy, struct err *e);

/* Orders the usable CPUs of `t`, which is not kept. -1 with ERR_USAGE for a policy that is unknown or a list
 * that names CPUs outside the mask; ERR_ABSENT for p-cores and e-cores where cores are alike. */
int place_open(struct place *p, const char *policy, const struct topology *t, struct err *e);
void place_close(struct place *p); /* a zeroed place is legal */

/* The CPU of a worker, -1: unbound. */
int place_cpu(const struct place *p, unsigned worker);

/* Binds the calling thread to one CPU; does nothing for -1. -1 with ERR_FAILED when the system refuses. */
int place_bind(int cpu, struct err *e);

/* The same for another thread of this process, at once. */
int place_bind_thread(pthread_t thread, int cpu, struct err *e);

/* Gives the calling thread back all CPUs the process had at open. */
void place_restore(const struct place *p);

/* The CPU that the calling thread runs on now; -1 where the system does not tell. */
int place_current(void);

/* How many workers need not take turns on `cpus` of the machine's CPUs: as many, or its CPU quota rounded
 * down (at least 1) where that is less. */
unsigned place_capacity(const struct topology *t, unsigned cpus);

/* The same of this process, as its affinity mask and control group are now, without a topology; at least 1. */
unsigned place_capacity_here(void);

/* A worker's share of each cache in bytes (0: none or unknown), when `workers` of them run: the cache over
 * those of the CPUs in use that share it, at the least favoured worker. Workers beyond the CPUs take turns
 * and divide nothing. */
struct cache_share {
	uint64_t l1_bytes, l2_bytes, l3_bytes;
};
struct cache_share place_caches(const struct place *p, unsigned workers);

/* Sizes worth measuring, in bytes, ascending and distinct: half, once and twice a worker's share of each
 * cache, then powers of ten up to a quarter of the memory (NAN: not known, stop after the caches). Fills at
 * most `room`, returns how many; CACHE_SIZES is room for any machine. */
enum { CACHE_SIZES = 32 };
int cache_sizes(struct cache_share share, double memory_bytes, uint64_t *sizes, int room);

/* A worker count worth measuring. */
struct worker_count {
	unsigned workers;
	bool oversubscribed; /* more workers than CPUs, or than the CPU quota */
	const char *edge;    /* what it fills exactly ("cores of an L3"), or NULL; static */
	bool spare;          /* of many counts one that lies between others, for where a curve bends */
};

/* Ascending counts for a sweep on the usable CPUs: powers of two, the machine's edges, twice the capacity
 * (place_capacity), and from 32 on spare ones halfway between powers of two. Fills at most `room`, returns how many; WORKER_COUNTS is room for any machine. */
enum { WORKER_COUNTS = 32 };
int place_worker_counts(const struct topology *t, struct worker_count *counts, int room);

#endif
