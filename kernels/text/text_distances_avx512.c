/* SPDX-License-Identifier: MIT */
/*
 * text_distances_avx512.c - the search by distances (text_distances_avx512.h): masks of equal pairs, the words that
 * they decide, and the middles of others.
 */
#include "kernels/text/text_distances_avx512.h"

#if defined(__AVX512BW__)
#include "kernels/text/text_judge_avx512.h"
#include "kernels/text/text_middles_avx512.h"

#define DISTANCES __attribute__((target("avx512vbmi,avx512vbmi2,avx512vpopcntdq")))

/* What a search needs beside the tile's masks, in the tile's bytes. */
struct room {
	struct symbols_stored symbols;
	/* where pairs are equal (symbols_pairs) */
	uint64_t odd[SYMBOLS_MASKS + 8], even[SYMBOLS_MASKS + 8];
	uint64_t middles[SYMBOLS_MASKS]; /* bit i: of middle i + 2 */
	uint16_t places[TEXT_DISTANCES_MOST + 2 * TEXT_BLOCK];
};
_Static_assert(sizeof(struct room) <= sizeof((struct text_tile *)0)->bytes, "there is room");

/* Fills odd and even of block i from the symbols. */
VBMI2 static inline void find_pairs_of(struct room *room, unsigned i)
{
	const struct symbols_pairs pairs = symbols_pairs(room->symbols.at + i * TEXT_BLOCK);
	room->odd[i] = _mm512_testn_epi8_mask(pairs.odd, pairs.odd);
	room->even[i] = _mm512_testn_epi8_mask(pairs.even, pairs.even);
}

/* Fills symbols, odd and even; and letters, full and has_foreign. */
VBMI2 static void find_pairs(const struct text_input *in, uint64_t base, const unsigned char *p,
	struct text_tile *tile, struct room *room)
{
	const struct symbols s = symbols_by(in->rules);
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	__m512i any = _mm512_setzero_si512();
	for (unsigned i = 0; i < SYMBOLS_BLOCKS; i++) {
		if (i % PREFETCH_LINES == 0 && i < TEXT_BLOCKS)
			prefetch_lines(&walk);
		any = _mm512_or_si512(any, symbols_store(s, p + i * TEXT_BLOCK,
						   room->symbols.at + i * TEXT_BLOCK, tile->letters + i));
		if (i >= SYMBOLS_AHEAD)
			find_pairs_of(room, i - SYMBOLS_AHEAD);
	}
	for (unsigned i = SYMBOLS_BLOCKS - SYMBOLS_AHEAD; i <= TEXT_BLOCKS; i++)
		find_pairs_of(room, i);
	for (unsigned i = TEXT_BLOCKS + 1; i < SYMBOLS_MASKS + 8; i++)
		room->odd[i] = room->even[i] = 0;
	symbols_filled(in, base, p, tile, any);
}

/* Of eight blocks from `block` on the places whose words' middles, `more` bytes behind, lie in the tile; none if the
 * words do not count. */
