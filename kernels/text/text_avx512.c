/* SPDX-License-Identifier: MIT */
/*
 * text_avx512.c - chooses how a tile is searched: the first of these that may do it.
 *
 *   by middles (text_middles_avx512.h)      with VBMI2, where masks are slow and NUL is no part of words, if there are
 *                                           few middles;
 *   by distances (text_distances_avx512.h)  in that tile and some after it, if there are so many that palindromes are
 *                                           short, until one has many middles of words of six letters and more;
 *   word by word (text_each_avx512.h)       in the rest of these tiles;
 *   by ends (text_ends_avx512.h)            with VBMI2 on other CPUs, in tiles of ASCII; not where many words look like
 *                                           palindromes, and for some tiles after;
 *   by centres (text_centres.h)             whatever is left.
 */
#include "kernels/text/text_centres.h"

#include "kernels/cpu.h"

#if defined(__AVX512BW__)
#include "kernels/bytes_avx512.h"
#include "kernels/text/text_distances_avx512.h"
#include "kernels/text/text_each_avx512.h"
#include "kernels/text/text_ends_avx512.h"
#include "kernels/text/text_middles_avx512.h"

/* Stores what is compared of the bytes of words, and zeros for others. Are all bytes of words? */
static inline bool store(unsigned char *to, __mmask64 letters, __m512i symbols)
{
	_mm512_storeu_si512(to, _mm512_maskz_mov_epi8(letters, symbols));
	return ~letters == 0;
}

static inline __mmask64 in_range(__m512i x, char first, char last)
{
	return _mm512_cmple_epu8_mask(
		_mm512_sub_epi8(x, _mm512_set1_epi8(first)), _mm512_set1_epi8((char)(last - first)));
}

static inline bool fold_plain(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	(void)r;
	const __m512i lower = _mm512_or_si512(bytes_load(from), _mm512_set1_epi8(0x20));
	return store(to, in_range(lower, 'a', 'z'), lower);
}

/* By tables: a byte is part of a word where the row of its low four bits has the bit of its high four. Of
 * bytes above 127 no row has a bit. */
static inline bool fold(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	const __m512i rows = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)r->row));
	const __m512i bits =
		_mm512_broadcast_i32x4(_mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0));
	const __m512i low4 = _mm512_set1_epi8(0x0F), x = bytes_load(from);
	const __m512i bit = _mm512_shuffle_epi8(bits, _mm512_and_si512(_mm512_srli_epi16(x, 4), low4));
	const __m512i row = _mm512_shuffle_epi8(rows, _mm512_and_si512(x, low4));
	const __m512i mark = _mm512_mask_blend_epi8(in_range(x, 'A', 'Z'), _mm512_set1_epi8((char)0x80),
		_mm512_set1_epi8((char)(r->fold ? 0xA0 : 0x80)));
	return store(to, _mm512_test_epi8_mask(row, bit), _mm512_or_si512(x, mark));
}

static inline bool suspect(const unsigned char *p)
{
	const __m512i before = bytes_load(p - 1), here = bytes_load(p), after = bytes_load(p + 1),
		      after_2 = bytes_load(p + 2);
	const __m512i odd = (before ^ after) | (bytes_load(p - 2) ^ after_2);
	const __m512i even = (here ^ after) | (before ^ after_2);
	const __mmask64 odd_found =
		_mm512_mask_testn_epi8_mask(_mm512_test_epi8_mask(before, before), odd, odd);
	const __mmask64 even_found =
		_mm512_mask_testn_epi8_mask(_mm512_test_epi8_mask(here, here), even, even);
	return (odd_found | even_found) != 0;
}

static inline uint64_t equal(const unsigned char *a, const unsigned char *b)
{
	return _mm512_cmpeq_epi8_mask(bytes_load(a), bytes_load(b));
}

static inline void reverse(const unsigned char *p, unsigned char *to)
{
	_mm512_storeu_si512(to, bytes_backwards(p + 1));
}

TEXT_SEARCH_CENTRES(search_centres, fold_plain, fold, suspect, equal, reverse);

/* By middles, and where there are too many by distances or word by word. */
static void search_middles(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	if (tile->crowded)
		tile->crowded--;
	else {
		const unsigned middles = text_search_middles(in, base, tile);
		if (middles <= TEXT_MIDDLES_MOST)
			return;
		tile->crowded = TEXT_TILES_DENSE;
		tile->short_words = middles > TEXT_MIDDLES_SHORT && in->features & CPU_VPOPCNTDQ;
	}
	if (tile->short_words) {
		if (text_search_distances(in, base, tile))
			return;
		tile->short_words = false;
	}
	text_search_each(in, base, tile);
}

static void search(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	const unsigned needed = CPU_VBMI | CPU_VBMI2;
	const bool can = (in->features & needed) == needed;
	if (can && in->by_middles && !in->rules->symbol[0]) {
		search_middles(in, base, tile);
		return;
	}
	if (can && !tile->dense) {
		const enum text_ends ends = text_search_ends(in, base, tile);
		if (ends == TEXT_ENDS_FOUND)
			return;
		if (ends == TEXT_ENDS_DENSE)
			tile->dense = TEXT_TILES_DENSE;
	}
	search_centres(in, base, tile);
}

TEXT_VARIANT(avx512, CPU_AVX512, search);
#else
const struct variant text_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};
#endif
