/* SPDX-License-Identifier: MIT */
/*
 * topology.c - the topology as plain data: sorts and renumbers the CPUs that a reader has found,
 * and marks those that this process may use.
 */
#include "bench/machine/topology_read.h"

#include "base/system.h"
#include "bench/machine/allocation.h"
#include "bench/machine/cgroup.h"
#include "bench/machine/cpulist.h"
#include "bench/machine/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * The order of CPUs is what ranks and shares are computed from, so every group must lie together: a core within an L2
 * within an L3 within a package and a NUMA node. Real machines break each of these inclusions: a node may hold several
 * packages (a guest with a socket for each CPU), a core may have two L2s and L3s (POWER10), and slow cores may stand
 * outside the L3. So CPUs are sorted by keys made for it: of package and node the one that contains the other comes
 * first, a core counts as where its first thread is, and no cache comes after any.
 */
struct sort_key {
	int outer, inner, l3, kind, l2, core, thread_l3, id;
};

/* Whether some NUMA node holds CPUs of several packages and no package those of several nodes. */
static bool nodes_hold_packages(const struct topology *t)
{
	bool spans = false;
	for (int i = 0; i < t->count; i++)
		for (int j = 0; j < i; j++) {
			const struct cpu *x = &t->cpus[i], *y = &t->cpus[j];
			if (x->package == y->package && x->node != y->node)
				return false;
			spans |= x->node == y->node && x->package != y->package;
		}
	return spans;
}

/* No domain comes after all that there are. */
static int last_if_none(int domain)
{
	return domain < 0 ? CPULIST_LIMIT : domain;
}

/* Makes the first of a core's threads say where the core is; `first` has room for all cores. */
static void key_cores(const struct topology *t, struct sort_key *keys, int *first)
{
	for (int i = 0; i < CPULIST_LIMIT; i++)
		first[i] = -1;
	for (int i = 0; i < t->count; i++) {
		int *of = &first[t->cpus[i].core];
		if (*of < 0 || t->cpus[i].id < t->cpus[*of].id)
			*of = i;
	}
	const bool by_node = nodes_hold_packages(t);
	for (int i = 0; i < t->count; i++) {
		const struct cpu *c = &t->cpus[first[t->cpus[i].core]];
		keys[i] = (struct sort_key){by_node ? c->node : c->package, by_node ? c->package : c->node,
			last_if_none(c->cache[2].domain), -c->kind, last_if_none(c->cache[1].domain), c->core,
			last_if_none(t->cpus[i].cache[2].domain), t->cpus[i].id};
	}
}

struct sortable {
	struct sort_key key;
	struct cpu cpu;
};

