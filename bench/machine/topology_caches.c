/* SPDX-License-Identifier: MIT */
/*
 * topology_caches.c - caches where the system's files have none, as in guests of several clouds: from CPUID, or else from
 * what the C library knows.
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

void topology_fill_caches(struct topology *t)
{
	struct found caches[CACHE_LEVELS] = {{0}};
	char source[sizeof t->source];
	for (int i = 0; i < t->count; i++)
		for (int level = 0; level < CACHE_LEVELS; level++)
			if (t->cpus[i].cache[level].bytes > 0)
				return;
	const char *from = ask_cpuid(caches) ? "CPUID" : ask_library(caches) ? "the C library" : NULL;
	if (!from)
		return;
	for (int level = 0; level < CACHE_LEVELS; level++)
		if (caches[level].bytes > 0)
			give(t, level, &caches[level]);
	snprintf(source, sizeof source, "%.90s, caches from %s", t->source, from);
	memcpy(t->source, source, sizeof source);
}
