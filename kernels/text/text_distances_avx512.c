/* SPDX-License-Identifier: MIT */
/*
 * text_distances_avx512.c - the search by distances (text_distances_avx512.h): masks of equal bytes, the words that
 * they decide, and the middles of others.
 */
#include "kernels/text/text_distances_avx512.h"

#if defined(__AVX512BW__)
#include "kernels/text/text_judge_avx512.h"

/* The blocks of a tile and the two beside it; places count bytes from the first. Masks: whole vectors of eight. */
enum { BLOCKS = TEXT_BLOCKS + 2, MARGIN = 2 * TEXT_BLOCK, MASKS = (BLOCKS + 7) / 8 * 8 };

/* The longest word that distances decide, and the furthest of these. */
enum { SHORT = 5, FURTHEST = SHORT - 1 };

/* What a search needs beside the tile's masks, in the tile's bytes. */
struct room {
	uint64_t equal[FURTHEST][MASKS + 8]; /* [n - 1]: bytes that equal the one n behind */
	uint64_t middles[MASKS];             /* bit i: of middle i + 2 */
	uint16_t places[TEXT_DISTANCES_MOST + 2 * TEXT_BLOCK];
};
_Static_assert(sizeof(struct room) <= sizeof((struct text_tile *)0)->bytes, "there is room");

/* Fills letters and equal, of the bytes at p. Returns whether a byte is above 127. */
VBMI2 static bool find_equal(const struct text_input *in, uint64_t base, const unsigned char *p,
	uint64_t *letters, struct room *room)
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
		const __m512i next_4 = _mm512_alignr_epi32(after, here, 1);
		letters[i] = _mm512_movepi8_mask(here);
		room->equal[0][i] = _mm512_cmpeq_epi8_mask(here, _mm512_shrdi_epi32(here, next_4, 8));
		room->equal[1][i] = _mm512_cmpeq_epi8_mask(here, _mm512_shrdi_epi32(here, next_4, 16));
		room->equal[2][i] = _mm512_cmpeq_epi8_mask(here, _mm512_shrdi_epi32(here, next_4, 24));
		room->equal[3][i] = _mm512_cmpeq_epi8_mask(here, next_4);
		here = after;
	}
	return _mm512_movepi8_mask(any) != 0;
}

/* Of eight blocks from `block` on the starts of words whose middle, `more` bytes behind, lies in the tile; none if
 * they do not count. */
static inline __m512i own_starts(unsigned block, unsigned more, bool counts)
{
	const uint64_t all = ~UINT64_C(0), beyond = more ? all << (TEXT_BLOCK - more) : 0;
	if (!counts)
		return _mm512_setzero_si512();
	if (block == 0)
		return _mm512_mask_set1_epi64(_mm512_set1_epi64(-1), 1, (long long)beyond);
	if (block == TEXT_BLOCKS)
		return _mm512_maskz_set1_epi64(1, (long long)~beyond);
	return _mm512_set1_epi64(-1);
}

static inline __m512i and3(__m512i a, __m512i b, __m512i c)
{
	return _mm512_ternarylogic_epi64(a, b, c, 0x80);
}

/* Bit j of each of eight masks: bit j + n, of that mask or the next. */
#define BEHIND(masks, n) _mm512_shrdi_epi64(_mm512_loadu_si512(masks), _mm512_loadu_si512((masks) + 1), n)

