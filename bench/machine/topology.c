/* SPDX-License-Identifier: MIT */
/*
 * topology.c - the topology as plain data: sorts and renumbers the CPUs that a reader has found,
 * and marks those that this process may use.
 */
#include "bench/machine/topology_read.h"

#include "bench/machine/cgroup.h"
#include "bench/machine/cpulist.h"
#include "bench/machine/tree.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct cpu *x = a, *y = b;
	const int differences[] = {x->package - y->package, x->node - y->node,
		x->cache[2].domain - y->cache[2].domain, x->cache[1].domain - y->cache[1].domain,
		x->core - y->core, x->id - y->id};
	for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
		if (differences[i] != 0)
			return differences[i];
	return 0;
}

/* Renumbers one domain, `offset` bytes into each CPU, as 0, 1, ... in order of appearance; negative ones
 * stay. */
static void renumber(struct topology *t, size_t offset, int *map)
{
	int known = 0;
	for (int i = 0; i < CPULIST_LIMIT; i++)
		map[i] = -1;
	for (int i = 0; i < t->count; i++) {
		int *domain = (int *)(void *)((char *)&t->cpus[i] + offset);
		if (*domain < 0)
			continue;
		if (map[*domain] < 0)
			map[*domain] = known++;
		*domain = map[*domain];
	}
}

static void number_threads(struct topology *t, int *seen)
{
	for (int i = 0; i < CPULIST_LIMIT; i++)
		seen[i] = 0;
	for (int i = 0; i < t->count; i++)
		t->cpus[i].thread = seen[t->cpus[i].core]++;
}

int topology_finish(struct topology *t, struct err *e)
{
	static const size_t domains[] = {offsetof(struct cpu, package), offsetof(struct cpu, node),
		offsetof(struct cpu, core), offsetof(struct cpu, cache[0].domain),
		offsetof(struct cpu, cache[1].domain), offsetof(struct cpu, cache[2].domain)};
	qsort(t->cpus, (size_t)t->count, sizeof *t->cpus, compare);
	int *map = malloc(CPULIST_LIMIT * sizeof *map);
	if (!map) {
		topology_free(t);
		return err_set(e, ERR_FAILED, "topology: out of memory");
	}
	for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
		renumber(t, domains[i], map);
	number_threads(t, map);
	free(map);
	return 0;
}

int topology_allocate(struct topology *t, int count, struct err *e)
{
	*t = (struct topology){0};
	if (count < 1 || count > CPULIST_LIMIT)
		return err_set(e, ERR_FAILED, "topology: %d CPUs; 1 to %d are legal", count, CPULIST_LIMIT);
	*t = (struct topology){.cpus = calloc((size_t)count, sizeof *t->cpus), .count = count, .quota = NAN};
	if (!t->cpus)
		return err_set(e, ERR_FAILED, "topology: out of memory for %d CPUs", count);
	for (int i = 0; i < count; i++) {
		t->cpus[i].usable = true;
		for (int level = 0; level < CACHE_LEVELS; level++)
			t->cpus[i].cache[level].domain = -1;
	}
	return 0;
}

void topology_free(struct topology *t)
{
	free(t->cpus);
	*t = (struct topology){0};
}

void topology_restrict(struct topology *t, const int *ids, int n)
{
	for (int i = 0; i < t->count; i++) {
		t->cpus[i].usable = false;
		for (int j = 0; j < n; j++)
			t->cpus[i].usable |= ids[j] == t->cpus[i].id;
	}
}

int topology_usable(const struct topology *t)
{
	int n = 0;
	for (int i = 0; i < t->count; i++)
		n += t->cpus[i].usable;
	return n;
}

int topology_usable_cores(const struct topology *t)
{
	int n = 0, last = -1;
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].usable && t->cpus[i].core != last) {
			last = t->cpus[i].core;
			n++;
		}
	return n;
}

int topology_allowed(const char *root, int *ids)
{
	char status[8192], list[4096];
	int n = 0;
	tree_text(root, status, sizeof status, "proc/self/status");
	if (tree_field(status, "Cpus_allowed_list", list, sizeof list))
		n = cpulist_parse(list, ids, CPULIST_LIMIT);
	return n < 0 ? 0 : n;
}

void topology_apply_limits(struct topology *t, const char *root)
{
	struct cgroup group;
	int ids[CPULIST_LIMIT];
	cgroup_read(&group, root);
	t->quota = group.quota;
	int n = topology_allowed(root, ids);
	if (n > 0)
		topology_restrict(t, ids, n);
	for (int i = 0, usable = topology_usable(t); usable == 0 && i < t->count; i++)
		t->cpus[i].usable = true;
}
