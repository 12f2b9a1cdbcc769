/* SPDX-License-Identifier: MIT */
/*
 * machine.c - the identity of the machine: CPU model, topology counts, caches, memory; and its key,
 * an FNV-1a hash of these, by which results of different machines are kept apart. Memory enters the
 * key rounded to GiB, since its exact size varies from boot to boot.
 */
#include "bench/machine/machine.h"

#include "bench/machine/machine_model.h"
#include "bench/machine/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static void read_arch(struct machine *m, const char *root)
{
	struct utsname name;
	if (!tree_text(root, m->arch, sizeof m->arch, "proc/sys/kernel/arch") && root[0] == '\0' &&
		uname(&name) == 0)
		snprintf(m->arch, sizeof m->arch, "%s", name.machine);
}

static void read_memory(struct machine *m, const char *root)
{
	char meminfo[8192], total[64];
	uint64_t kib;
	tree_text(root, meminfo, sizeof meminfo, "proc/meminfo");
	if (tree_field(meminfo, "MemTotal", total, sizeof total) && sscanf(total, "%" SCNu64, &kib) == 1)
		m->memory_bytes = kib << 10;
}

/* Adds the cache that begins at CPU `i`, the first of those that share it. */
static void add_cache(struct machine *m, int i, int level)
{
	const struct topology *t = &m->topology;
	const struct cpu_cache *cache = &t->cpus[i].cache[level];
	struct machine_cache found = {
		.level = level + 1, .bytes = cache->bytes, .line = cache->line, .count = 1};
	for (int j = 0; j < t->count; j++)
		found.shared_by += t->cpus[j].cache[level].domain == cache->domain;
	for (int k = 0; k < m->cache_count; k++) {
		struct machine_cache *c = &m->caches[k];
		if (c->level == found.level && c->bytes == found.bytes && c->line == found.line &&
			c->shared_by == found.shared_by) {
			c->count++;
			return;
		}
	}
	if (m->cache_count < MACHINE_CACHES)
		m->caches[m->cache_count++] = found;
}

/* Domains are numbered in order of appearance: a CPU whose domain is the next number is its first. */
static void count_caches(struct machine *m)
{
	for (int level = 0; level < CACHE_LEVELS; level++) {
		int next = 0;
		for (int i = 0; i < m->topology.count; i++)
			if (m->topology.cpus[i].cache[level].domain == next) {
				add_cache(m, i, level);
				next++;
			}
	}
}

static void count_cpus(struct machine *m)
{
	int highest_kind = 0;
	m->threads = m->topology.count;
	for (int i = 0; i < m->threads; i++) {
		const struct cpu *c = &m->topology.cpus[i];
		m->packages = c->package >= m->packages ? c->package + 1 : m->packages;
		m->nodes = c->node >= m->nodes ? c->node + 1 : m->nodes;
		m->cores = c->core >= m->cores ? c->core + 1 : m->cores;
		highest_kind = c->kind > highest_kind ? c->kind : highest_kind;
	}
	m->kinds = highest_kind + 1;
}

int machine_read(struct machine *m, const char *root, struct err *e)
{
	*m = (struct machine){0};
	if (topology_read(&m->topology, root, e) != 0)
		return -1;
	count_cpus(m);
	count_caches(m);
	machine_identify(m, root);
	read_arch(m, root);
	read_memory(m, root);
	return 0;
}

void machine_free(struct machine *m)
{
	topology_free(&m->topology);
	*m = (struct machine){0};
}

void machine_key(const struct machine *m, char key[MACHINE_KEY_BYTES])
{
	char text[2048];
	size_t n = (size_t)snprintf(text, sizeof text, "%s|%s|%s|%s|%d|%d|%d|%d|%d|%" PRIu64, m->model,
		m->vendor, m->arch, m->hypervisor, m->packages, m->nodes, m->cores, m->threads, m->kinds,
		(m->memory_bytes + (UINT64_C(1) << 29)) >> 30);
	for (int i = 0; i < m->cache_count; i++) {
		const struct machine_cache *c = &m->caches[i];
		n += (size_t)snprintf(text + n, sizeof text - n, "|%d %" PRIu64 " %d %d", c->level, c->bytes,
			c->count, c->shared_by);
	}
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	snprintf(key, MACHINE_KEY_BYTES, "%016" PRIx64, hash);
}

static json_t *text_or_null(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

static json_t *number_or_null(uint64_t n)
{
	return n > 0 ? json_integer((json_int_t)n) : json_null();
}

static json_t *caches_json(const struct machine *m)
{
	json_t *list = json_array();
	for (int i = 0; i < m->cache_count; i++) {
		const struct machine_cache *c = &m->caches[i];
		json_array_append_new(list,
			json_pack("{s:i, s:o, s:o, s:i, s:i, s:o}", "level", c->level, "bytes",
				number_or_null(c->bytes), "line_bytes", number_or_null((uint64_t)c->line),
				"count", c->count, "shared_by", c->shared_by, "source",
				text_or_null(m->topology.cache_source[c->level - 1])));
	}
	return list;
}

json_t *machine_json(const struct machine *m)
{
	char key[MACHINE_KEY_BYTES];
	machine_key(m, key);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "key", key,
		"model", text_or_null(m->model), "vendor", text_or_null(m->vendor), "arch",
		text_or_null(m->arch), "hypervisor", text_or_null(m->hypervisor), "packages", m->packages,
		"nodes", m->nodes, "memory_nodes", m->topology.memory_nodes, "cores", m->cores, "threads",
		m->threads, "usable", topology_usable(&m->topology), "kinds", m->kinds, "memory_bytes",
		number_or_null(m->memory_bytes), "caches", caches_json(m));
}
