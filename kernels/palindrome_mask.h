/* SPDX-License-Identifier: MIT */
/*
 * palindrome_mask.h - what the searches of words share: 64-bit masks of what was found, and what is made of
 * them.
 *
 * A search turns 64 places (words of a list, bytes of a text) into one mask; here masks become tallies and
 * lists. The check is the sum of the places found, modulo 2^64: it depends on every place, is the same for
 * every cut, and costs six population counts for 64 places however many were found. Never looks at words or
 * text.
 */
#ifndef PARSCALE_PALINDROME_MASK_H
#define PARSCALE_PALINDROME_MASK_H

#include "kernel.h"

/* Adds the places `base` + i of the bits i of `mask` to *out. */
static inline void mask_tally(uint64_t mask, uint64_t base, struct tally *out)
{
	static const uint64_t digit[6] = {
		UINT64_C(0xAAAAAAAAAAAAAAAA), /* the bits whose position has digit 0 set, then digit 1, ... */
		UINT64_C(0xCCCCCCCCCCCCCCCC),
		UINT64_C(0xF0F0F0F0F0F0F0F0),
		UINT64_C(0xFF00FF00FF00FF00),
		UINT64_C(0xFFFF0000FFFF0000),
		UINT64_C(0xFFFFFFFF00000000),
	};
	uint64_t found = (uint64_t)__builtin_popcountll(mask), places = base * found;
	for (unsigned i = 0; i < 6; i++)
		places += (uint64_t)__builtin_popcountll(mask & digit[i]) << i;
	out->count += found;
	out->check += places;
}

/* A list under way: places wait here until there are enough of them to hand over. Start with take and ctx
 * set, the rest zero. */
enum { MASK_LIST_BATCH = 256 };
struct mask_list {
	kernel_take_fn *take;
	void *ctx;
	bool stopped; /* `take` wants no more */
	size_t waiting;
	uint64_t places[MASK_LIST_BATCH + 64];
};

/* Hands over what waits. */
static inline void mask_list_flush(struct mask_list *list)
{
	if (list->waiting && !list->stopped)
		list->stopped = list->take(list->ctx, list->places, list->waiting) != 0;
	list->waiting = 0;
}

/* Appends the places `base` + i of the bits i of `mask`, in order. False where no more are wanted. */
static inline bool mask_list_add(struct mask_list *list, uint64_t mask, uint64_t base)
{
	for (; mask; mask &= mask - 1)
		list->places[list->waiting++] = base + (uint64_t)__builtin_ctzll(mask);
	if (list->waiting >= MASK_LIST_BATCH)
		mask_list_flush(list);
	return !list->stopped;
}

#endif
