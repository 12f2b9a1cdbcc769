/* SPDX-License-Identifier: MIT */
/*
 * text_symbols_avx512.h - what the AVX-512 searches share: the table of symbols in registers, for CPUs that permute
 * bytes; the symbols of a tile in memory; and whether a tile has a block of nothing but letters.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_SYMBOLS_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_SYMBOLS_AVX512_H

#include "kernels/bytes_avx512.h"
#include "kernels/text/text_scan.h"

#include <string.h>

#define VBMI2 __attribute__((target("avx512vbmi,avx512vbmi2")))

/* The blocks of a tile and the two beside it; places count bytes from the first. SYMBOLS_MASKS: a mask of each, and
 * whole vectors of eight. */
enum { SYMBOLS_BLOCKS = TEXT_BLOCKS + 2, SYMBOLS_MASKS = (SYMBOLS_BLOCKS + 7) / 8 * 8 };

/* How many blocks symbols are stored ahead of their use: loads of what two stores have not yet written to L1 would wait
 * for them, and that many blocks' instructions fit no reorder buffer. */
enum { SYMBOLS_AHEAD = 16 };

/* The symbols of these blocks, where searches keep them: first in a tile's bytes. */
struct symbols_stored {
	_Alignas(TEXT_BLOCK) unsigned char at[SYMBOLS_BLOCKS * TEXT_BLOCK];
};

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

/* A vector that is loaded once: GCC 12 loads it again for each of its uses with elements of another size. */
static inline __m512i symbols_load(const unsigned char *p)
{
	__m512i x = bytes_load(p);
	__asm__ volatile("" : "+v"(x));
	return x;
}

/* Of the 64 places from q on what is 0 in a byte: `odd` where bytes 1 and 3 behind are equal letters, and 0 and 4 behind
 * equal; `even` where bytes 2 and 3 behind are equal letters, and 1 and 4 behind equal. */
struct symbols_pairs {
	__m512i odd, even;
};

VBMI2 static inline struct symbols_pairs symbols_pairs(const unsigned char *q)
{
	const __m512i here = symbols_load(q), next_4 = symbols_load(q + 4), next_2 = symbols_load(q + 2);
	/* words shifted by bytes into each other: half of the loads would cross a line */
	const __m512i next = _mm512_shrdi_epi32(here, next_4, 8),
		      next_3 = _mm512_shrdi_epi32(here, next_4, 24);
	const __m512i top = _mm512_set1_epi8((char)0x80);
	/* 0x3E of (a, b, c): (a ^ b) | (~a & c); 0xF6: a | (b ^ c) */
	return (struct symbols_pairs){
		_mm512_ternarylogic_epi64(
			_mm512_ternarylogic_epi64(next, next_3, top, 0x3E), here, next_4, 0xF6),
		_mm512_ternarylogic_epi64(
			_mm512_ternarylogic_epi64(next_2, next_3, top, 0x3E), next, next_4, 0xF6)};
}

/* Bit j of each of eight masks: bit j + n, of that mask or the next. */
#define SYMBOLS_BEHIND(masks, n)                                                                             \
	_mm512_shrdi_epi64(_mm512_loadu_si512(masks), _mm512_loadu_si512((masks) + 1), n)

/* From its letters: is there a block of nothing else in the tile? */
static inline bool has_full(const struct text_tile *tile)
{
	__mmask8 full = 0;
	for (unsigned i = 1; i <= TEXT_BLOCKS; i += 8)
		full |= _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(tile->letters + i), _mm512_set1_epi64(-1));
	return full;
}

/* Stores the symbols of the block at p, of bytes of any value, and its letters; returns its bytes. */
VBMI2 static inline __m512i symbols_store(
	struct symbols s, const unsigned char *p, unsigned char *to, uint64_t *letters)
{
	const __m512i x = symbols_load(p), symbols = symbols_of_any(s, x);
	_mm512_store_si512(to, symbols);
	*letters = _mm512_movepi8_mask(symbols);
	return x;
}

/* Fills has_foreign and full, once the letters are there; `any`: of all bytes. */
VBMI2 static inline void symbols_filled(const struct text_input *in, uint64_t base, const unsigned char *p,
	struct text_tile *tile, __m512i any)
{
	tile->has_foreign = false;
	if (in->rules->utf8 && _mm512_movepi8_mask(any))
		text_find_foreign(in, base, p, tile);
	tile->full = has_full(tile);
}

/* Stores the symbols of the bytes at p, and fills letters, full and has_foreign. What comes later is asked for by the
 * caller, whose other work takes longer. */
VBMI2 static inline void symbols_fill(const struct text_input *in, uint64_t base, const unsigned char *p,
	struct text_tile *tile, struct symbols_stored *to)
{
	const struct symbols s = symbols_by(in->rules);
	__m512i any = _mm512_setzero_si512();
	for (unsigned i = 0; i < SYMBOLS_BLOCKS; i++)
		any = _mm512_or_si512(any,
			symbols_store(s, p + i * TEXT_BLOCK, to->at + i * TEXT_BLOCK, tile->letters + i));
	symbols_filled(in, base, p, tile, any);
}

/* Adds up what is found, where nobody lists it: a third of what text_scan does for each block without the
 * instructions of this file. */
static inline void symbols_tally(struct text_tile *tile)
{
	struct tally sum = {0};
	if (!tile->tally || tile->has_foreign)
		return;
	for (unsigned i = 0; i < SYMBOLS_BLOCKS; i++) {
		sum.count += (uint64_t)_mm_popcnt_u64(tile->found[i]);
		sum.checksum += tile->found[i] * (2 * (tile->first_block + i) + 1);
	}
	memset(tile->found, 0, sizeof tile->found);
	memset(tile->filled, 0, sizeof tile->filled);
	tile->tally->count += sum.count;
	tile->tally->checksum += sum.checksum;
}

#endif
