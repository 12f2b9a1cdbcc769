/* SPDX-License-Identifier: MIT */
/*
 * text_ends_avx512.c - the search by the ends of words (text_ends_avx512.h): masks of letters, the
 * stream of signatures, and the words that are left.
 */
#include "kernels/text/text_ends_avx512.h"

#if defined(__AVX512BW__)
#include <immintrin.h>
#include <string.h>

#define VBMI2 __attribute__((target("avx512vbmi,avx512vbmi2")))

/* The blocks of a tile and the two beside it; places count bytes from the first. */
enum { BLOCKS = TEXT_BLOCKS + 2, ENDS_BLOCKS = (BLOCKS + 31) / 32 * 32 };

/* The ends of the words of a tile: of each block, where they are and how many came before. */
struct ends {
	uint64_t at[BLOCKS];
	uint16_t before[ENDS_BLOCKS]; /* beyond BLOCKS: more than there can be */
	unsigned count;
};

/* What a search needs beside the tile's masks, in the tile's bytes: there and not on the stack, whose place
 * relative to the text, and with it the speed (by a third), would differ from launch to launch. */
struct room {
	/* the signatures; a word of two letters is followed by a gap, and whole vectors are written */
	unsigned char stream[BLOCKS * TEXT_BLOCK * 2 / 3 + 2 * TEXT_BLOCK];
	struct ends ends;
	uint16_t candidates[TEXT_ENDS_MOST + 64];
};
_Static_assert(sizeof(struct room) <= sizeof((struct text_tile *)0)->bytes, "there is room");

/* How bytes become the mask of those that are parts of words. */
struct classes {
	__m512i low, high; /* symbols of bytes 0 to 63 and 64 to 127 */
};

VBMI2 static inline struct classes classes_of(const struct text_rules *r)
{
	return (struct classes){_mm512_loadu_si512(r->symbol), _mm512_loadu_si512(r->symbol + 64)};
}

