/* SPDX-License-Identifier: MIT */
#include "text_ends_avx512.h"

#if defined(__AVX512BW__)
#include <immintrin.h>
#include <string.h>

#define VBMI2 __attribute__((target("avx512vbmi2")))

/* The blocks of a tile and the two beside it; places count bytes from the first. */
enum { BLOCKS = TEXT_BLOCKS + 2, ENDS_BLOCKS = (BLOCKS + 31) / 32 * 32 };

/* The ends of the words of a tile: of each block, where they are and how many came before. */
struct ends {
	uint64_t at[BLOCKS];
	uint16_t before[ENDS_BLOCKS]; /* beyond BLOCKS: more than there can be */
	unsigned count;
};

/* Ranks of letters, a and A being 0; anything else is 26 or more. */
static inline __m512i rank_of(const unsigned char *p)
{
	return _mm512_sub_epi8(
		_mm512_or_si512(_mm512_loadu_si512(p), _mm512_set1_epi8(0x20)), _mm512_set1_epi8('a'));
}

/* Fills letters and ends and the stream of signatures, of the bytes at p. Reads a byte before them and a
 * block behind. A word that is cut off by the first byte counts as one that begins there; one that goes on
 * behind has no last end. */
VBMI2 static void find_ends(
	const unsigned char *p, unsigned ahead, uint64_t *letters, unsigned char *stream, struct ends *ends)
{
	const __m512i low5 = _mm512_set1_epi8(0x1F), past_z = _mm512_set1_epi8(26);
	__m512i rank = rank_of(p);
	uint64_t w = _mm512_cmplt_epu8_mask(rank, past_z), w_before = 0;
	unsigned count = 0;
	for (unsigned i = 0; i < BLOCKS; i++, p += TEXT_BLOCK) {
		_mm_prefetch((const char *)p + ahead, _MM_HINT_T0);
		const __m512i rank_after = rank_of(p + TEXT_BLOCK);
		const uint64_t w_after = _mm512_cmplt_epu8_mask(rank_after, past_z);
		const uint64_t follows = w << 1 | w_before >> 63, leads = w >> 1 | w_after << 63;
		const uint64_t end = w & (follows ^ leads);
		/* of a last letter the one before it, of a first letter the one after it */
		const __m512i beside = _mm512_mask_loadu_epi8(_mm512_loadu_si512(p + 1), follows, p - 1);
		const __m512i signature = _mm512_ternarylogic_epi64(
			low5, rank, _mm512_slli_epi16(beside, 5), 0xCA); /* low5 ? rank : beside */
		_mm512_storeu_si512(stream + count, _mm512_maskz_compress_epi8(end, signature));
		letters[i] = w;
		ends->at[i] = end;
		ends->before[i] = (uint16_t)count;
		count += (unsigned)_mm_popcnt_u64(end);
		w_before = w;
		w = w_after;
		rank = rank_after;
	}
	ends->count = count;
}

/* Is there a block of nothing but letters? */
static inline bool has_full(const uint64_t *letters)
{
	__mmask8 full = 0;
	for (unsigned i = 0; i < TEXT_BLOCKS; i += 8)
		full |= _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(letters + i), _mm512_set1_epi64(-1));
	return full;
}

/* The place of end n. */
static inline unsigned place_of(const struct ends *ends, unsigned n)
{
	const __m512i wanted = _mm512_set1_epi16((short)n);
	unsigned blocks = 0; /* that begin at or before it */
	for (unsigned i = 0; i < ENDS_BLOCKS; i += 32)
		blocks += (unsigned)_mm_popcnt_u32(
			_mm512_cmple_epu16_mask(_mm512_loadu_si512(ends->before + i), wanted));
	const unsigned block = blocks - 1;
	return block * TEXT_BLOCK +
	       (unsigned)_tzcnt_u64(_pdep_u64(UINT64_C(1) << (n - ends->before[block]), ends->at[block]));
}

