/* SPDX-License-Identifier: MIT */
/*
 * cgroup.h - the limits that this process's control group sets: CPU quota, CPUs, memory.
 *
 * Reads cgroup v1, v2, and both mounted together, under a root (tree.h). Changes nothing and joins nothing.
 */
#ifndef PARSCALE_BENCH_MACHINE_CGROUP_H
#define PARSCALE_BENCH_MACHINE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgroup {
	int version;              /* that limits CPU time here: 1 or 2; 0: none found */
	double quota;             /* in CPUs, the least of the group and those around it; NAN: no limit */
	double throttled_seconds; /* how long the group has been held back so far; NAN: not told */
	double memory_bytes;      /* the least of the group and those around it; NAN: no limit */
	double memory_left_bytes; /* of that, what none of them uses yet (but for cached files); NAN: no limit */
	char cpus[256];           /* the cpuset as a list; "": not told */
};

void cgroup_read(struct cgroup *g, const char *root);

/* How many processes of this process's control group the system has killed so far because it, or a group, ran out of
 * memory. Where the group does not count them (the root of version 2, Linux before 4.13) how many of the whole system; -1:
 * not told. */
int64_t memory_kills(const char *root);

/* Bytes that this process can still take before somebody is out of memory: what the system says is available, or less where
 * its control group has less. INFINITY: not told. */
double memory_left(const char *root);

/* Who is out of memory, in words: "out of memory, of which its control group may use 512 MiB", or the system. */
void memory_text(const char *root, char *text, size_t size);

/* Where the files are that limit this process's CPU time, as a path below the root: "/sys/fs/cgroup/a". False
 * where there are none. */
bool cgroup_folder(const char *root, char *path, size_t size);

#endif
