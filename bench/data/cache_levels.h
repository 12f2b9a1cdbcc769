/* SPDX-License-Identifier: MIT */
/*
 * cache_levels.h - the caches that the system tells of beside those that the probe `cache` finds. Pure.
 *
 * What is told may be wrong: guests see the host's last cache, or none. What is measured is what a worker gets: where
 * the two disagree, plans take the measured size.
 */
#ifndef PARSCALE_BENCH_DATA_CACHE_LEVELS_H
#define PARSCALE_BENCH_DATA_CACHE_LEVELS_H

#include "bench/data/csv.h"
#include "bench/data/probe_rows.h"
#include "bench/machine/place.h"
#include "bench/stats/knees.h"

#include <jansson.h>

/* Mechanisms of the probe `cache`: a worker alone, and all workers at once. Settings are sizes, "48 KiB"; the first
 * metric is the latency. */
extern const char *const cache_teams[2];

enum cache_verdict {
	CACHE_NONE,      /* neither told nor seen */
	CACHE_SAME,      /* the told size lies in the measured interval, or within a quarter of it */
	CACHE_DIFFERS,   /* both are known, and not the same */
	CACHE_UNTOLD,    /* only measured */
	CACHE_UNSEEN,    /* told, and no knee is anywhere near */
	CACHE_UNMEASURED /* told; nothing was measured, or not so far */
};

struct cache_level {
	enum cache_verdict verdict;
	char source[16];                 /* of what is told: "sysfs"; "": nothing is */
	uint64_t told_bytes, told_share; /* of a worker alone, and of each when all work; 0: not told */
	double bytes, share;             /* measured: alone, and when all work; NAN: not seen */
	struct interval bytes_range, share_range;
	double ns; /* latency of a hit, alone; NAN: not seen */
	struct interval ns_range;
};

struct cache_levels {
	struct cache_level level[CACHE_LEVELS]; /* L1 data, L2, L3 */
	unsigned workers;                       /* that "all" means */
	bool measured;
	double memory_ns; /* latency beyond the last cache, alone; NAN: nothing was measured */
	struct interval memory_ns_range;
	double reached_bytes; /* of the largest working set of a worker alone; 0: none */
	/* Bytes of the least working set that is read from memory, of a worker alone, and of each when all work: twice as
	 * many bytes and more are read no slower, by a tenth at most. NAN: not seen. */
	double level_off_bytes, level_off_share;
	char source[120]; /* where the told ones come from */
	char note[200];   /* why nothing was measured; "" where it was */
};

/* What is told, by a placement and the topology that it is of (NULL: its sources are not known); nothing measured, for
 * the reason `note`. */
void cache_levels_told(
	struct cache_levels *c, const struct place *place, const struct topology *t, const char *note);

/* Adds what rows of the probe `cache` (of struct probe_row; others are ignored) say. -1 with ERR_FAILED without
 * memory. */
int cache_levels_measure(struct cache_levels *c, const struct table *rows, struct err *e);

/* Gives the told levels the knees that are most like them, in order. For tests, and for what is above. */
void cache_levels_match(struct cache_levels *c, const struct knees *alone, const struct knees *all);

/* The size that a plan takes for a worker alone: measured where told and measured differ or nothing is told; 0: no such
 * cache. */
uint64_t cache_level_used(const struct cache_level *l);

/* Makes the caches of a topology those that a plan takes: sizes in the proportion of measured to told; a level that is
 * not told is shared by all CPUs where all workers together got less of it, and by a core's threads else. */
void cache_levels_apply(const struct cache_levels *c, struct topology *t);

/* One level in a sentence: "32 KiB told (sysfs); measured 32 KiB (29 to 35 KiB), 0.9 ns". */
enum { CACHE_TEXT = 320 };
char *cache_level_text(const struct cache_level *l, char text[CACHE_TEXT]);

/* From where memory begins, if it was measured: "read at a steady rate from 48 MiB, 24 MiB each when all work". */
char *cache_memory_text(const struct cache_levels *c, char text[CACHE_TEXT]);

/* "same", "differs", ... */
const char *cache_verdict_name(enum cache_verdict v);

/* As an object for the manifest, and back: false for what is none. NULL without memory; the caller owns it. */
json_t *cache_levels_json(const struct cache_levels *c);
bool cache_levels_parse(struct cache_levels *c, const json_t *object);

#endif