/* Do `length` letters that begin at p and end at q (inclusive) read the same backward? At most 16; reads 16
 * bytes from p and to q. */
static inline bool is_mirrored16(const unsigned char *p, const unsigned char *q, unsigned length)
{
	const __m128i mirror = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m128i front = _mm_loadu_si128((const __m128i *)(const void *)p);
	const __m128i back =
		_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(q - 15)), mirror);
	const __m128i differ = _mm_and_si128(_mm_xor_si128(front, back), _mm_set1_epi8((char)~0x20));
	return (_mm_test_epi8_mask(differ, differ) & ((1u << length) - 1)) == 0;
}

/* Looks at word n of the tile whose first place is at p. */
static inline void judge_word(const struct text_input *in, const unsigned char *p, const struct ends *ends,
	unsigned n, uint64_t *found)
{
	const unsigned first = place_of(ends, 2 * n), last = place_of(ends, 2 * n + 1);
	const unsigned length = last - first + 1, middle = (first + last) / 2;
	if (length > TEXT_SHORT)
		return;
	bool good = length <= 16 ? is_mirrored16(p + first, p + last, length)
				 : text_is_mirrored(p + first, length);
	good &= length >= in->min_length && middle - TEXT_BLOCK < TEXT_TILE;
	found[first / TEXT_BLOCK] |= (uint64_t)good << first % TEXT_BLOCK;
}

/* A bit for each of 32 words at `stream`: are the two signatures equal? */
VBMI2 static inline uint32_t equal_ends(const unsigned char *stream)
{
	const __m512i ends = _mm512_loadu_si512(stream);
	return _mm512_cmpeq_epi16_mask(ends, _mm512_shldi_epi16(ends, ends, 8));
}

/* Words of one letter. */
static void find_single(struct text_tile *tile)
{
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++) {
		const uint64_t *w = tile->letters + i;
		tile->found[i] |= w[0] & ~(w[0] << 1 | w[-1] >> 63) & ~(w[0] >> 1 | w[1] << 63);
	}
}

VBMI2 bool text_search_ends(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	enum { MARGIN = 2 * TEXT_BLOCK, WORDS = BLOCKS * TEXT_BLOCK / 2 };
	unsigned char edge[TEXT_TILE + 2 * MARGIN];
	uint32_t candidates[WORDS / 32];
	struct ends ends;
	const unsigned char *p;
	if (base >= MARGIN && base + TEXT_TILE + MARGIN <= in->bytes) {
		p = in->text + base - TEXT_BLOCK;
	} else { /* the text with zeros around it */
		const uint64_t before = base < MARGIN ? base : MARGIN, left = in->bytes - base;
		memset(edge, 0, sizeof edge);
		memcpy(edge + MARGIN - before, in->text + base - before,
			before + (left < TEXT_TILE + MARGIN ? left : TEXT_TILE + MARGIN));
		p = edge + TEXT_BLOCK;
	}
	_mm512_storeu_si512(ends.before + ENDS_BLOCKS - 32, _mm512_set1_epi16(-1));
	find_ends(p, in->ahead, tile->letters, tile->bytes, &ends);

	tile->full = has_full(tile->letters + 1);

	const unsigned words = ends.count / 2;
	unsigned many = 0;
	for (unsigned n = 0; n < words; n += 32) {
		uint32_t equal = equal_ends(tile->bytes + 2 * n);
		if (words - n < 32) /* the stream has an end */
			equal &= (UINT32_C(1) << (words - n)) - 1;
		candidates[n / 32] = equal;
		many += (unsigned)_mm_popcnt_u32(equal);
	}
	if (many > TEXT_ENDS_MOST)
		return false;
	for (unsigned n = 0; n < words; n += 32)
		for (uint32_t mask = candidates[n / 32]; mask; mask &= mask - 1)
			judge_word(in, p, &ends, n + (unsigned)__builtin_ctz(mask), tile->found);
	if (in->min_length <= 1)
		find_single(tile);
	return true;
}
#endif
