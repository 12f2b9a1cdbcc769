/* SPDX-License-Identifier: MIT */
/* size_word.c - sizes by caches and memory, for a cell. */
#include "bench/sweep/size_word.h"

#include "base/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const words[SIZE_NO_WORD] = {"l1", "l2", "l3", "memory"};

/* Of the last caches: what is wanted where nothing was measured, and the least that is memory rather than cache. */
enum { TIMES_WANTED = 4, TIMES_LEAST = 2 };
static const uint64_t without_caches = 64 << 20; /* of `memory` where no cache is known */

enum size_word size_word_find(const char *text)
{
	size_t i = 0;
	while (i < SIZE_NO_WORD && strcmp(text, words[i]) != 0)
		i++;
	return (enum size_word)i;
}

const char *size_word_name(enum size_word word)
{
	return words[word];
}

static bool per_worker(const struct cell *c)
{
	return c->scaling != SCALING_STRONG;
}

/* Half of a level's share, beyond the level before. */
static uint64_t in_cache(enum size_word word, const struct cache_share *s, char why[SIZE_WHY])
{
	const uint64_t shares[] = {s->l1_bytes, s->l2_bytes, s->l3_bytes}, own = shares[word];
	uint64_t before = 0;
	char a[UNITS_BYTES], b[UNITS_BYTES];
	for (int i = 0; i < (int)word; i++)
		before = shares[i] > before ? shares[i] : before;
	if (own == 0) {
		snprintf(why, SIZE_WHY, "size = %s: the system tells of no L%d, and none was measured",
			words[word], (int)word + 1);
		return 0;
	}
	if (own < before + before / 4) {
		snprintf(why, SIZE_WHY,
			"size = %s: a worker's share of L%d, %s, is hardly more than the %s before it",
			words[word], (int)word + 1, units_bytes((double)own, a),
			units_bytes((double)before, b));
		return 0;
	}
	return own / 2 > before ? own / 2 : before + (own - before) / 2;
}

/* The last cache of a CPU: its level from 0, or -1. */
static int last_level(const struct cpu *c)
{
	int level = CACHE_LEVELS - 1;
	while (level >= 0 && (c->cache[level].domain < 0 || c->cache[level].bytes == 0))
		level--;
	return level;
}

/* Bytes of the last caches of all usable CPUs, each once; *largest: of one of them. */
static uint64_t reach(const struct topology *t, uint64_t *largest)
{
	uint64_t sum = 0;
	*largest = 0;
	for (int i = 0; i < t->count; i++) {
		const int level = t->cpus[i].usable ? last_level(&t->cpus[i]) : -1;
		bool seen = level < 0;
		for (int j = 0; j < i && !seen; j++)
			seen = t->cpus[j].usable && last_level(&t->cpus[j]) == level &&
			       t->cpus[j].cache[level].domain == t->cpus[i].cache[level].domain;
		if (seen)
			continue;
		const uint64_t bytes = t->cpus[i].cache[level].bytes;
		sum += bytes;
		*largest = bytes > *largest ? bytes : *largest;
	}
	return sum;
}

/* Bytes from which reading was found to get no slower: so many times those of a worker alone, or those of all workers
 * together; 0: not found. */
static double level_off(const struct cache_levels *c, double times, bool per_worker)
{
	const double alone = times * c->level_off_bytes,
		     all = c->level_off_share * (per_worker ? 1 : c->workers);
	return fmax(0, fmax(alone, all)); /* of which NANs drop out */
}

static uint64_t in_memory(const struct size_machine *m, const struct cell *c, char why[SIZE_WHY])
{
	uint64_t largest, all = reach(m->topology, &largest);
	const unsigned copies =
		c->scaling == SCALING_WEAK ? c->workers : 1; /* of what throughput reads there is one */
	const double cache = (double)(per_worker(c) ? largest : all);
	double wanted = all ? TIMES_WANTED * cache : (double)without_caches;
	char a[UNITS_BYTES], b[UNITS_BYTES];
	if (m->caches)
		wanted = fmax(
			wanted, level_off(m->caches, largest ? cache / (double)largest : 1, per_worker(c)));
	if (!(m->room_bytes > 0) || wanted * copies <= m->room_bytes)
		return (uint64_t)wanted;
	if (all && TIMES_LEAST * cache * copies <= m->room_bytes)
		return (uint64_t)(m->room_bytes / copies);
	snprintf(why, SIZE_WHY,
		"size = memory: no room: beyond the caches are %s%s, and half of the free memory is %s",
		units_bytes((all ? TIMES_LEAST * cache : wanted) * copies, a), copies > 1 ? " in all" : "",
		units_bytes(m->room_bytes, b));
	return 0;
}

uint64_t size_word_bytes(
	enum size_word word, const struct size_machine *m, const struct cell *c, char why[SIZE_WHY])
{
	struct place place;
	struct err e = {0};
	if (!m->topology) {
		snprintf(why, SIZE_WHY, "size = %s: nothing is known of this machine's caches", words[word]);
		return 0;
	}
	if (word == SIZE_MEMORY)
		return in_memory(m, c, why);
	if (place_open(&place, c->placement, m->topology, &e) != 0) {
		snprintf(why, SIZE_WHY, "%.190s", e.text);
		return 0;
	}
	const struct cache_share share = place_caches(&place, c->workers);
	const uint64_t bytes = in_cache(word, &share, why);
	const unsigned count = (unsigned)place.count, used = c->workers < count ? c->workers : count;
	place_close(&place);
	return per_worker(c) ? bytes : bytes * used;
}

bool size_fits(const struct cell *c, double room_bytes, char why[SIZE_WHY])
{
	char a[UNITS_BYTES], b[UNITS_BYTES];
	if (!c->kernel->item_bytes || c->input[0] || !(room_bytes > 0))
		return true;
	const double bytes = (double)c->kernel->items(&c->problem) * c->kernel->item_bytes(&c->problem);
	if (bytes <= 2 * room_bytes)
		return true;
	snprintf(why, SIZE_WHY, "--size: takes %s, above the limit: %s of memory are free",
		units_bytes(bytes, a), units_bytes(2 * room_bytes, b));
	return false;
}
