/* SPDX-License-Identifier: MIT */
/*
 * topology_devicetree.c - caches as the device tree describes them, where nothing else does.
 *
 * Devicetree Specification 0.4, 3.8: a CPU's node has its first data cache (d-cache-size or, unified, cache-size; lines as
 * d-cache-line-size or d-cache-block-size) and, as next-level-cache (POWER: l2-cache), the phandle of the node of the next
 * one, which has size, level and its own next one. CPUs whose chains meet share what they meet in. Numbers are cells, of
 * 32 bits, the highest byte first; two cells are a number of 64 bits.
 */
#include "bench/machine/topology_read.h"

#include "bench/machine/cpulist.h"
#include "bench/machine/tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MOST = 4096, DEPTH_MOST = 5, PATH_BYTES = 640 };

struct list {
	struct node {
		uint64_t key; /* of a cache its phandle, of a CPU its address */
		char path[PATH_BYTES];
	} * nodes;
	size_t count;
};

struct nodes {
	const char *root;
	struct list caches, cpus;
	bool failed; /* no memory */
};

/* The number in a property, the first of these names that there is; 0: there is none. */
static uint64_t number(const char *root, const char *node, const char *const *names)
{
	for (; *names; names++) {
		unsigned char bytes[9];
		uint64_t n = 0;
		const size_t size = tree_bytes(root, bytes, sizeof bytes, "%s/%s", node, *names);
		for (size_t i = 0; (size == 4 || size == 8) && i < size; i++)
			n = n << 8 | bytes[i];
		if (n > 0)
			return n;
	}
	return 0;
}

static const char *const phandles[] = {"phandle", "linux,phandle", "ibm,phandle", NULL},
			 *const nexts[] = {"next-level-cache", "l2-cache", NULL},
			 *const sizes[] = {"d-cache-size", "cache-size", NULL},
			 *const lines[] = {"d-cache-line-size", "d-cache-block-size", "cache-line-size",
				 "cache-block-size", NULL},
			 *const levels[] = {"cache-level", NULL}, *const reg[] = {"reg", NULL};

static void add(struct nodes *n, struct list *l, uint64_t key, const char *path)
{
	if (l->count == NODES_MOST)
		return;
	struct node *more = realloc(l->nodes, (l->count + 1) * sizeof *more);
	if (!more) {
		n->failed = true;
		return;
	}
	l->nodes = more;
	more[l->count].key = key;
	snprintf(more[l->count++].path, PATH_BYTES, "%s", path);
}

static int by_key(const void *a, const void *b)
{
	const struct node *x = a, *y = b;
	return x->key == y->key ? strcmp(x->path, y->path) : x->key < y->key ? -1 : 1;
}

/* All nodes below `path`, a few levels down: caches lie beside CPUs, below them, or in the root. */
static void look(struct nodes *n, const char *path, int depth)
{
	char whole[PATH_BYTES + 512], below[PATH_BYTES];
	if ((size_t)snprintf(whole, sizeof whole, "%s/%s", n->root, path) >= sizeof whole)
		return;
	DIR *dir = opendir(whole);
	if (!dir) {
		tree_note(whole, errno);
		return;
	}
	for (const struct dirent *d; (d = readdir(dir)) && !n->failed;) {
		if (d->d_name[0] == '.' || (d->d_type != DT_DIR && d->d_type != DT_UNKNOWN) ||
			(size_t)snprintf(below, sizeof below, "%s/%s", path, d->d_name) >= sizeof below)
			continue;
		if (strncmp(d->d_name, "cpu@", 4) == 0)
			add(n, &n->cpus, number(n->root, below, reg), below);
		else if (strstr(d->d_name, "cache"))
			add(n, &n->caches, number(n->root, below, phandles), below);
		if (depth < DEPTH_MOST)
			look(n, below, depth + 1);
	}
	closedir(dir);
}

/* The place of the cache with this phandle, or SIZE_MAX. */
static size_t find(const struct nodes *n, uint64_t phandle)
{
	for (size_t i = 0; phandle > 0 && i < n->caches.count; i++)
		if (n->caches.nodes[i].key == phandle)
			return i;
	return SIZE_MAX;
}

