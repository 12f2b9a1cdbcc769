/* SPDX-License-Identifier: MIT */
/*
 * word_mask.h - shared by the searches of words: 64-bit masks of hits, and what is made of
 * them.
 *
 * A search turns a group of 64 places (words of a list, bytes of a text) into one mask; here masks become
 * tallies and lists. The check gives every place i found the weight 2^(i mod 64) * (2 * floor(i / 64) + 1),
 * modulo 2^64: it depends on every place, is the same for every cut, and costs one multiplication a group,
 * however many were found. Never looks at words or text.
 */
#ifndef PARSCALE_KERNELS_WORD_MASK_H
#define PARSCALE_KERNELS_WORD_MASK_H

#include "kernels/kernel.h"
#include "kernels/ones.h"

/* Adds the places 64 * group + i of the bits i of `mask` to *out. */
static inline void mask_tally(uint64_t mask, uint64_t group, struct tally *out)
{
	out->count += ones_of(mask);
	out->checksum += mask * (2 * group + 1);
}

/* Adds one place to *out: kernel_listing.weigh. */
static inline void place_tally(uint64_t place, struct tally *out)
{
	mask_tally(UINT64_C(1) << place % 64, place / 64, out);
}

/* A list under way: places wait here until there are enough of them to hand over. Start with sink and ctx
 * set, the rest zero. */
enum { MASK_LIST_BATCH = 256 };
struct mask_list {
	kernel_sink_fn *sink;
	void *ctx;
	bool stopped; /* `sink` wants no more */
	size_t waiting;
	uint64_t places[MASK_LIST_BATCH + 64];
};

/* Hands over what waits. */
static inline void mask_list_flush(struct mask_list *list)
{
	if (list->waiting && !list->stopped)
		list->stopped = list->sink(list->ctx, list->places, list->waiting) != 0;
	list->waiting = 0;
}

/* Appends the places 64 * group + i of the bits i of `mask`, in order. False where no more are wanted. */
static inline bool mask_list_add(struct mask_list *list, uint64_t mask, uint64_t group)
{
	for (; mask; mask &= mask - 1)
		list->places[list->waiting++] = 64 * group + (uint64_t)__builtin_ctzll(mask);
	if (list->waiting >= MASK_LIST_BATCH)
		mask_list_flush(list);
	return !list->stopped;
}

#endif
