/* SPDX-License-Identifier: MIT */
/*
 * text_middles_avx512.c - the search by the middles of words (text_middles_avx512.h): which bytes may be one,
 * and the words that are left.
 */
#include "kernels/text/text_middles_avx512.h"

#if defined(__AVX512BW__)
#include "kernels/text/text_judge_avx512.h"

/* Four blocks at a time, and how many blocks symbols are stored ahead of their use: loads of what two stores have not
 * yet written to L1 would wait for them, and that many blocks' instructions fit no reorder buffer. */
enum { FOUR = 4, AHEAD = 16 };

/* What a search needs beside the tile's masks, in the tile's bytes. */
struct room {
	struct symbols_stored symbols;
	uint64_t middles[SYMBOLS_MASKS];                   /* of each block */
	uint64_t sixteen[TEXT_BLOCKS / FOUR];              /* letters of 16 bytes of each block */
	unsigned char blocks[SYMBOLS_BLOCKS + TEXT_BLOCK]; /* written in whole vectors */
	uint16_t places[TEXT_MIDDLES_MOST];
};
_Static_assert(sizeof(struct room) <= sizeof((struct text_tile *)0)->bytes, "there is room");

/* Stores the symbols of four blocks from `i` on and the letters of 16 bytes of each, and adds the bytes to `any`. With
 * `high` there may be bytes above 127, and all letters are stored. */
VBMI2 __attribute__((always_inline)) static inline __m512i store_four(struct room *room, struct symbols s,
	const unsigned char *p, unsigned i, __m512i any, uint64_t *letters, bool high)
{
	unsigned char *to = room->symbols.at + i * TEXT_BLOCK;
	__m512i four[FOUR];
	p += i * TEXT_BLOCK;
#pragma GCC unroll 4
	for (unsigned k = 0; k < FOUR; k++)
		four[k] = symbols_load(p + k * TEXT_BLOCK);
	any = _mm512_ternarylogic_epi64(any, four[0], four[1], 0xFE); /* a | b | c */
	any = _mm512_ternarylogic_epi64(any, four[2], four[3], 0xFE);
#pragma GCC unroll 4
	for (unsigned k = 0; k < FOUR; k++) {
		four[k] = high ? symbols_of_any(s, four[k]) : symbols_of(s, four[k]);
		_mm512_store_si512(to + k * TEXT_BLOCK, four[k]);
		if (high)
			letters[i + k] = _mm512_movepi8_mask(four[k]);
	}
	if (!high) {
		__m512i lanes = _mm512_mask_mov_epi64(four[0], 0x0C, four[1]);
		lanes = _mm512_mask_mov_epi64(lanes, 0x30, four[2]);
		lanes = _mm512_mask_mov_epi64(lanes, 0xC0, four[3]);
		room->sixteen[i / FOUR] = _mm512_movepi8_mask(lanes);
	}
	return any;
}

/* The middles of block i: of middle j + 2 bit j, where pairs around it are equal. Where j + 2 is no letter there is
 * none, which is told later. */
VBMI2 static inline void find_middles_of(struct room *room, unsigned i)
{
	const struct symbols_pairs pairs = symbols_pairs(room->symbols.at + i * TEXT_BLOCK);
	const __m512i least = _mm512_min_epu8(pairs.odd, pairs.even);
	room->middles[i] = _mm512_testn_epi8_mask(least, least);
}

/* Fills symbols and middles, of the bytes at p; with `high` the letters, else sixteen. Returns whether a byte is above
 * 127: without `high` all this is then not right. */
VBMI2 __attribute__((always_inline)) static inline bool find_middles(const struct text_input *in,
	uint64_t base, const unsigned char *p, struct room *room, uint64_t *letters, bool high)
{
	const struct symbols s = symbols_by(in->rules);
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	const unsigned char *last = p + TEXT_BLOCKS * TEXT_BLOCK;
	_Static_assert(
		AHEAD % PREFETCH_LINES == 0 && TEXT_BLOCKS % PREFETCH_LINES == 0, "as many lines at once");
	__m512i any = _mm512_or_si512(bytes_load(last), bytes_load(last + TEXT_BLOCK));
	for (unsigned i = 0; i < TEXT_BLOCKS + AHEAD; i += PREFETCH_LINES) {
		if (i < TEXT_BLOCKS)
			prefetch_lines(&walk);
		for (unsigned k = i; k < i + PREFETCH_LINES; k += FOUR) {
			if (k < TEXT_BLOCKS)
				any = store_four(room, s, p, k, any, letters, high);
			if (k < AHEAD)
				continue;
#pragma GCC unroll 4
			for (unsigned j = k - AHEAD; j < k - AHEAD + FOUR; j++)
				find_middles_of(room, j);
		}
		if (i == TEXT_BLOCKS - PREFETCH_LINES)
			for (unsigned k = TEXT_BLOCKS; k < SYMBOLS_BLOCKS; k++) {
				const __m512i symbols = symbols_of_any(s, bytes_load(p + k * TEXT_BLOCK));
				_mm512_store_si512(room->symbols.at + k * TEXT_BLOCK, symbols);
				letters[k] = _mm512_movepi8_mask(symbols);
			}
	}
	find_middles_of(room, TEXT_BLOCKS);
	return _mm512_movepi8_mask(any) != 0;
}