/* The mask of 64 bytes; of the plain rules by arithmetic. */
VBMI2 static inline uint64_t letters_of(__m512i x, struct classes c, bool plain)
{
	if (plain) {
		const __m512i lower = _mm512_or_si512(x, _mm512_set1_epi8(0x20));
		return _mm512_cmplt_epu8_mask(
			_mm512_sub_epi8(lower, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
	}
	/* symbols have their top bit set, and bytes above 127 have none */
	return _mm512_movepi8_mask(_mm512_andnot_si512(x, _mm512_permutex2var_epi8(c.low, x, c.high)));
}

/* Fills letters and ends and the stream of signatures, of the bytes at p. Reads a byte before them and a
 * block behind. A word that is cut off by the first byte counts as one that begins there; one that goes on
 * behind has no last end. */
VBMI2 __attribute__((always_inline)) static inline void find_ends(const struct text_input *in, uint64_t base,
	const unsigned char *p, uint64_t *letters, unsigned char *stream, struct ends *ends, bool plain)
{
	const struct classes classes = classes_of(in->rules);
	const __m512i low5 = _mm512_set1_epi8(0x1F);
	__m512i x = _mm512_loadu_si512(p);
	uint64_t w = letters_of(x, classes, plain), w_before = 0;
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	unsigned count = 0;
	for (unsigned i = 0; i < BLOCKS; i++, p += TEXT_BLOCK) {
		if (__builtin_expect(i % PREFETCH_LINES == 0, 0))
			prefetch_lines(&walk);
		const __m512i x_after = _mm512_loadu_si512(p + TEXT_BLOCK);
		const uint64_t w_after = letters_of(x_after, classes, plain);
		const uint64_t follows = w << 1 | w_before >> 63, leads = w >> 1 | w_after << 63;
		const uint64_t end = w & (follows ^ leads);
		/* of a last letter the one before it, of a first letter the one after it */
		const __m512i beside = _mm512_mask_loadu_epi8(_mm512_loadu_si512(p + 1), follows, p - 1);
		const __m512i signature = _mm512_ternarylogic_epi64(
			_mm512_slli_epi16(beside, 5), low5, x, 0xB8); /* low5 ? x : beside */
		_mm512_storeu_si512(stream + count, _mm512_maskz_compress_epi8(end, signature));
		letters[i] = w;
		ends->at[i] = end;
		ends->before[i] = (uint16_t)count;
		count += (unsigned)_mm_popcnt_u64(end);
		w_before = w;
		w = w_after;
		x = x_after;
	}
	ends->count = count;
}

VBMI2 static void find_ends_plain(const struct text_input *in, uint64_t base, const unsigned char *p,
	uint64_t *letters, unsigned char *stream, struct ends *ends)
{
	find_ends(in, base, p, letters, stream, ends, true);
}

VBMI2 static void find_ends_table(const struct text_input *in, uint64_t base, const unsigned char *p,
	uint64_t *letters, unsigned char *stream, struct ends *ends)
{
	find_ends(in, base, p, letters, stream, ends, false);
}

/* Is there a block of nothing but letters? */
static inline bool has_full(const uint64_t *letters)
{
	__mmask8 full = 0;
	for (unsigned i = 0; i < TEXT_BLOCKS; i += 8)
		full |= _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(letters + i), _mm512_set1_epi64(-1));
	return full;
}

/* The places of the ends of word n. */
struct word {
	unsigned first, last;
};

static inline struct word word_of(const struct ends *ends, unsigned n)
{
	const __m512i wanted = _mm512_set1_epi16((short)(2 * n));
	unsigned blocks = 0; /* that begin at or before its first end */
	for (unsigned i = 0; i < ENDS_BLOCKS; i += 32)
		blocks += (unsigned)_mm_popcnt_u32(
			_mm512_cmple_epu16_mask(_mm512_loadu_si512(ends->before + i), wanted));
	unsigned block = blocks - 1;
	const uint64_t both = _pdep_u64(UINT64_C(3) << (2 * n - ends->before[block]), ends->at[block]);
	const unsigned first = block * TEXT_BLOCK + (unsigned)_tzcnt_u64(both);
	uint64_t last = both & (both - 1);
	while (!last)
		last = ends->at[++block];
	return (struct word){first, block * TEXT_BLOCK + (unsigned)_tzcnt_u64(last)};
}

/* Do `bytes` letters from p on read the same backward? At most 16; reads 16 bytes from p and to the last. */
VBMI2 static inline bool is_mirrored16(const struct text_rules *r, const unsigned char *p, unsigned bytes)
{
	const __m128i mirror = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m128i front = _mm_loadu_si128((const __m128i *)(const void *)p);
	const __m128i back =
		_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + bytes - 16)), mirror);
	const __m128i differ =
		_mm_andnot_si128(_mm_set1_epi64x((long long)r->ignored), _mm_xor_si128(front, back));
	const unsigned whole = (1u << bytes) - 1;
	if (r->plain)
		return (_mm_test_epi8_mask(differ, differ) & whole) == 0;
	const struct classes c = classes_of(r);
	const __m512i a = _mm512_permutex2var_epi8(c.low, _mm512_castsi128_si512(front), c.high);
	const __m512i b = _mm512_permutex2var_epi8(c.low, _mm512_castsi128_si512(back), c.high);
	return ((unsigned)_mm512_cmpneq_epi8_mask(a, b) & whole) == 0;
}

/* Looks at word n of the tile whose first place is at p. */
VBMI2 static inline void judge_word(const struct text_input *in, const unsigned char *p,
	const struct ends *ends, unsigned n, uint64_t *found)
{
	const struct word word = word_of(ends, n);
	const unsigned first = word.first, last = word.last;
	const unsigned bytes = last - first + 1, middle = (first + last) / 2;
	if (text_fills_block(first, last + 1))
		return;
	bool good = bytes <= 16 ? is_mirrored16(in->rules, p + first, bytes)
				: text_are_equal_pairs(in, p + first, p + last + 1, bytes / 2);
	good &= bytes >= in->min_length && middle - TEXT_BLOCK < TEXT_TILE;
	found[first / TEXT_BLOCK] |= (uint64_t)good << first % TEXT_BLOCK;
}