/* From letters and equal: sets found of words of at most SHORT letters, and fills the middles of longer ones. */
VBMI2 static void find_short(const struct text_input *in, struct text_tile *tile, struct room *room)
{
	const uint64_t least = in->min_length;
	__m512i before = _mm512_setzero_si512(), w = _mm512_loadu_si512(tile->letters);
	_Static_assert(SHORT == 5, "each length is written out");
	for (unsigned i = 0; i < MASKS; i += 8) {
		const __m512i after = _mm512_loadu_si512(tile->letters + i + 8);
		const __m512i next = _mm512_alignr_epi64(after, w, 1);
		const __m512i follows = _mm512_shldi_epi64(w, _mm512_alignr_epi64(w, before, 7), 1);
		const __m512i w1 = _mm512_shrdi_epi64(w, next, 1), w2 = _mm512_shrdi_epi64(w, next, 2),
			      w3 = _mm512_shrdi_epi64(w, next, 3), w4 = _mm512_shrdi_epi64(w, next, 4),
			      w5 = _mm512_shrdi_epi64(w, next, 5);
		const uint64_t *e1 = room->equal[0] + i, *e2 = room->equal[1] + i, *e3 = room->equal[2] + i,
			       *e4 = room->equal[3] + i;
		/* the pairs of three, of four and of five bytes from here on */
		const __m512i of_3 = _mm512_loadu_si512(e2),
			      of_4 = _mm512_and_si512(_mm512_loadu_si512(e3), BEHIND(e1, 1)),
			      of_5 = _mm512_and_si512(_mm512_loadu_si512(e4), BEHIND(e2, 1));
		/* starts of words of so many letters or more, and of just so many */
		const __m512i two = _mm512_and_si512(_mm512_andnot_si512(follows, w), w1),
			      three = _mm512_and_si512(two, w2), four = _mm512_and_si512(three, w3),
			      five = _mm512_and_si512(four, w4);
		const __m512i found_2 = and3(_mm512_andnot_si512(w2, two), _mm512_loadu_si512(e1),
				      own_starts(i, 0, 2 >= least)),
			      found_3 = and3(
				      _mm512_andnot_si512(w3, three), of_3, own_starts(i, 1, 3 >= least)),
			      found_4 =
				      and3(_mm512_andnot_si512(w4, four), of_4, own_starts(i, 1, 4 >= least)),
			      found_5 =
				      and3(_mm512_andnot_si512(w5, five), of_5, own_starts(i, 2, 5 >= least));
		const __m512i found =
			_mm512_or_si512(_mm512_or_si512(found_2, found_3), _mm512_or_si512(found_4, found_5));
		const __mmask8 lanes = i < TEXT_BLOCKS ? 0xFF : 0x03;
		_mm512_mask_storeu_epi64(tile->found + i, lanes, found);
		tile->filled[i / 64] |= (uint64_t)(_mm512_test_epi64_mask(found, found) & lanes) << i % 64;
		/* middles of words of six letters and more: the gap behind three of six, the fourth of seven, of
		 * which `follows` is the first */
		const __m512i six = _mm512_and_si512(and3(w, w1, w2), and3(w3, w4, w5));
		const __m512i odd = _mm512_and_si512(of_5, follows),
			      even = _mm512_and_si512(BEHIND(e3, 1), BEHIND(e1, 2));
		_mm512_storeu_si512(room->middles + i, _mm512_and_si512(six, _mm512_or_si512(odd, even)));
		before = w;
		w = after;
	}
	/* middles of the tile alone */
	room->middles[0] &= UINT64_C(3) << 62;
	room->middles[TEXT_BLOCKS] &= ~UINT64_C(0) >> 2;
}

/* Appends the middles of a block to a list, which is written TEXT_BLOCK beyond them; returns how many. */
VBMI2 static inline unsigned list_middles(uint64_t bits, unsigned block, uint16_t *list)
{
	const __m512i packed = _mm512_mask_compress_epi8(bytes_numbers(), bits, bytes_numbers());
	const __m512i first = _mm512_set1_epi16((short)(block * TEXT_BLOCK + 2));
	_mm512_storeu_si512(
		list, _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed)), first));
	_mm512_storeu_si512(list + 32,
		_mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(packed, 1)), first));
	return (unsigned)_mm_popcnt_u64(bits);
}

VBMI2 bool text_search_distances(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	struct room *const room = (struct room *)(void *)tile->bytes;
	unsigned char edge[TEXT_TILE + 2 * MARGIN];
	const struct symbols s = symbols_by(in->rules);
	const unsigned char *p = text_around_tile(in, base, edge, MARGIN) + MARGIN - TEXT_BLOCK;
	unsigned count = 0;
	const bool foreign = find_equal(in, base, p, tile->letters, room);
	tile->has_foreign = false;
	if (foreign && in->rules->utf8)
		text_find_foreign(in, base, p, tile);
	tile->full = has_full(tile);
	find_short(in, tile, room);
	for (unsigned i = 0; i <= TEXT_BLOCKS; i++) {
		if (room->middles[i])
			count += list_middles(room->middles[i], i, room->places + count);
		if (count > TEXT_DISTANCES_MOST)
			return false;
	}
	for (unsigned k = 0; k < count; k++)
		judge_middle(in, s, p, room->places[k], tile);
	if (in->min_length <= 1)
		text_find_single(tile);
	return true;
}
#endif
