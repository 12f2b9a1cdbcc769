/* SPDX-License-Identifier: MIT */
/*
 * text_scalar.c - the search by centres with eight bytes at a time in a 64-bit register, on any
 * machine.
 */
#define TEXT_VECTOR 16
#include "kernels/load.h"
#include "kernels/text/text_vector.h"

static const uint64_t high = UINT64_C(0x8080808080808080);

/* The top bits of eight bytes as the low eight bits; the others must be clear. */
static inline uint64_t gather(uint64_t tops)
{
	return (tops >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline bool fold(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	unsigned char all = 0xFF;
	for (unsigned i = 0; i < TEXT_BLOCK; i++)
		all &= to[i] = r->symbol[from[i]];
	return all & 0x80;
}

static inline uint64_t equal(const unsigned char *a, const unsigned char *b)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < 8; i++) {
		uint64_t differ = load_8(a + 8 * i) ^ load_8(b + 8 * i);
		mask |= gather(~(((differ & ~high) + ~high) | differ) & high) << 8 * i;
	}
	return mask;
}

TEXT_SEARCH_CENTRES(search, fold_plain, fold, suspect, equal, text_reverse);

TEXT_VARIANT(scalar, 0, search);
