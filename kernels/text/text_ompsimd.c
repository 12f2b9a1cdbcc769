/* SPDX-License-Identifier: MIT */
/*
 * text_ompsimd.c - the search by centres with plain loops over 64 bytes under `#pragma omp simd`:
 * the compiler's own vectors.
 */
#include "kernels/text/text_centres.h"

/* The mask of 64 bytes that are 0 or 1. */
static inline uint64_t gather(const unsigned char flags[TEXT_BLOCK])
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < 8; i++) {
		uint64_t eight;
		memcpy(&eight, flags + 8 * i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		eight = __builtin_bswap64(eight);
#endif
		mask |= (eight * UINT64_C(0x0102040810204080) >> 56) << 8 * i;
	}
	return mask;
}

static inline bool fold_plain(
	const struct text_rules *r, const unsigned char *restrict from, unsigned char *restrict to)
{
	(void)r;
	unsigned char letter[TEXT_BLOCK];
#pragma omp simd
	for (unsigned i = 0; i < TEXT_BLOCK; i++) {
		unsigned char lower = from[i] | 0x20;
		letter[i] = (unsigned char)(lower - 'a') < 26;
		to[i] = letter[i] ? lower : 0;
	}
	return gather(letter) + 1 == 0;
}

static inline bool fold(
	const struct text_rules *r, const unsigned char *restrict from, unsigned char *restrict to)
{
	unsigned char letter[TEXT_BLOCK];
	for (unsigned i = 0; i < TEXT_BLOCK; i++)
		to[i] = r->symbol[from[i]];
#pragma omp simd
	for (unsigned i = 0; i < TEXT_BLOCK; i++)
		letter[i] = to[i] != 0;
	return gather(letter) + 1 == 0;
}

static inline bool suspect(const unsigned char *p)
{
	unsigned char any = 0;
#pragma omp simd reduction(| : any)
	for (int i = 0; i < TEXT_BLOCK; i++) {
		const unsigned char odd = (p[i - 1] ^ p[i + 1]) | (p[i - 2] ^ p[i + 2]);
		const unsigned char even = (p[i] ^ p[i + 1]) | (p[i - 1] ^ p[i + 2]);
		any |= (odd ? 0 : p[i - 1]) | (even ? 0 : p[i]);
	}
	return any;
}

static inline uint64_t equal(const unsigned char *a, const unsigned char *b)
{
	unsigned char same[TEXT_BLOCK];
#pragma omp simd
	for (unsigned i = 0; i < TEXT_BLOCK; i++)
		same[i] = a[i] == b[i];
	return gather(same);
}

TEXT_SEARCH_CENTRES(search, fold_plain, fold, suspect, equal, text_reverse);

TEXT_VARIANT(ompsimd, 0, search);
