/* SPDX-License-Identifier: MIT */
/*
 * text_middles_avx512.c - the search by the middles of words (text_middles_avx512.h): which bytes may be one,
 * and the words that are left.
 */
#include "kernels/text/text_middles_avx512.h"

#if defined(__AVX512BW__)
#include "kernels/text/text_judge_avx512.h"

/* The blocks of a tile and the two beside it; places count bytes from the first. */
enum { BLOCKS = TEXT_BLOCKS + 2, MARGIN = 2 * TEXT_BLOCK };

/* Masks of all blocks, and whole vectors of eight. */
enum { MASKS = (BLOCKS + 7) / 8 * 8 };

/* What a search needs beside the tile's masks, in the tile's bytes. */
struct room {
	uint64_t middles[MASKS]; /* of each block */
};
_Static_assert(sizeof(struct room) <= sizeof((struct text_tile *)0)->bytes, "there is room");

/* Bit j of each of eight masks: bit j + n, of that mask or the next. */
VBMI2 static inline __m512i behind(const uint64_t *masks, unsigned n)
{
	return _mm512_shrdv_epi64(
		_mm512_loadu_si512(masks), _mm512_loadu_si512(masks + 1), _mm512_set1_epi64(n));
}

/* Fills letters and middles, of the bytes at p: of middle i + 2 bit i, where bytes i + 1 and i + 3 are equal,
 * and i and i + 4, or i + 2 and i + 3, and i + 1 and i + 4. Returns whether a byte is above 127. */
VBMI2 static bool find_middles(const struct text_input *in, uint64_t base, const unsigned char *p,
	uint64_t *letters, uint64_t *middles)
{
	const struct symbols s = symbols_by(in->rules);
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	__m512i any = _mm512_loadu_si512(p), here = symbols_of_any(s, any);
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (i % PREFETCH_LINES == 0 && i < TEXT_BLOCKS)
			prefetch_lines(&walk);
		p += TEXT_BLOCK;
		const __m512i x = _mm512_loadu_si512(p), after = symbols_of_any(s, x);
		any = _mm512_or_si512(any, x);
		/* those shifted by four are shifted by whole words, and words by bytes into each other the others */
		const __m512i next_4 = _mm512_alignr_epi32(after, here, 1);
		const __m512i next = _mm512_shrdi_epi32(here, next_4, 8),
			      next_2 = _mm512_shrdi_epi32(here, next_4, 16),
			      next_3 = _mm512_shrdi_epi32(here, next_4, 24);
		/* (a ^ b) | c: 0xF6 of (c, a, b) */
		const __m512i odd = _mm512_ternarylogic_epi64(
				      _mm512_xor_si512(next, next_3), here, next_4, 0xF6),
			      even = _mm512_ternarylogic_epi64(
				      _mm512_xor_si512(next_2, next_3), next, next_4, 0xF6);
		const __m512i least = _mm512_min_epu8(odd, even);
		letters[i] = _mm512_movepi8_mask(here);
		middles[i] = _mm512_testn_epi8_mask(least, least);
		here = after;
	}
	return _mm512_movepi8_mask(any) != 0;
}

static unsigned count_middles(const uint64_t *middles)
{
	unsigned count = 0;
	for (unsigned i = 0; i <= TEXT_BLOCKS; i++)
		count += (unsigned)_mm_popcnt_u64(middles[i]);
	return count;
}

/* Judges the middles that are letters, not all if they are more than TEXT_MIDDLES_MOST; returns how many there are. */
VBMI2 static unsigned judge_middles(
	const struct text_input *in, const unsigned char *p, uint64_t *middles, struct text_tile *tile)
{
	const struct symbols s = symbols_by(in->rules);
	uint64_t filled[(MASKS + 63) / 64] = {0};
	unsigned count = 0;
	for (unsigned i = 0; i < BLOCKS - 1; i += 8) {
		const __m512i eight =
			_mm512_and_si512(_mm512_loadu_si512(middles + i), behind(tile->letters + i, 2));
		_mm512_storeu_si512(middles + i, eight);
		filled[i / 64] |= (uint64_t)_mm512_test_epi64_mask(eight, eight) << i % 64;
	}
	filled[TEXT_BLOCKS / 64] &= 1; /* blocks behind the tile are not its own */
	for (unsigned w = 0; w < sizeof filled / sizeof *filled; w++)
		for (uint64_t left = filled[w]; left && count <= TEXT_MIDDLES_MOST; left &= left - 1) {
			const unsigned i = 64 * w + (unsigned)_tzcnt_u64(left);
			uint64_t bits = middles[i];
			count += (unsigned)_mm_popcnt_u64(bits);
			do {
				judge_middle(in, s, p, i * TEXT_BLOCK + 2 + (unsigned)_tzcnt_u64(bits), tile);
				bits &= bits - 1;
			} while (bits);
		}
	return count <= TEXT_MIDDLES_MOST ? count : count_middles(middles);
}

unsigned text_search_middles(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	struct room *const room = (struct room *)(void *)tile->bytes;
	unsigned char edge[TEXT_TILE + 2 * MARGIN];
	const unsigned char *p = text_around_tile(in, base, edge, MARGIN) + MARGIN - TEXT_BLOCK;
	const bool foreign = find_middles(in, base, p, tile->letters, room->middles);
	tile->has_foreign = false;
	if (foreign && in->rules->utf8)
		text_find_foreign(in, base, p, tile);
	tile->full = has_full(tile);
	/* middles of the tile alone */
	room->middles[0] &= UINT64_C(3) << 62;
	room->middles[TEXT_BLOCKS] &= ~UINT64_C(0) >> 2;
	const unsigned count = judge_middles(in, p, room->middles, tile);
	if (in->min_length <= 1)
		text_find_single(tile);
	return count;
}
#endif
