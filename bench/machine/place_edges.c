/* SPDX-License-Identifier: MIT */
/*
 * place_edges.c - derives a worker's share of each cache, and the sizes and worker counts worth
 * measuring, from an order of CPUs.
 *
 * A share is the cache divided by the CPUs in use that share it, at the least favoured worker,
 * since a run ends with its slowest worker. Worker counts are powers of two, so that speed-up
 * curves are even on a logarithmic axis, and the edges where a resource is exactly full: L3, node,
 * package, cores, threads, quota.
 */
#include "bench/machine/place.h"

#include "bench/machine/allocation.h"

#include <math.h>
#include <stdlib.h>

unsigned place_capacity(const struct topology *t, unsigned cpus)
{
	return !(t->quota < cpus) ? cpus : t->quota < 1 ? 1 : (unsigned)t->quota;
}

unsigned place_capacity_here(void)
{
	struct topology t = {0};
	const unsigned cpus = topology_limits_here(&t.quota);
	return place_capacity(&t, cpus);
}

/* The smallest share of one level among those of the first `used` CPUs that have it; 0 when none has. */
static uint64_t share(const struct place *p, int used, int level)
{
	uint64_t least = UINT64_MAX;
	for (int i = 0; i < used; i++) {
		const struct cpu_cache *cache = &p->cpus[i].cache[level];
		uint64_t sharers = 0;
		if (cache->domain < 0 || cache->bytes == 0)
			continue;
		for (int j = 0; j < used; j++)
			sharers += p->cpus[j].cache[level].domain == cache->domain;
		uint64_t bytes = cache->bytes / sharers;
		least = bytes < least ? bytes : least;
	}
	return least == UINT64_MAX ? 0 : least;
}

struct cache_share place_caches(const struct place *p, unsigned workers)
{
	const int used = workers < 1 ? 1 : workers < (unsigned)p->count ? (int)workers : p->count;
	return (struct cache_share){share(p, used, 0), share(p, used, 1), share(p, used, 2)};
}

/* Keeps `sizes` ascending and distinct; how many there are then. */
static int insert(uint64_t *sizes, int n, uint64_t bytes)
{
	int i = n;
	while (i > 0 && sizes[i - 1] > bytes)
		i--;
	if (i > 0 && sizes[i - 1] == bytes)
		return n;
	for (int j = n; j > i; j--)
		sizes[j] = sizes[j - 1];
	sizes[i] = bytes;
	return n + 1;
}

int cache_sizes(struct cache_share share, double memory_bytes, uint64_t *sizes, int room)
{
	const uint64_t levels[CACHE_LEVELS] = {share.l1_bytes, share.l2_bytes, share.l3_bytes};
	int n = 0;
	for (int i = 0; i < CACHE_LEVELS; i++)
		for (uint64_t bytes = levels[i] / 2; bytes > 0 && bytes <= 2 * levels[i] && n < room;
			bytes *= 2)
			n = insert(sizes, n, bytes);
	const double largest = n > 0 ? (double)sizes[n - 1] : 999;
	const double most = fmin(memory_bytes / 4, 0x1p62); /* NAN gives the constant: asked for apart */
	for (double bytes = 1000; memory_bytes > 0 && bytes <= most && n < room; bytes *= 10)
		if (bytes > largest)
			n = insert(sizes, n, (uint64_t)bytes);
	return n;
}

/* Counts under construction: ascending, distinct. */
struct counts {
	struct worker_count *list;
	int n, room;
};

/* Adds a count in its place; one that is there gains the edge if it had none. The new one, or NULL. */
static struct worker_count *add(struct counts *c, unsigned workers, const char *edge)
{
	int i = 0;
	while (i < c->n && c->list[i].workers < workers)
		i++;
	if (i < c->n && c->list[i].workers == workers) {
		if (!c->list[i].edge)
			c->list[i].edge = edge;
		return NULL;
	}
	if (c->n == c->room)
		return NULL;
	for (int j = c->n++; j > i; j--)
		c->list[j] = c->list[j - 1];
	c->list[i] = (struct worker_count){.workers = workers, .edge = edge};
	return &c->list[i];
}

