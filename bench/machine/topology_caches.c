/* SPDX-License-Identifier: MIT */
/*
 * topology_caches.c - caches where the system's files have none, as in guests of several clouds: from CPUID, or else from
 * what the C library knows, or else from the device tree (topology_devicetree.c).
 *
 * CPUID's leaves 4 (Intel SDM, vol. 2A) and 0x8000001d (AMD APM, vol. 3, E.4.15) list the caches of the CPU that asks:
 * type, level, line, ways, partitions, sets, and how many hardware threads share it at most. All CPUs count as like it.
 * Which of them share one is told by their places: those of one core, or neighbours within a package.
 */
#include "bench/machine/topology_read.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined __x86_64__ || defined __i386__
#include <cpuid.h>
#endif

struct found {
	uint64_t bytes;
	int line, shared_by; /* hardware threads; 0: not told */
};

static bool ask_cpuid(struct found *caches)
{
	bool any = false;
#if defined __x86_64__ || defined __i386__
	enum { LEAF_INTEL = 4, LEAF_AMD = (int)0x8000001d, TYPE_INSTRUCTIONS = 2, MOST = 16 };
	static const unsigned leaves[] = {LEAF_INTEL, (unsigned)LEAF_AMD};
	for (size_t l = 0; l < sizeof leaves / sizeof *leaves && !any; l++)
		for (unsigned i = 0; i < MOST; i++) {
			unsigned a, b, c, d;
			if (!__get_cpuid_count(leaves[l], i, &a, &b, &c, &d) || (a & 31) == 0)
				break;
			const unsigned level = a >> 5 & 7, line = (b & 0xfff) + 1;
			if ((a & 31) == TYPE_INSTRUCTIONS || level < 1 || level > CACHE_LEVELS)
				continue;
			caches[level - 1] =
				(struct found){(uint64_t)((b >> 22) + 1) * ((b >> 12 & 0x3ff) + 1) * line *
						       ((uint64_t)c + 1),
					(int)line, (int)(a >> 14 & 0xfff) + 1};
			any = true;
		}
#else
	(void)caches;
#endif
	return any;
}

static bool ask_library(struct found *caches)
{
	bool any = false;
#if defined _SC_LEVEL1_DCACHE_SIZE
	static const int sizes[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE},
			 lines[] = {_SC_LEVEL1_DCACHE_LINESIZE, _SC_LEVEL2_CACHE_LINESIZE,
				 _SC_LEVEL3_CACHE_LINESIZE};
	for (int i = 0; i < CACHE_LEVELS; i++) {
		const long bytes = sysconf(sizes[i]), line = sysconf(lines[i]);
		if (bytes > 0)
			caches[i] = (struct found){(uint64_t)bytes, line > 0 ? (int)line : 0, 0};
		any |= bytes > 0;
	}
#else
	(void)caches;
#endif
	return any;
}

/* How many CPUs a core has, at most. */
static int threads_of_core(const struct topology *t)
{
	int most = 0;
	for (int i = 0; i < t->count; i++)
		most = t->cpus[i].thread >= most ? t->cpus[i].thread + 1 : most;
	return most;
}

/* A cache that no more threads share than a core has is the core's; the last level, where nothing is told, the
 * package's. CPUs stand in topology order: neighbours share. */
static void give(struct topology *t, int level, const struct found *cache)
{
	const int threads = threads_of_core(t);
	const bool whole = cache->shared_by ? cache->shared_by > threads : level == 2;
	int domain = -1, members = 0;
	for (int i = 0; i < t->count; i++) {
		const struct cpu *before = i > 0 ? &t->cpus[i - 1] : NULL;
		struct cpu *c = &t->cpus[i];
		const bool fits =
			before && before->package == c->package &&
			(whole ? !cache->shared_by || members < cache->shared_by : before->core == c->core);
		domain += !fits;
		members = fits ? members + 1 : 1;
		c->cache[level] =
			(struct cpu_cache){.domain = domain, .line = cache->line, .bytes = cache->bytes};
	}
}

/* Whether any CPU knows the size of its cache of this level. */
static bool told(const struct topology *t, int level)
{
	for (int i = 0; i < t->count; i++)
		if (t->cpus[i].cache[level].bytes > 0)
			return true;
	return false;
}

void topology_note_caches(struct topology *t, const char *source)
{
	for (int level = 0; level < CACHE_LEVELS; level++)
		snprintf(t->cache_source[level], sizeof t->cache_source[level], "%s",
			told(t, level) ? source : "");
}

/* Where the reader found caches, only sizes that it could not tell are wanted: of what it did not list there is none. */
static bool which_are_wanted(const struct topology *t, bool wanted[CACHE_LEVELS])
{
	bool none = true, any = false;
	for (int level = 0; level < CACHE_LEVELS; level++)
		for (int i = 0; i < t->count; i++)
			none &= t->cpus[i].cache[level].domain < 0;
	for (int level = 0; level < CACHE_LEVELS; level++) {
		wanted[level] = none;
		for (int i = 0; i < t->count; i++)
			wanted[level] |=
				t->cpus[i].cache[level].domain >= 0 && t->cpus[i].cache[level].bytes == 0;
		any |= wanted[level];
	}
	return any;
}

/* By the CPU or the library, which know no sharing: only where nothing else is known of a level. */
static void fill_from_here(struct topology *t, bool wanted[CACHE_LEVELS])
{
	struct found caches[CACHE_LEVELS] = {{0}};
	const char *from = ask_cpuid(caches) ? "CPUID" : ask_library(caches) ? "C library" : NULL;
	for (int level = 0; from && level < CACHE_LEVELS; level++) {
		if (caches[level].bytes == 0 || !wanted[level] || t->cpus[0].cache[level].domain >= 0)
			continue;
		give(t, level, &caches[level]);
		wanted[level] = false;
		snprintf(t->cache_source[level], sizeof t->cache_source[level], "%s", from);
	}
}

void topology_fill_caches(struct topology *t, const char *root, bool here)
{
	bool wanted[CACHE_LEVELS], filled[CACHE_LEVELS] = {false};
	if (!which_are_wanted(t, wanted))
		return;
	if (here)
		fill_from_here(t, wanted);
	if (topology_devicetree_caches(t, root, wanted, filled) != 0)
		return; /* without memory they stay unknown */
	for (int level = 0; level < CACHE_LEVELS; level++)
		if (filled[level])
			snprintf(t->cache_source[level], sizeof t->cache_source[level], "device tree");
}
