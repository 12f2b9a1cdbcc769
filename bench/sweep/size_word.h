/* SPDX-License-Identifier: MIT */
/*
 * size_word.h - what `size = l1, l2, l3, memory` comes to for a cell: by the caches that its workers have, and by the
 * memory that may be used. Pure.
 *
 * l1 to l3: half of a worker's share of that cache, times the workers where the size is the whole (scaling strong). A
 * share that is hardly larger than that of the level before has no such size. memory: four times the last caches that
 * all CPUs reach, the same for all worker counts with strong scaling, so that speed-ups have a base; else for each
 * worker four times the last cache of one.
 */
#ifndef PARSCALE_BENCH_SWEEP_SIZE_WORD_H
#define PARSCALE_BENCH_SWEEP_SIZE_WORD_H

#include "bench/data/cache_levels.h"
#include "bench/harness/cell.h"
#include "bench/machine/place.h"

enum size_word { SIZE_L1, SIZE_L2, SIZE_L3, SIZE_MEMORY, SIZE_NO_WORD };
enum { SIZE_WHY = 200 };

/* The word of a text, or SIZE_NO_WORD; and the text of a word. */
enum size_word size_word_find(const char *text);
const char *size_word_name(enum size_word word);

/* What sizes are made for. */
struct size_machine {
	const struct topology *topology;   /* with the caches that the plan takes */
	const struct cache_levels *caches; /* NULL: nothing was measured */
	double room_bytes;                 /* for one problem: half of what is free; NAN or 0: not known */
};

/* Bytes for the cell's scaling, workers and placement; 0 with the reason in `why` where there is no such size. */
uint64_t size_word_bytes(
	enum size_word word, const struct size_machine *m, const struct cell *c, char why[SIZE_WHY]);

/* Whether the problem of a finished cell fits into what is free (twice the room); false with the reason. Only what its
 * items take is known. */
bool size_fits(const struct cell *c, double room_bytes, char why[SIZE_WHY]);

#endif
