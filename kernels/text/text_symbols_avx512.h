/* SPDX-License-Identifier: MIT */
/*
 * text_symbols_avx512.h - what the searches by ends and by middles share: the table of symbols in registers, for
 * CPUs that permute bytes, and whether a tile has a block of nothing but letters.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_SYMBOLS_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_SYMBOLS_AVX512_H

#include "kernels/bytes_avx512.h"
#include "kernels/text/text_scan.h"

#define VBMI2 __attribute__((target("avx512vbmi,avx512vbmi2")))

/* What bytes are compared as; their top bit is set where they are parts of words. */
struct symbols {
	__m512i low, high; /* of bytes 0 to 63 and 64 to 127 */
};

static inline struct symbols symbols_by(const struct text_rules *r)
{
	return (struct symbols){bytes_load(r->symbol), bytes_load(r->symbol + 64)};
}

/* Of 64 bytes below 128; of others, those of the byte 128 less. */
VBMI2 static inline __m512i symbols_of(struct symbols s, __m512i x)
{
	return _mm512_permutex2var_epi8(s.low, x, s.high);
}

/* The symbols of 64 bytes, of any value: those above 127 are as 0, which is no part of a word. */
VBMI2 static inline __m512i symbols_of_any(struct symbols s, __m512i x)
{
	return symbols_of(s, _mm512_min_epu8(x, _mm512_set1_epi8((char)0x80)));
}

/* From its letters: is there a block of nothing else in the tile? */
static inline bool has_full(const struct text_tile *tile)
{
	__mmask8 full = 0;
	for (unsigned i = 1; i <= TEXT_BLOCKS; i += 8)
		full |= _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(tile->letters + i), _mm512_set1_epi64(-1));
	return full;
}

#endif
