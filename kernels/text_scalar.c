/* SPDX-License-Identifier: MIT */
/* text_scalar.c - eight bytes at a time in a 64-bit register, on any machine. */
#include "text_centres.h"

static const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);

/* Eight bytes, the first in the lowest; and back. */
static inline uint64_t load(const unsigned char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

static inline void store(unsigned char *p, uint64_t x)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	memcpy(p, &x, sizeof x);
}

/* The top bits of eight bytes as the low eight bits; the others must be clear. */
static inline uint64_t gather(uint64_t tops)
{
	return (tops >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline uint64_t fold_plain(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	(void)r;
	uint64_t mask = 0;
	for (unsigned i = 0; i < 8; i++) {
		uint64_t x = load(from + 8 * i), lower = x | 0x20 * ones, seven = lower & ~high;
		uint64_t from_a = seven + (0x80 - 'a') * ones, past_z = seven + (0x7F - 'z') * ones;
		uint64_t letter = from_a & ~past_z & ~x & high;
		store(to + 8 * i, lower & (letter >> 7) * 0xFF);
		mask |= gather(letter) << 8 * i;
	}
	return mask;
}

/* The top bits of symbols tell what is part of a word. */
static inline uint64_t fold(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < TEXT_BLOCK; i++)
		to[i] = r->symbol[from[i]];
	for (unsigned i = 0; i < 8; i++)
		mask |= gather(load(to + 8 * i) & high) << 8 * i;
	return mask;
}

static inline uint64_t equal(const unsigned char *a, const unsigned char *b)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < 8; i++) {
		uint64_t differ = load(a + 8 * i) ^ load(b + 8 * i);
		mask |= gather(~(((differ & ~high) + ~high) | differ) & high) << 8 * i;
	}
	return mask;
}

TEXT_SEARCH_CENTRES(search, fold_plain, fold, equal);

TEXT_VARIANT(scalar, 0, search);