/* A bit for each of 32 words at `stream`: are the two signatures equal? */
VBMI2 static inline uint32_t equal_ends(const unsigned char *stream)
{
	const __m512i ends = _mm512_loadu_si512(stream);
	return _mm512_cmpeq_epi16_mask(ends, _mm512_shldi_epi16(ends, ends, 8));
}

/* The words of the stream whose two signatures are equal, by number, to `list`; returns how many. More than
 * TEXT_ENDS_MOST: not all. The list is written 32 beyond that. */
VBMI2 static unsigned list_candidates(const unsigned char *stream, unsigned words, uint16_t *list)
{
	__m512i numbers = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15,
		14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
	unsigned count = 0;
	for (unsigned n = 0; n < words && count <= TEXT_ENDS_MOST; n += 32) {
		uint32_t equal = equal_ends(stream + 2 * n);
		if (words - n < 32) /* the stream has an end */
			equal &= (UINT32_C(1) << (words - n)) - 1;
		_mm512_storeu_si512(list + count, _mm512_maskz_compress_epi16(equal, numbers));
		numbers = _mm512_add_epi16(numbers, _mm512_set1_epi16(32));
		count += (unsigned)_mm_popcnt_u32(equal);
	}
	return count;
}

/* Words of one letter. */
static void find_single(struct text_tile *tile)
{
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++) {
		const uint64_t *w = tile->letters + i;
		tile->found[i] |= w[0] & ~(w[0] << 1 | w[-1] >> 63) & ~(w[0] >> 1 | w[1] << 63);
	}
}

static bool has_foreign(const unsigned char *p)
{
	__m512i any = _mm512_setzero_si512();
	for (unsigned i = 0; i < BLOCKS; i++)
		any = _mm512_or_si512(any, _mm512_loadu_si512(p + i * TEXT_BLOCK));
	return _mm512_movepi8_mask(any);
}

VBMI2 enum text_ends text_search_ends(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	enum { MARGIN = 2 * TEXT_BLOCK };
	unsigned char edge[TEXT_TILE + 2 * MARGIN];
	struct room *const room = (struct room *)(void *)tile->bytes;
	struct ends *const ends = &room->ends;
	const unsigned char *p;
	if (base >= MARGIN && base + TEXT_TILE + MARGIN <= in->bytes) {
		p = in->text + base - TEXT_BLOCK;
	} else { /* the text, and around it what is part of no word */
		const uint64_t before = base < MARGIN ? base : MARGIN, left = in->bytes - base;
		memset(edge, 0xFF, sizeof edge);
		memcpy(edge + MARGIN - before, in->text + base - before,
			before + (left < TEXT_TILE + MARGIN ? left : TEXT_TILE + MARGIN));
		p = edge + TEXT_BLOCK;
	}
	if (in->rules->utf8 && has_foreign(p))
		return TEXT_ENDS_FOREIGN;
	_mm512_storeu_si512(ends->before + ENDS_BLOCKS - 32, _mm512_set1_epi16(-1));
	(in->rules->plain ? find_ends_plain : find_ends_table)(
		in, base, p, tile->letters, room->stream, ends);
	tile->full = has_full(tile->letters + 1);
	tile->has_foreign = false;
	const unsigned count = list_candidates(room->stream, ends->count / 2, room->candidates);
	if (count > TEXT_ENDS_MOST)
		return TEXT_ENDS_DENSE;
	for (unsigned i = 0; i < count; i++)
		judge_word(in, p, ends, room->candidates[i], tile->found);
	if (in->min_length <= 1)
		find_single(tile);
	return TEXT_ENDS_FOUND;
}
#endif
