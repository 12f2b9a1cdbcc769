/* SPDX-License-Identifier: MIT */
/*
 * topology_read.h - what the two readers of a topology share; included by topology*.c alone.
 *
 * A reader fills the CPUs in any order, with domains as any numbers below CPULIST_LIMIT that are distinct
 * over the machine and ascend in topology order; topology_finish sorts and renumbers.
 */
#ifndef PARSCALE_BENCH_MACHINE_TOPOLOGY_READ_H
#define PARSCALE_BENCH_MACHINE_TOPOLOGY_READ_H

#include "bench/machine/topology.h"

#include <stddef.h>

/* `count` usable CPUs without caches, all else zero. */
int topology_allocate(struct topology *t, int count, struct err *e);

/* Makes a reader's CPUs what topology.h promises; on -1 `t` is freed. */
int topology_finish(struct topology *t, struct err *e);

/* The CPUs that ROOT/proc/self/status allows, or of this machine the system call, into ids[CPULIST_LIMIT]; how
 * many, 0 where it says nothing. -1 with ERR_FAILED for a list that is too long to be read whole. */
int topology_allowed(const char *root, int *ids, struct err *e);

/* Marks those as usable and no other (where it says nothing, or none of these CPUs, all stay usable), and
 * takes the control group's quota. On -1 `t` is freed. */
int topology_apply_limits(struct topology *t, const char *root, struct err *e);

/* What is known of how fast a CPU is beside the others; 0: not told. */
struct cpu_speed {
	bool fast;        /* listed among the fast ones (Intel's cpu_core) */
	int64_t capacity; /* relative, as Arm kernels tell it */
	int64_t max_khz;  /* highest clock */
	uint64_t part;    /* maker and part of the core (MIDR_EL1 without variant and revision) */
};

/* Sets the kind of each CPU from speed[i] of t->cpus[i], for both readers alike: see topology_kinds.c. -1 without
 * memory. */
int topology_rank_kinds(struct topology *t, const struct cpu_speed *speed);

/* Ranks kinds by what ROOT's sysfs tells. -1 without memory; *told: whether it told any speed. */
int topology_sysfs_kinds(struct topology *t, const char *root, bool *told);

/* Whether these are the CPUs that this system has online; true where it does not tell. */
bool topology_is_here(const struct topology *t);

/* What a reader found of caches is from `source`: "sysfs". */
void topology_note_caches(struct topology *t, const char *source);

/* Caches that the reader found none of, or no size: of this machine (`here`) by CPUID or the C library, then by ROOT's
 * device tree; each level's source says so. */
void topology_fill_caches(struct topology *t, const char *root, bool here);

/* Caches of the levels that are wanted, for CPUs that have none or do not know its size, by ROOT's device tree; filled[i]:
 * it told some of level i + 1. -1 without memory. */
int topology_devicetree_caches(
	struct topology *t, const char *root, const bool wanted[CACHE_LEVELS], bool filled[CACHE_LEVELS]);

/* What an ancestor shared (topology_share); -1 where none did. */
int topology_read_shared(struct topology *t);

/* This machine by hwloc. -1 with `why` filled and *e left alone where hwloc is absent or fails; -1 with *e
 * set without memory. */
int topology_read_hwloc(struct topology *t, char *why, size_t why_bytes, struct err *e);

/* The machine under `root` from its sysfs; without one, each allowed CPU is a core of its own. */
int topology_read_sysfs(struct topology *t, const char *root, struct err *e);

#endif