static inline __m512i own_places(unsigned block, unsigned more, bool counts)
{
	const uint64_t beyond = ~UINT64_C(0) << (TEXT_BLOCK - more);
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

/* a | (b & c) */
static inline __m512i or_both(__m512i a, __m512i b, __m512i c)
{
	return _mm512_ternarylogic_epi64(a, b, c, 0xF8);
}

/* Palindromes of eight blocks at a time, added up. */
struct sums {
	__m512i count, checksum, weight; /* weight: what the checksum has times each mask */
};

/* The sum of eight words, modulo 2^64. gcc 12's reduction adds them as signed ones, whose overflow is undefined. */
static inline uint64_t sum_of_words(__m512i words)
{
	const __m256i four =
		_mm256_add_epi64(_mm512_castsi512_si256(words), _mm512_extracti64x4_epi64(words, 1));
	const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
	return (uint64_t)_mm_cvtsi128_si64(two) + (uint64_t)_mm_extract_epi64(two, 1);
}

/* From letters and pairs: words of two to five letters, which start two behind the place of a bit here; and fills the
 * middles of longer ones. Where nobody lists what is found it is added up and returned; else it sets found. */
DISTANCES static struct tally find_short(
	const struct text_input *in, struct text_tile *tile, struct room *room)
{
	const uint64_t least = in->min_length;
	const bool adds = tile->tally && !tile->has_foreign;
	const __m512i zero = _mm512_setzero_si512();
	struct sums sums = {zero, zero,
		_mm512_add_epi64(_mm512_set1_epi64((long long)(2 * tile->first_block + 1)),
			_mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14))};
	__m512i before = _mm512_setzero_si512(), w = _mm512_loadu_si512(tile->letters);
	for (unsigned i = 0; i < SYMBOLS_MASKS; i += 8) {
		const __m512i after = _mm512_loadu_si512(tile->letters + i + 8);
		const __m512i next = _mm512_alignr_epi64(after, w, 1);
		const __m512i w1 = _mm512_shrdi_epi64(w, next, 1), w2 = _mm512_shrdi_epi64(w, next, 2),
			      w3 = _mm512_shrdi_epi64(w, next, 3), w4 = _mm512_shrdi_epi64(w, next, 4),
			      w5 = _mm512_shrdi_epi64(w, next, 5), w6 = _mm512_shrdi_epi64(w, next, 6),
			      w7 = _mm512_shrdi_epi64(w, next, 7);
		const __m512i odd = _mm512_loadu_si512(room->odd + i),
			      even = _mm512_loadu_si512(room->even + i);
		/* the outer pair of two and of three letters are none, for the first is none; of four and five they are
		 * letters, and behind them is none */
		const __m512i two = _mm512_and_si512(even, own_places(i, 2, 2 >= least)),
			      three = and3(
				      SYMBOLS_BEHIND(room->odd + i, 1), w3, own_places(i, 3, 3 >= least)),
			      four = and3(SYMBOLS_BEHIND(room->even + i, 1), _mm512_andnot_si512(w6, w2),
				      own_places(i, 3, 4 >= least)),
			      five = and3(SYMBOLS_BEHIND(room->odd + i, 2),
				      _mm512_andnot_si512(w7, _mm512_and_si512(w2, w4)),
				      own_places(i, 4, 5 >= least));
		const __m512i here = _mm512_andnot_si512(
			w1, _mm512_or_si512(_mm512_or_si512(two, three), _mm512_or_si512(four, five)));
		const __m512i found = _mm512_shldi_epi64(here, _mm512_alignr_epi64(here, before, 7), 2);
		const __mmask8 lanes = i < TEXT_BLOCKS ? 0xFF : 0x03;
		if (adds) {
			const __m512i own = _mm512_maskz_mov_epi64(lanes, found);
			sums.count = _mm512_add_epi64(sums.count, _mm512_popcnt_epi64(own));
			sums.checksum = _mm512_add_epi64(sums.checksum, _mm512_mullo_epi64(own, sums.weight));
			sums.weight = _mm512_add_epi64(sums.weight, _mm512_set1_epi64(16));
		} else {
			_mm512_mask_storeu_epi64(tile->found + i, lanes, found);
			tile->filled[i / 64] |= (uint64_t)(_mm512_test_epi64_mask(found, found) & lanes)
						<< i % 64;
		}
		/* of longer words the outer pair are letters, and so is what is behind them */
		const __m512i longer = or_both(_mm512_and_si512(even, w1), odd, w2);
		_mm512_storeu_si512(room->middles + i, and3(longer, w, w5));
		before = here;
		w = after;
	}
	/* middles of the tile alone */
	room->middles[0] &= UINT64_C(3) << 62;
	room->middles[TEXT_BLOCKS] &= ~UINT64_C(0) >> 2;
	return (struct tally){.count = sum_of_words(sums.count), .checksum = sum_of_words(sums.checksum)};
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

DISTANCES bool text_search_distances(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	struct room *const room = (struct room *)(void *)tile->bytes;
	unsigned char edge[TEXT_TILE + 2 * TEXT_BLOCK];
	const unsigned char *p = text_around_tile(in, base, edge, TEXT_BLOCK);
	unsigned count = 0;
	find_pairs(in, base, p, tile, room);
	const struct tally sum = find_short(in, tile, room);
	for (unsigned i = 0; i <= TEXT_BLOCKS; i++) {
		if (room->middles[i])
			count += list_middles(room->middles[i], i, room->places + count);
		if (count > TEXT_DISTANCES_MOST)
			return false;
	}
	if (tile->tally) {
		tile->tally->count += sum.count;
		tile->tally->checksum += sum.checksum;
	}
	if (sum.count > TEXT_MIDDLES_MOST)
		tile->crowded = TEXT_TILES_DENSE;
	judge_places(in, &room->symbols, room->places, count, tile);
	if (in->min_length <= 1)
		text_find_single(tile);
	return true;
}
#endif
