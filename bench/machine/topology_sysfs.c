/* SPDX-License-Identifier: MIT */
/*
 * topology_sysfs.c - reads the topology from sysfs, for builds without hwloc and for the planted
 * machines of the tests. A core, package or cache is identified by its lowest CPU.
 */
#include "bench/machine/topology_read.h"

#include "bench/machine/cpulist.h"
#include "bench/machine/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPU "sys/devices/system/cpu/"
#define NODE "sys/devices/system/node/"

/* A domain is known by the lowest CPU in it; `self` where the file says nothing. */
static int lowest_in(const char *root, int self, int cpu, const char *file)
{
	int cpus[CPULIST_LIMIT];
	int n = tree_cpulist(root, cpus, CPULIST_LIMIT, CPU "cpu%d/%s", cpu, file);
	return n > 0 ? cpus[0] : self;
}

/* "48K", "1M": sysfs writes a cache's size so. 0 for anything else. */
static uint64_t size_in_bytes(const char *text)
{
	unsigned n;
	char unit = '\0';
	if (text[0] < '0' || text[0] > '9' || sscanf(text, "%8u%c", &n, &unit) < 1)
		return 0;
	return (uint64_t)n << (unit == 'K' ? 10 : unit == 'M' ? 20 : 0);
}

static void read_cache(struct cpu *c, const char *root, int index)
{
	char type[32], size[32], shared[64];
	int64_t level, line;
	if (!tree_number(root, &level, CPU "cpu%d/cache/index%d/level", c->id, index) || level < 1 ||
		level > CACHE_LEVELS)
		return;
	if (!tree_text(root, type, sizeof type, CPU "cpu%d/cache/index%d/type", c->id, index) ||
		strcmp(type, "Instruction") == 0)
		return;
	struct cpu_cache *cache = &c->cache[level - 1];
	tree_text(root, size, sizeof size, CPU "cpu%d/cache/index%d/size", c->id, index);
	cache->bytes = size_in_bytes(size);
	if (tree_number(root, &line, CPU "cpu%d/cache/index%d/coherency_line_size", c->id, index) &&
		line > 0 && line <= 1 << 20)
		cache->line = (int)line;
	snprintf(shared, sizeof shared, "cache/index%d/shared_cpu_list", index);
	cache->domain = lowest_in(root, c->id, c->id, shared);
}

static void read_cpu(struct cpu *c, const char *root)
{
	enum { CACHE_INDEXES = 8 };
	c->core = lowest_in(root, lowest_in(root, c->id, c->id, "topology/thread_siblings_list"), c->id,
		"topology/core_cpus_list");
	c->package = lowest_in(root, lowest_in(root, 0, c->id, "topology/core_siblings_list"), c->id,
		"topology/package_cpus_list");
	for (int index = 0; index < CACHE_INDEXES; index++)
		read_cache(c, root, index);
}

static void read_nodes(struct topology *t, const char *root)
{
	int nodes[CPULIST_LIMIT], cpus[CPULIST_LIMIT];
	int n = tree_cpulist(root, nodes, CPULIST_LIMIT, NODE "online");
	for (int i = 0; i < n; i++) {
		int members = tree_cpulist(root, cpus, CPULIST_LIMIT, NODE "node%d/cpulist", nodes[i]);
		for (int j = 0; j < members; j++)
			for (int k = 0; k < t->count; k++)
				if (t->cpus[k].id == cpus[j])
					t->cpus[k].node = nodes[i];
	}
}

/* How fast each CPU is beside the others. Intel lists the fast cores as an event source; Arm tells each CPU's
 * relative speed. */
static void read_speeds(const struct topology *t, const char *root, int64_t *speed)
{
	int fast[CPULIST_LIMIT];
	int n = tree_cpulist(root, fast, CPULIST_LIMIT, "sys/devices/cpu_core/cpus");
	for (int i = 0; i < t->count; i++) {
		if (n == 0)
			tree_number(root, &speed[i], CPU "cpu%d/cpu_capacity", t->cpus[i].id);
		for (int j = 0; j < n; j++)
			speed[i] += fast[j] == t->cpus[i].id;
	}
}

/* A CPU's kind is how many distinct speeds lie below its own. */
static int read_kinds(struct topology *t, const char *root)
{
	int64_t *speed = calloc(2 * (size_t)t->count, sizeof *speed);
	if (!speed)
		return -1;
	int64_t *distinct = speed + t->count;
	int known = 0;
	read_speeds(t, root, speed);
	for (int i = 0, j; i < t->count; i++) {
		for (j = 0; j < known && distinct[j] != speed[i]; j++)
			;
		if (j == known)
			distinct[known++] = speed[i];
	}
	for (int i = 0; i < t->count; i++)
		for (int j = 0; j < known; j++)
			t->cpus[i].kind += distinct[j] < speed[i];
	free(speed);
	return 0;
}

/* Leaves each CPU once; how many. */
static int drop_doubles(int *ids, int n)
{
	bool seen[CPULIST_LIMIT] = {false};
	int kept = 0;
	for (int i = 0; i < n; i++) {
		if (!seen[ids[i]])
			ids[kept++] = ids[i];
		seen[ids[i]] = true;
	}
	return kept;
}

/* The CPUs there are: the online ones, or else the allowed ones, or else CPU 0. */
static int list_cpus(const char *root, int *ids)
{
	int n = tree_cpulist(root, ids, CPULIST_LIMIT, CPU "online");
	if (n == 0)
		n = topology_allowed(root, ids);
	if (n == 0)
		ids[n++] = 0;
	return drop_doubles(ids, n);
}

int topology_read_sysfs(struct topology *t, const char *root, struct err *e)
{
	int ids[CPULIST_LIMIT];
	if (topology_allocate(t, list_cpus(root, ids), e) != 0)
		return -1;
	for (int i = 0; i < t->count; i++) {
		t->cpus[i].id = ids[i];
		read_cpu(&t->cpus[i], root);
	}
	read_nodes(t, root);
	if (read_kinds(t, root) != 0) {
		topology_free(t);
		return err_set(e, ERR_FAILED, "topology: out of memory");
	}
	topology_apply_limits(t, root);
	return topology_finish(t, e);
}