/* Usable cores (one thread of each) that agree with the first usable CPU in package, node, L3 or L2, or all,
 * or the fastest. */
enum scope { SCOPE_L2, SCOPE_L3, SCOPE_NODE, SCOPE_PACKAGE, SCOPE_FASTEST, SCOPE_MACHINE };

static bool within(const struct cpu *c, const struct cpu *first, enum scope scope, int fastest)
{
	switch (scope) {
	case SCOPE_L2: /* where it is the last cache */
		return first->cache[2].domain < 0 && first->cache[1].domain >= 0 &&
		       c->cache[1].domain == first->cache[1].domain;
	case SCOPE_L3:
		return first->cache[2].domain >= 0 && c->cache[2].domain == first->cache[2].domain;
	case SCOPE_NODE:
		return c->node == first->node;
	case SCOPE_PACKAGE:
		return c->package == first->package;
	case SCOPE_FASTEST:
		return c->kind == fastest;
	case SCOPE_MACHINE:
		break;
	}
	return true;
}

static unsigned cores_within(const struct topology *t, enum scope scope)
{
	const struct cpu *first = NULL;
	int fastest = 0, last_core = -1;
	unsigned cores = 0;
	for (int i = 0; i < t->count; i++) {
		if (t->cpus[i].usable && !first)
			first = &t->cpus[i];
		if (t->cpus[i].usable && t->cpus[i].kind > fastest)
			fastest = t->cpus[i].kind;
	}
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].usable && t->cpus[i].core != last_core &&
			within(&t->cpus[i], first, scope, fastest)) {
			last_core = t->cpus[i].core;
			cores++;
		}
	return cores;
}

/* Where there are many counts, those that fill nothing are thinned out, as long as each is at most four times the one
 * before, eight times where there are very many. */
static void mark_spare(struct worker_count *counts, int n)
{
	enum { MANY = 7, VERY_MANY = 10 };
	const unsigned gap = n >= VERY_MANY ? 8 : 4;
	unsigned before = counts[0].workers;
	for (int i = 1; i + 1 < n && n >= MANY; i++) {
		counts[i].spare = !counts[i].edge && counts[i + 1].workers <= gap * before;
		before = counts[i].spare ? before : counts[i].workers;
	}
}

/* Spare counts halfway between powers of two, on large machines. */
static void add_halfway(struct counts *c, unsigned capacity)
{
	enum { HALFWAY_FROM = 32 };
	for (unsigned n = HALFWAY_FROM; n + n / 2 < capacity; n *= 2) {
		struct worker_count *w = add(c, n + n / 2, NULL);
		if (w)
			w->spare = true;
	}
}

int place_worker_counts(const struct topology *t, struct worker_count *counts, int room)
{
	static const struct {
		enum scope scope;
		const char *edge;
	} edges[] = {
		{SCOPE_MACHINE, "all cores"},
		{SCOPE_PACKAGE, "cores of a package"},
		{SCOPE_NODE, "cores of a NUMA node"},
		{SCOPE_L3, "cores of an L3"},
		{SCOPE_L2, "cores of an L2"},
		{SCOPE_FASTEST, "all fast cores"},
	};
	const unsigned threads = (unsigned)topology_usable(t), capacity = place_capacity(t, threads);
	const double given = allocation_cpus();
	const bool limited = capacity < threads, job = limited && given >= t->quota && given <= t->quota;
	struct counts c = {.list = counts, .room = room};
	for (unsigned n = 1; n <= capacity; n *= 2)
		add(&c, n, NULL);
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
		unsigned cores = cores_within(t, edges[i].scope);
		if (cores > (edges[i].scope != SCOPE_MACHINE) && cores <= capacity)
			add(&c, cores, edges[i].edge);
	}
	add(&c, capacity, job ? "the CPUs of the job" : limited ? "the CPU quota" : "all threads");
	if (!job) /* more would run on CPUs that are others' */
		add(&c, 2 * capacity, "twice what there is");
	for (int i = 0; i < c.n; i++)
		counts[i].oversubscribed = counts[i].workers > threads || counts[i].workers > t->quota;
	mark_spare(counts, c.n);
	add_halfway(&c, capacity);
	return c.n;
}
