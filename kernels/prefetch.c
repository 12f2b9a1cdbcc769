/* SPDX-License-Identifier: MIT */
/*
 * prefetch.c - chooses the way to prefetch from the option, the size of the list, and the CPU's
 * maker.
 */
#include "kernels/prefetch.h"

#include "kernels/cpu.h"

/* Where L2 is unknown. */
static const uint64_t l2_fallback = 256 << 10;

/* In the order of parameter `prefetch`. */
enum asked { ASKED_AUTO, ASKED_ON, ASKED_OFF, ASKED_AHEAD, ASKED_FAR };

enum prefetch prefetch_choose(const struct problem *p, uint64_t bytes, enum prefetch_bound bound)
{
	switch (p->prefetch) {
	case ASKED_ON:
		return PREFETCH_PAGES;
	case ASKED_OFF:
		return PREFETCH_NONE;
	case ASKED_AHEAD:
		return PREFETCH_AHEAD;
	case ASKED_FAR:
		return PREFETCH_FAR;
	default:
		if (bytes <= (p->l2_bytes ? p->l2_bytes : l2_fallback))
			return PREFETCH_NONE;
		if (cpu_is_zen4())
			return bound == PREFETCH_BOUND_BY_COMPUTING ? PREFETCH_FAR : PREFETCH_NONE;
		return cpu_is_intel() ? PREFETCH_PAGES : PREFETCH_AHEAD;
	}
}
