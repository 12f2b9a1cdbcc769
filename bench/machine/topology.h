/* SPDX-License-Identifier: MIT */
/*
 * topology.h - the CPUs of a machine in topology order, and what they share: packages, NUMA nodes, caches,
 * cores.
 *
 * Read once, by hwloc where the build has it and else from sysfs; plain data afterwards, which placement,
 * worker counts and problem sizes are computed from. Nothing here binds, and nothing here is called by a
 * worker.
 */
#ifndef PARSCALE_BENCH_MACHINE_TOPOLOGY_H
#define PARSCALE_BENCH_MACHINE_TOPOLOGY_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_LEVELS = 3 }; /* data or unified caches L1 to L3 are cache[0] to cache[2] */

/* A cache that a CPU reaches. */
struct cpu_cache {
	int domain;     /* CPUs with the same number share it; counted over the machine; -1: unknown */
	int line;       /* bytes; 0: unknown */
	uint64_t bytes; /* 0: unknown */
};

/* One hardware thread. Package, node and core are counted 0, 1, ... over the whole machine, in topology
 * order. */
struct cpu {
	int id;      /* the system's number, for binding */
	int package; /* socket */
	int node;    /* NUMA node nearest to it */
	int core;
	int thread;  /* which of its core's hardware threads: 0, 1, ... */
	int kind;    /* 0 the most efficient (E cores), higher: faster (P cores); all 0: cores are alike */
	bool usable; /* in this process's affinity mask, hence in its cpuset; at least one CPU is */
	struct cpu_cache cache[CACHE_LEVELS];
};

struct topology {
	/* by package and node (whichever contains the other first), L3, fastest kind, L2, core, thread: neighbours
	 * share most; owned */
	struct cpu *cpus;
	int count;        /* at least 1 */
	int memory_nodes; /* NUMA nodes that have memory and no CPU (HBM, CXL expanders, GPUs) */
	/* CPU time that this process's control group may use, or the CPUs of the batch job if it has fewer, in CPUs; NAN:
	 * no limit */
	double quota;
	char source[120]; /* "hwloc 2.9.0", or "sysfs" and why not hwloc */
	char cache_source[CACHE_LEVELS]
			 [16]; /* "sysfs", "hwloc", "CPUID", "C library", "device tree"; "": not told */
	/* "": this machine's, or read under a root; else the variable by which hwloc was given another machine's,
	 * which all CPUs may be used of */
	char elsewhere[40];
};

/* Reads the machine under `root` (tree.h; "" is this one, by hwloc where built in, which then honours
 * HWLOC_SYNTHETIC and HWLOC_XMLFILE: all CPUs of such a machine count as usable). -1 with ERR_FAILED only
 * without memory or any CPU. */
int topology_read(struct topology *t, const char *root, struct err *e);

/* -1 with ERR_USAGE, naming the variable, for a topology that is not this machine's: nothing can be bound to it. */
int topology_check_here(const struct topology *t, struct err *e);

/* Whether two readings agree in their source and in all that they tell of each CPU. */
bool topology_same(const struct topology *a, const struct topology *b);

/* Frees the CPUs; a zeroed topology is legal. */
void topology_free(struct topology *t);

/* Lets the programs that this process starts take this topology for the machine's, affinity mask and quota
 * included, where they would read it (root ""); reading takes some milliseconds, and tens of them on a big
 * machine. Best effort: where it fails, they read. One at a time. */
void topology_share(const struct topology *t);
void topology_unshare(void);

/* Leaves only the CPUs of a list usable, as an affinity mask would. */
void topology_restrict(struct topology *t, const int *ids, int n);

/* How many CPUs this process may use, at least 1, and its quota, as a topology would say; without reading one. */
unsigned topology_limits_here(double *quota);

/* How many CPUs are usable, and how many cores they belong to. */
int topology_usable(const struct topology *t);
int topology_usable_cores(const struct topology *t);

/* Takes over what a loaded hwloc topology (an hwloc_topology_t) says; all CPUs usable. For other machines
 * than this one. -1 with ERR_ABSENT in a build without hwloc. */
struct hwloc_topology;
int topology_from_hwloc(struct topology *t, struct hwloc_topology *loaded, struct err *e);

#endif