static int compare(const void *a, const void *b)
{
	const int *x = &((const struct sortable *)a)->key.outer,
		  *y = &((const struct sortable *)b)->key.outer;
	for (size_t i = 0; i < sizeof(struct sort_key) / sizeof(int); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static int sort_cpus(struct topology *t, int *map)
{
	struct sort_key *keys = malloc((size_t)t->count * sizeof *keys);
	struct sortable *all = malloc((size_t)t->count * sizeof *all);
	const bool good = keys && all;
	if (good)
		key_cores(t, keys, map);
	for (int i = 0; good && i < t->count; i++) {
		all[i].key = keys[i];
		memcpy(&all[i].cpu, &t->cpus[i], sizeof t->cpus[i]); /* padding too: tests compare bytes */
	}
	if (good)
		qsort(all, (size_t)t->count, sizeof *all, compare);
	for (int i = 0; good && i < t->count; i++)
		memcpy(&t->cpus[i], &all[i].cpu, sizeof t->cpus[i]);
	free(keys);
	free(all);
	return good ? 0 : -1;
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
	int *map = malloc(CPULIST_LIMIT * sizeof *map);
	if (!map || sort_cpus(t, map) != 0) {
		free(map);
		topology_free(t);
		return err_blame(e, CAUSE_MEMORY, "topology: out of memory");
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
		return err_blame(e, CAUSE_MEMORY, "topology: out of memory for %d CPUs", count);
	for (int i = 0; i < count; i++) {
		t->cpus[i].usable = true;
		for (int level = 0; level < CACHE_LEVELS; level++)
			t->cpus[i].cache[level].domain = -1;
	}
	return 0;
}

/* Not memcmp of the whole: a struct has bytes that belong to no member. */
static bool same_cpu(const struct cpu *a, const struct cpu *b)
{
	return a->id == b->id && a->package == b->package && a->node == b->node && a->core == b->core &&
	       a->thread == b->thread && a->kind == b->kind && a->usable == b->usable &&
	       memcmp(a->cache, b->cache, sizeof a->cache) == 0;
}

bool topology_same(const struct topology *a, const struct topology *b)
{
	bool same = strcmp(a->source, b->source) == 0 && a->count == b->count;
	for (int i = 0; i < CACHE_LEVELS; i++)
		same = same && strcmp(a->cache_source[i], b->cache_source[i]) == 0;
	for (int i = 0; same && i < a->count; i++)
		same = same_cpu(&a->cpus[i], &b->cpus[i]);
	return same;
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

int topology_allowed(const char *root, int *ids, struct err *e)
{
	/* the list of 16384 CPUs, every second one allowed, has some 49,000 letters */
	enum { STATUS = 1 << 17, LIST = 1 << 16 };
	char *status = malloc(STATUS + LIST), *list = status ? status + STATUS : NULL;
	int n = 0;
	if (!status)
		return err_blame(e, CAUSE_MEMORY, "topology: out of memory");
	tree_text(root, status, STATUS, "proc/self/status");
	if (tree_field(status, "Cpus_allowed_list", list, LIST))
		n = cpulist_parse(list, ids, CPULIST_LIMIT);
	const bool cut = strlen(status) == STATUS - 1 || strlen(list) == LIST - 1 || n > CPULIST_LIMIT;
	free(status);
	if (cut)
		return err_set(e, ERR_FAILED, "topology: the list of allowed CPUs is too long to be read");
	if (n <= 0 && root[0] == '\0')
		n = system_affinity(ids, CPULIST_LIMIT); /* without /proc */
	return n < 0 ? 0 : n;
}

unsigned topology_limits_here(double *quota)
{
	struct cgroup group;
	struct err ignored = {0};
	int ids[CPULIST_LIMIT];
	cgroup_read(&group, "");
	*quota = fmin(group.quota, allocation_cpus());
	int n = topology_allowed("", ids, &ignored);
	return n > 0 ? (unsigned)n : 1;
}

bool topology_is_here(const struct topology *t)
{
	int online[CPULIST_LIMIT];
	int n = tree_cpulist("", online, CPULIST_LIMIT, "sys/devices/system/cpu/online"), known = 0;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < t->count; j++)
			if (t->cpus[j].id == online[i]) {
				known++;
				break;
			}
	return n == 0 || (known == n && n == t->count);
}

int topology_check_here(const struct topology *t, struct err *e)
{
	if (!t->elsewhere[0])
		return 0;
	return err_set(e, ERR_USAGE,
		"workers cannot be bound, since the topology is not this machine's: unset %s", t->elsewhere);
}

int topology_apply_limits(struct topology *t, const char *root, struct err *e)
{
	struct cgroup group;
	int ids[CPULIST_LIMIT];
	cgroup_read(&group, root);
	t->quota = root[0] == '\0' ? fmin(group.quota, allocation_cpus()) : group.quota;
	int n = topology_allowed(root, ids, e);
	if (n < 0) {
		topology_free(t);
		return -1;
	}
	if (n > 0)
		topology_restrict(t, ids, n);
	for (int i = 0, usable = topology_usable(t); usable == 0 && i < t->count; i++)
		t->cpus[i].usable = true;
	return 0;
}