VBMI2 static bool find_middles_low(const struct text_input *in, uint64_t base, const unsigned char *p,
	struct room *room, uint64_t *letters)
{
	return find_middles(in, base, p, room, letters, false);
}

VBMI2 static bool find_middles_high(const struct text_input *in, uint64_t base, const unsigned char *p,
	struct room *room, uint64_t *letters)
{
	return find_middles(in, base, p, room, letters, true);
}

/* May there be a block of nothing but letters in the tile? */
static bool may_be_full(const struct room *room, const uint64_t *letters)
{
	__mmask32 full = 0;
	for (unsigned i = 0; i < TEXT_BLOCKS / FOUR; i += 8)
		full |= _mm512_cmpeq_epi16_mask(_mm512_loadu_si512(room->sixteen + i), _mm512_set1_epi64(-1));
	return full || !~letters[TEXT_BLOCKS];
}

static void mark_letters(const struct room *room, uint64_t *letters)
{
	for (unsigned i = 0; i < TEXT_BLOCKS; i++)
		letters[i] = _mm512_movepi8_mask(bytes_load(room->symbols.at + i * TEXT_BLOCK));
}

/* Lists the blocks that have middles, but for the two beside the tile; returns how many they are. */
VBMI2 static unsigned list_blocks(struct room *room)
{
	uint64_t filled[2] = {0};
	room->middles[0] &= UINT64_C(3) << 62;
	room->middles[TEXT_BLOCKS] &= ~UINT64_C(0) >> 2;
	for (unsigned i = 0; i < TEXT_BLOCKS; i += 8) {
		const __m512i eight = bytes_load((const unsigned char *)(room->middles + i));
		filled[i / 64] |= (uint64_t)_mm512_test_epi64_mask(eight, eight) << i % 64;
	}
	const unsigned half = (unsigned)_mm_popcnt_u64(filled[0]),
		       count = half + (unsigned)_mm_popcnt_u64(filled[1]);
	const __m512i low = bytes_numbers(), high = _mm512_add_epi8(low, _mm512_set1_epi8(64));
	_mm512_storeu_si512(room->blocks, _mm512_mask_compress_epi8(low, filled[0], low));
	_mm512_storeu_si512(room->blocks + half, _mm512_mask_compress_epi8(high, filled[1], high));
	room->blocks[count] = TEXT_BLOCKS;
	return count + (room->middles[TEXT_BLOCKS] != 0);
}

/* Lists the places of the middles, not all if they are more than TEXT_MIDDLES_MOST; returns how many there are. Nearly
 * all blocks that have some have one: no branch asks. */
static unsigned list_middles(struct room *room)
{
	const unsigned blocks = list_blocks(room);
	unsigned count = blocks;
	uint64_t more = 0;
	for (unsigned k = 0; k < blocks; k++) {
		const unsigned block = room->blocks[k];
		const uint64_t bits = room->middles[block];
		room->places[k] = (uint16_t)(block * TEXT_BLOCK + 2 + (unsigned)_tzcnt_u64(bits));
		more |= bits & (bits - 1);
	}
	if (!more)
		return count;
	for (unsigned k = 0; k < blocks; k++) {
		const unsigned block = room->blocks[k];
		uint64_t bits = room->middles[block];
		for (bits &= bits - 1; bits; bits &= bits - 1, count++)
			if (count < TEXT_MIDDLES_MOST)
				room->places[count] =
					(uint16_t)(block * TEXT_BLOCK + 2 + (unsigned)_tzcnt_u64(bits));
	}
	return count;
}

unsigned text_search_middles(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	struct room *const room = (struct room *)(void *)tile->bytes;
	unsigned char edge[TEXT_TILE + 2 * TEXT_BLOCK];
	const unsigned char *p = text_around_tile(in, base, edge, TEXT_BLOCK);
	uint64_t *const letters = tile->letters;
	bool high = tile->high || p == edge, foreign = false;
	tile->high -= tile->high > 0;
	if (!high && find_middles_low(in, base, p, room, letters)) {
		tile->high = TEXT_TILES_DENSE;
		high = true;
	}
	tile->has_foreign = false;
	if (high)
		foreign = find_middles_high(in, base, p, room, letters) && in->rules->utf8;
	tile->full = high || may_be_full(room, letters);
	if (!high && (tile->full || in->min_length <= 1))
		mark_letters(room, letters);
	if (foreign)
		text_find_foreign(in, base, p, tile);
	if (tile->full)
		tile->full = has_full(tile);
	const unsigned count = list_middles(room);
	if (count <= TEXT_MIDDLES_MOST)
		judge_places(in, &room->symbols, room->places, count, tile);
	if (in->min_length <= 1)
		text_find_single(tile);
	return count;
}
#endif
