/* SPDX-License-Identifier: MIT */
/*
 * topology_sysfs.c - reads the topology from sysfs, for builds without hwloc and for the planted
 * machines of the tests. A core, package or cache is identified by its lowest CPU.
 */
#include "bench/machine/topology_read.h"

#include "bench/machine/cpulist.h"
#include "bench/machine/tree.h"

#include <stdio.h>
#include <string.h>

#define CPU "sys/devices/system/cpu/"
#define NODE "sys/devices/system/node/"

/* A domain is known by the lowest CPU in it, from a list or, of older kernels, from a mask (LIST without "_list", with
 * "_map" where `map` says so); `self` where neither says anything. */
static int lowest_in(const char *root, int self, int cpu, const char *list)
{
	int cpus[CPULIST_LIMIT];
	char mask[96];
	if (tree_cpulist(root, cpus, CPULIST_LIMIT, CPU "cpu%d/%s", cpu, list) > 0)
		return cpus[0];
	snprintf(mask, sizeof mask, "%.*s%s", (int)(strlen(list) - strlen("_list")), list,
		strstr(list, "shared_cpu") ? "_map" : "");
	return tree_cpumask(root, cpus, CPULIST_LIMIT, CPU "cpu%d/%s", cpu, mask) > 0 ? cpus[0] : self;
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

/* Where no lists are told: the package's number, which may be any; 0 where there is none. */
static int package_by_number(int cpu, const char *root)
{
	int64_t id;
	return tree_number(root, &id, CPU "cpu%d/topology/physical_package_id", cpu) && id >= 0 &&
			       id < CPULIST_LIMIT
		       ? (int)id
		       : 0;
}

static void read_cpu(struct cpu *c, const char *root)
{
	enum { CACHE_INDEXES = 8 };
	c->core = lowest_in(root, lowest_in(root, c->id, c->id, "topology/thread_siblings_list"), c->id,
		"topology/core_cpus_list");
	c->package = lowest_in(root, lowest_in(root, -1, c->id, "topology/core_siblings_list"), c->id,
		"topology/package_cpus_list");
	if (c->package < 0)
		c->package = package_by_number(c->id, root);
	for (int index = 0; index < CACHE_INDEXES; index++)
		read_cache(c, root, index);
}

/* Whether a node without CPUs has memory; where it does not say how much, it has. */
static bool has_memory(const char *root, int node)
{
	char text[2048];
	unsigned long long kib = 1;
	const char *total = tree_text(root, text, sizeof text, NODE "node%d/meminfo", node)
				    ? strstr(text, "MemTotal:")
				    : NULL;
	return !total || sscanf(total, "MemTotal: %llu", &kib) != 1 || kib > 0;
}

/* CPUs of no online node count to the first that has any. */
static void read_nodes(struct topology *t, const char *root)
{
	int nodes[CPULIST_LIMIT], cpus[CPULIST_LIMIT], first = -1;
	int n = tree_cpulist(root, nodes, CPULIST_LIMIT, NODE "online");
	for (int k = 0; k < t->count; k++)
		t->cpus[k].node = -1;
	for (int i = 0; i < n; i++) {
		int members = tree_cpulist(root, cpus, CPULIST_LIMIT, NODE "node%d/cpulist", nodes[i]),
		    here = 0;
		for (int j = 0; j < members; j++)
			for (int k = 0; k < t->count; k++)
				if (t->cpus[k].id == cpus[j]) {
					t->cpus[k].node = nodes[i];
					here++;
				}
		first = first < 0 && here > 0 ? nodes[i] : first;
		t->memory_nodes += members == 0 && has_memory(root, nodes[i]);
	}
	for (int k = 0; k < t->count; k++)
		if (t->cpus[k].node < 0)
			t->cpus[k].node = first < 0 ? 0 : first;
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
static int list_cpus(const char *root, int *ids, struct err *e)
{
	int n = tree_cpulist(root, ids, CPULIST_LIMIT, CPU "online");
	if (n == 0)
		n = topology_allowed(root, ids, e);
	if (n < 0)
		return -1;
	if (n == 0)
		ids[n++] = 0;
	return drop_doubles(ids, n);
}

int topology_read_sysfs(struct topology *t, const char *root, struct err *e)
{
	int ids[CPULIST_LIMIT];
	bool told;
	const int n = list_cpus(root, ids, e);
	if (n < 0 || topology_allocate(t, n, e) != 0)
		return -1;
	for (int i = 0; i < t->count; i++) {
		t->cpus[i].id = ids[i];
		read_cpu(&t->cpus[i], root);
	}
	read_nodes(t, root);
	if (topology_sysfs_kinds(t, root, &told) != 0) {
		topology_free(t);
		return err_blame(e, CAUSE_MEMORY, "topology: out of memory");
	}
	return topology_apply_limits(t, root, e) == 0 ? topology_finish(t, e) : -1;
}
