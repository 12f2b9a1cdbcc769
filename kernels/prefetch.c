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
enum asked { ASKED_AUTO, ASKED_ON, ASKED_OFF, ASKED_AHEAD };

enum prefetch prefetch_choose(const struct problem *p, uint64_t bytes)
{
	switch (p->prefetch) {
	case ASKED_ON:
		return PREFETCH_PAGES;
	case ASKED_OFF:
		return PREFETCH_NONE;
	case ASKED_AHEAD:
		return PREFETCH_AHEAD;
	default:
		if (bytes <= (p->l2_bytes ? p->l2_bytes : l2_fallback))
			return PREFETCH_NONE;
		return cpu_is_intel() ? PREFETCH_PAGES : PREFETCH_AHEAD;
	}
}