/* What a node says of a cache of its own; `domain` where it says anything. */
static void read_cache(struct cpu_cache *c, const struct nodes *n, const char *node, int domain)
{
	const uint64_t bytes = number(n->root, node, sizes), line = number(n->root, node, lines);
	if (bytes == 0 || bytes > UINT64_C(1) << 40)
		return;
	*c = (struct cpu_cache){.domain = domain, .line = line <= 1 << 20 ? (int)line : 0, .bytes = bytes};
}

/* A CPU's chain of caches, from its node. */
static void read_chain(
	struct cpu_cache found[CACHE_LEVELS], const struct nodes *n, const char *node, int core)
{
	read_cache(&found[0], n, node, core);
	uint64_t level = 1;
	size_t at = find(n, number(n->root, node, nexts));
	for (int steps = 0; at != SIZE_MAX && steps < CACHE_LEVELS; steps++) {
		const char *path = n->caches.nodes[at].path;
		const uint64_t told = number(n->root, path, levels);
		level = told > 0 ? told : level + 1;
		if (level >= 1 && level <= CACHE_LEVELS)
			read_cache(&found[level - 1], n, path, (int)at);
		at = find(n, number(n->root, path, nexts));
	}
}

/* The node of a CPU: where the system points to, or else the one whose place among all is the CPU's. */
static const char *node_of(const struct nodes *n, const struct cpu *c, char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, "sys/devices/system/cpu/cpu%d/of_node", c->id);
	if (number(n->root, path, sizes) > 0 || number(n->root, path, nexts) > 0)
		return path;
	return (size_t)c->id < n->cpus.count ? n->cpus.nodes[c->id].path : NULL;
}

/* Numbers the domains of a level 0, 1, ... in order of appearance. */
static void renumber(struct topology *t, int level, int *map)
{
	int known = 0;
	for (int i = 0; i < CPULIST_LIMIT; i++)
		map[i] = -1;
	for (int i = 0; i < t->count; i++) {
		int *domain = &t->cpus[i].cache[level].domain;
		if (*domain < 0)
			continue;
		if (map[*domain] < 0)
			map[*domain] = known++;
		*domain = map[*domain];
	}
}

/* Whether some CPU's cache of the level has a domain: then who shares one is known, and a CPU without has none. */
static bool sharing_known(const struct topology *t, int level)
{
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].cache[level].domain >= 0)
			return true;
	return false;
}

static void take(struct topology *t, const struct nodes *n, const bool wanted[CACHE_LEVELS],
	const bool shared[CACHE_LEVELS], bool filled[CACHE_LEVELS])
{
	char path[PATH_BYTES];
	for (int i = 0; i < t->count; i++) {
		struct cpu *c = &t->cpus[i];
		struct cpu_cache found[CACHE_LEVELS] = {{.domain = -1}, {.domain = -1}, {.domain = -1}};
		const char *node = node_of(n, c, path);
		if (node)
			read_chain(found, n, node, c->core);
		for (int level = 0; level < CACHE_LEVELS; level++) {
			struct cpu_cache *own = &c->cache[level];
			if (!wanted[level] || own->bytes > 0 || found[level].bytes == 0 ||
				(shared[level] && own->domain < 0))
				continue;
			own->domain = shared[level] ? own->domain : found[level].domain;
			own->line = own->line ? own->line : found[level].line;
			own->bytes = found[level].bytes;
			filled[level] = true;
		}
	}
}

int topology_devicetree_caches(
	struct topology *t, const char *root, const bool wanted[CACHE_LEVELS], bool filled[CACHE_LEVELS])
{
	static const char *const bases[] = {"proc/device-tree", "sys/firmware/devicetree/base"};
	struct nodes n = {.root = root};
	int *map = malloc(CPULIST_LIMIT * sizeof *map);
	for (size_t i = 0; map && i < sizeof bases / sizeof *bases && n.cpus.count == 0; i++)
		look(&n, bases[i], 1);
	if (n.cpus.count > 0)
		qsort(n.cpus.nodes, n.cpus.count, sizeof *n.cpus.nodes, by_key);
	const bool failed = n.failed || !map;
	bool shared[CACHE_LEVELS];
	for (int level = 0; level < CACHE_LEVELS; level++)
		shared[level] = sharing_known(t, level);
	if (!failed)
		take(t, &n, wanted, shared, filled);
	for (int level = 0; !failed && level < CACHE_LEVELS; level++)
		if (filled[level] && !shared[level])
			renumber(t, level, map);
	free(map);
	free(n.caches.nodes);
	free(n.cpus.nodes);
	return failed ? -1 : 0;
}
