/* SPDX-License-Identifier: MIT */
/*
 * text_each_avx512.c - the search that looks at each word (text_each_avx512.h): lists of words, and whether they read
 * the same backward.
 */
#include "kernels/text/text_each_avx512.h"

#if defined(__AVX512BW__)
#include "kernels/text/text_symbols_avx512.h"

#include <string.h>

/* Of all ends of a tile, and of its words: a word of two letters is followed by a gap. Whole vectors are written. */
enum { ENDS = SYMBOLS_BLOCKS * TEXT_BLOCK * 2 / 3 + 2 * TEXT_BLOCK, WORDS = ENDS / 2 };

/* What a search needs beside the tile's masks, in the tile's bytes. */
struct room {
	struct symbols_stored symbols;
	uint64_t ends[SYMBOLS_MASKS]; /* first and last letters of words of two letters or more */
	uint64_t starts[SYMBOLS_MASKS];
	uint16_t before[SYMBOLS_MASKS]; /* ends before each block */
	uint16_t places[ENDS];          /* of the ends, in order: a word has two */
	unsigned char good[WORDS + TEXT_BLOCK];
	uint64_t bits[WORDS / 64 + 3]; /* a bit for each word */
};
_Static_assert(sizeof(struct room) <= sizeof((struct text_tile *)0)->bytes, "there is room");

/* Fills ends and starts from the letters. A word that is cut off by the first byte counts as one that begins there;
 * one that goes on behind has no last end. */
VBMI2 static void find_ends(const uint64_t *letters, struct room *room)
{
	__m512i before = _mm512_setzero_si512(), w = _mm512_loadu_si512(letters);
	for (unsigned i = 0; i < SYMBOLS_MASKS; i += 8) {
		const __m512i after = _mm512_loadu_si512(letters + i + 8);
		const __m512i follows = _mm512_shldi_epi64(w, _mm512_alignr_epi64(w, before, 7), 1);
		const __m512i leads = _mm512_shrdi_epi64(w, _mm512_alignr_epi64(after, w, 1), 1);
		_mm512_storeu_si512(room->ends + i, _mm512_and_si512(w, _mm512_xor_si512(follows, leads)));
		_mm512_storeu_si512(
			room->starts + i, _mm512_andnot_si512(follows, _mm512_and_si512(w, leads)));
		before = w;
		w = after;
	}
}

/* Fills places and before; returns how many words have both ends. */
VBMI2 static unsigned list_ends(const struct text_input *in, uint64_t base, struct room *room)
{
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	__m512i first = _mm512_setzero_si512();
	unsigned count = 0;
	for (unsigned i = 0; i < SYMBOLS_BLOCKS; i++) {
		if (i % PREFETCH_LINES == 0 && i < TEXT_BLOCKS)
			prefetch_lines(&walk);
		const uint64_t ends = room->ends[i];
		const __m512i packed = _mm512_mask_compress_epi8(bytes_numbers(), ends, bytes_numbers());
		const unsigned here = (unsigned)_mm_popcnt_u64(ends);
		uint16_t *to = room->places + count;
		_mm512_storeu_si512(
			to, _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed)), first));
		if (__builtin_expect(here > 32, 0))
			_mm512_storeu_si512(to + 32,
				_mm512_add_epi16(
					_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(packed, 1)), first));
		room->before[i] = (uint16_t)count;
		count += here;
		first = _mm512_add_epi16(first, _mm512_set1_epi16(TEXT_BLOCK));
	}
	return count / 2;
}

/* The places of the ends of word n. */
struct word {
	unsigned first, last;
};

static inline struct word word_of(const struct room *room, unsigned n)
{
	return (struct word){room->places[2 * n], room->places[2 * n + 1]};
}

/* Is the middle of this word, the left one of two, before place `end`? */
static inline bool is_before(struct word w, unsigned end)
{
	return (w.first + w.last) / 2 < end;
}

/* Of 64 letters or more, without one that fills a block. */
VBMI2 __attribute__((noinline)) static bool is_mirrored_long(const struct room *room, struct word w)
{
	const unsigned char *at = room->symbols.at;
	if (text_fills_block(w.first, w.last + 1))
		return false;
	const __m512i left = bytes_load(at + w.first), right = bytes_backwards(at + w.last + 1);
	const uint64_t half = (w.last - w.first + 1) / 2; /* below 64 */
	return _bzhi_u64(_mm512_cmpneq_epi8_mask(left, right), (unsigned)half) == 0;
}

/* Fills good of words lo to hi, whose middles are in the tile. */
VBMI2 static void judge_words(const struct text_input *in, struct room *room, unsigned lo, unsigned hi)
{
	const __m256i down = _mm256_sub_epi8(_mm256_set1_epi8(31), _mm512_castsi512_si256(bytes_numbers()));
	const unsigned char *at = room->symbols.at;
	for (unsigned n = lo; n < hi; n++) {
		const struct word w = word_of(room, n);
		const unsigned bytes = w.last - w.first + 1;
		bool good = bytes >= in->min_length;
		if (__builtin_expect(bytes < TEXT_BLOCK, 1)) {
			const __m256i left = _mm256_loadu_si256(
					      (const __m256i *)(const void *)(at + w.first)),
				      right = _mm256_permutexvar_epi8(down,
					      _mm256_loadu_si256(
						      (const __m256i *)(const void *)(at + w.last - 31)));
			good &= _bzhi_u32(_mm256_cmpneq_epi8_mask(left, right), bytes / 2) == 0;
		} else
			good &= is_mirrored_long(room, w);
		room->good[n] = good;
	}
}

/* Sets found where words that are good start. */
VBMI2 static void deposit(struct room *room, unsigned words, struct text_tile *tile)
{
	unsigned k = 0;
	for (; 64 * k < words; k++) {
		const __m512i good = _mm512_loadu_si512(room->good + 64 * k);
		room->bits[k] = _mm512_test_epi8_mask(good, good);
	}
	room->bits[k] = room->bits[k + 1] = 0;
	for (unsigned i = 0; i < SYMBOLS_BLOCKS; i++) {
		const unsigned word = (room->before[i] + 1u) / 2; /* the first that starts here */
		uint64_t bits;
		memcpy(&bits, (const unsigned char *)room->bits + word / 8, sizeof bits);
		tile->found[i] = _pdep_u64(bits >> word % 8, room->starts[i]);
		tile->filled[i / 64] |= (uint64_t)(tile->found[i] != 0) << i % 64;
	}
}

VBMI2 void text_search_each(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	struct room *const room = (struct room *)(void *)tile->bytes;
	unsigned char edge[TEXT_TILE + 2 * TEXT_BLOCK];
	const unsigned char *p = text_around_tile(in, base, edge, TEXT_BLOCK);
	symbols_fill(in, base, p, tile, &room->symbols);
	find_ends(tile->letters, room);
	const unsigned words = list_ends(in, base, room);
	unsigned lo = 0, hi = words;
	while (lo < hi && is_before(word_of(room, lo), TEXT_BLOCK))
		room->good[lo++] = 0;
	while (lo < hi && !is_before(word_of(room, hi - 1), TEXT_BLOCK + TEXT_TILE))
		hi--;
	memset(room->good + hi, 0, TEXT_BLOCK); /* to the end of a vector; behind that none is read */
	judge_words(in, room, lo, hi);
	deposit(room, hi, tile);
	symbols_tally(tile);
	if (in->min_length <= 1)
		text_find_single(tile);
}
#endif
