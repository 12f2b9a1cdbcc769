/* SPDX-License-Identifier: MIT */
/*
 * text_ends_avx512.c - the search by the ends of words (text_ends_avx512.h): masks of letters, the
 * stream of signatures, and the words that are left.
 */
#include "kernels/text/text_ends_avx512.h"

#if defined(__AVX512BW__)
#include "kernels/text/text_symbols_avx512.h"

#include <string.h>

/* The blocks of a tile and the two beside it; places count bytes from the first. */
enum { BLOCKS = TEXT_BLOCKS + 2, GROUPS = (BLOCKS + 7) / 8 };

/* Of all ends of a tile: a word of two letters is followed by a gap, and whole vectors are written. */
enum { STREAM = BLOCKS * TEXT_BLOCK * 2 / 3 + 2 * TEXT_BLOCK };

/* The ends of the words of a tile: of each block, where they are and how many came before. */
struct ends {
	uint64_t at[8 * GROUPS];
	uint16_t before[8 * GROUPS]; /* beyond BLOCKS: more than there can be */
	uint16_t before_group[32];   /* of blocks 0, 8, 16, ...; likewise beyond GROUPS */
	unsigned count;
};

/* What a search needs beside the tile's masks, in the tile's bytes: there and not on the stack, whose place
 * relative to the text, and with it the speed (by a third), would differ from launch to launch. */
struct room {
	/* the signatures */
	unsigned char stream[STREAM];
	struct ends ends;
	uint64_t follows[8 * GROUPS]; /* letters that another precedes */
	uint64_t starts[8 * GROUPS], before_five[8 * GROUPS];
	uint16_t candidates[TEXT_ENDS_LONG + 65]; /* or TEXT_ENDS_MOST + 65, which is less */
	/* of tiles full of candidates: what is next to each end, and a bit for each word whose ends agree */
	unsigned char beside[STREAM];
	uint32_t equal[STREAM / 64 + 2];
};
_Static_assert(sizeof(struct room) <= sizeof((struct text_tile *)0)->bytes, "there is room");

/* The mask of those of 64 bytes that are parts of words; of the plain rules by arithmetic. */
VBMI2 static inline uint64_t letters_of(__m512i x, struct symbols s, bool plain)
{
	if (plain) {
		const __m512i lower = _mm512_or_si512(x, _mm512_set1_epi8(0x20));
		return _mm512_cmplt_epu8_mask(
			_mm512_sub_epi8(lower, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
	}
	return _mm512_movepi8_mask(_mm512_andnot_si512(x, symbols_of(s, x))); /* bytes above 127 are none */
}

/* Fills letters and ends and the stream of signatures, of the bytes at p. Reads a byte before them and a
 * block behind. A word that is cut off by the first byte counts as one that begins there; one that goes on
 * behind has no last end. */
VBMI2 __attribute__((always_inline)) static inline void find_ends(const struct text_input *in, uint64_t base,
	const unsigned char *p, uint64_t *letters, unsigned char *stream, struct ends *ends, bool plain)
{
	const struct symbols symbols = symbols_by(in->rules);
	const __m512i low5 = _mm512_set1_epi8(0x1F);
	__m512i x = _mm512_loadu_si512(p);
	uint64_t w = letters_of(x, symbols, plain), w_before = 0;
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	unsigned count = 0;
	for (unsigned i = 0; i < BLOCKS; i++, p += TEXT_BLOCK) {
		if (__builtin_expect(i % PREFETCH_LINES == 0, 0))
			prefetch_lines(&walk);
		const __m512i x_after = _mm512_loadu_si512(p + TEXT_BLOCK);
		const uint64_t w_after = letters_of(x_after, symbols, plain);
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

/* Writes the masks of `n` blocks from p on. */
VBMI2 __attribute__((always_inline)) static inline void mark_letters(
	const unsigned char *p, uint64_t *letters, unsigned n, struct symbols symbols, bool plain)
{
	for (unsigned i = 0; i < n; i++)
		letters[i] = letters_of(_mm512_loadu_si512(p + i * TEXT_BLOCK), symbols, plain);
}

/* The ends of block i, whose bytes are at q, after the `count` before them; returns how many there are. */
VBMI2 static inline unsigned compress_ends(
	struct room *room, unsigned i, const unsigned char *q, unsigned count)
{
	const __m512i low5 = _mm512_set1_epi8(0x1F), x = _mm512_loadu_si512(q);
	const uint64_t end = room->ends.at[i];
	const __m512i beside = _mm512_mask_loadu_epi8(_mm512_loadu_si512(q + 1), room->follows[i], q - 1);
	const __m512i signature = _mm512_ternarylogic_epi64(_mm512_slli_epi16(beside, 5), low5, x, 0xB8);
	/* Not maskz: that waits on Zen 4 for the register's last use. What is behind the ends is not read. */
	const __m512i packed = _mm512_mask_compress_epi8(low5, end, signature);
	const unsigned ends = (unsigned)_mm_popcnt_u64(end);
	unsigned char *to = room->stream + count;
	_mm256_storeu_si256((__m256i *)(void *)to, _mm512_castsi512_si256(packed));
	if (__builtin_expect(ends > 32, 0)) /* next to nothing but words of two letters */
		_mm256_storeu_si256((__m256i *)(void *)(to + 32), _mm512_extracti64x4_epi64(packed, 1));
	room->ends.before[i] = (uint16_t)count;
	return ends;
}

/* The same as find_ends, where masks are slow to come from vectors and to go back (AMD: two cycles each way
 * for 64 bits) and shifts of two registers too: they go through memory, eight at a time, and the ends of a
 * group of eight blocks are found by vectors of masks, while letters are marked two groups ahead and the
 * group before is compressed. */
VBMI2 __attribute__((always_inline)) static inline void find_ends_by_groups(const struct text_input *in,
	uint64_t base, const unsigned char *p, uint64_t *letters, struct room *room, bool plain)
{
	enum { LAST = BLOCKS + 1 - 8 * (GROUPS - 1) }; /* masks of the last group, one behind the tile's */
	const struct symbols symbols = symbols_by(in->rules);
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	unsigned count = 0;
	mark_letters(p, letters, 16, symbols, plain);
	__m512i w = _mm512_loadu_si512(letters), w_before = _mm512_setzero_si512();
	for (unsigned g = 0; g <= GROUPS; g++) {
		if (g < GROUPS) {
			const unsigned ahead = 8 * (g + 2);
			prefetch_lines(&walk);
			if (g + 2 < GROUPS)
				mark_letters(p + ahead * TEXT_BLOCK, letters + ahead,
					g + 3 < GROUPS ? 8 : LAST, symbols, plain);
			const __m512i w_after = _mm512_loadu_si512(letters + 8 * (g + 1));
			const __m512i follows = _mm512_shldi_epi64(w, _mm512_alignr_epi64(w, w_before, 7), 1);
			const __m512i leads = _mm512_shrdi_epi64(w, _mm512_alignr_epi64(w_after, w, 1), 1);
			_mm512_storeu_si512(
				room->ends.at + 8 * g, _mm512_and_si512(w, _mm512_xor_si512(follows, leads)));
			_mm512_storeu_si512(room->follows + 8 * g, follows);
			w_before = w;
			w = w_after;
		}
		if (g > 0) {
			const unsigned end = g < GROUPS ? 8 * g : BLOCKS;
			for (unsigned i = 8 * g - 8; i < end; i++)
				count += compress_ends(room, i, p + i * TEXT_BLOCK, count);
		}
	}
	room->ends.count = count;
}

/* Chooses; a function each, so that `plain` is a constant. */
VBMI2 static void find_ends_plain(const struct text_input *in, uint64_t base, const unsigned char *p,
	uint64_t *letters, struct room *room)
{
	if (in->slow_masks)
		find_ends_by_groups(in, base, p, letters, room, true);
	else
		find_ends(in, base, p, letters, room->stream, &room->ends, true);
}

VBMI2 static void find_ends_table(const struct text_input *in, uint64_t base, const unsigned char *p,
	uint64_t *letters, struct room *room)
{
	if (in->slow_masks)
		find_ends_by_groups(in, base, p, letters, room, false);
	else
		find_ends(in, base, p, letters, room->stream, &room->ends, false);
}

/* Fills what word_of needs beside. */
static void group_ends(struct ends *ends)
{
	_mm512_storeu_si512(ends->before_group, _mm512_set1_epi16(-1));
	for (unsigned g = 0; g < GROUPS; g++)
		ends->before_group[g] = ends->before[8 * g];
	for (unsigned i = BLOCKS; i < 8 * GROUPS; i++)
		ends->before[i] = UINT16_MAX;
}

/* The places of the ends of word n. */
struct word {
	unsigned first, last;
};

static inline struct word word_of(const struct ends *ends, unsigned n)
{
	/* the last group, and the last block of it, that begins at or before the word's first end */
	const __mmask32 groups = _mm512_cmple_epu16_mask(
		_mm512_loadu_si512(ends->before_group), _mm512_set1_epi16((short)(2 * n)));
	unsigned block = 8 * ((unsigned)_mm_popcnt_u32(groups) - 1);
	const __m128i *before = (const __m128i *)(const void *)(ends->before + block);
	block += (unsigned)_mm_popcnt_u32(
			 _mm_cmple_epu16_mask(_mm_loadu_si128(before), _mm_set1_epi16((short)(2 * n)))) -
		 1;
	const uint64_t both = _pdep_u64(UINT64_C(3) << (2 * n - ends->before[block]), ends->at[block]);
	const unsigned first = block * TEXT_BLOCK + (unsigned)_tzcnt_u64(both);
	uint64_t last = both & (both - 1);
	while (!last)
		last = ends->at[++block];
	return (struct word){first, block * TEXT_BLOCK + (unsigned)_tzcnt_u64(last)};
}

/* Do `bytes` letters from p on read the same backward? At most 64; reads 64 bytes. */
VBMI2 static inline bool is_mirrored64(const struct text_rules *r, const unsigned char *p, unsigned bytes)
{
	const __m512i down = _mm512_sub_epi8(_mm512_set1_epi8((char)(bytes - 1)), bytes_numbers());
	__m512i letters = _mm512_loadu_si512(p);
	if (!r->plain)
		letters = symbols_of(symbols_by(r), letters);
	const __m512i differ = _mm512_andnot_si512(_mm512_set1_epi64((long long)r->ignored),
		_mm512_xor_si512(letters, _mm512_permutexvar_epi8(down, letters)));
	return _mm512_mask_test_epi8_mask(~UINT64_C(0) >> (64 - bytes), differ, differ) == 0;
}

/* Looks at the word with these ends in the tile whose first place is at p. */
VBMI2 static inline void judge_word(
	const struct text_input *in, const unsigned char *p, struct word word, struct text_tile *tile)
{
	const unsigned first = word.first, last = word.last;
	const unsigned bytes = last - first + 1, middle = (first + last) / 2;
	if (text_fills_block(first, last + 1))
		return;
	bool good = bytes <= 64 ? is_mirrored64(in->rules, p + first, bytes)
				: text_are_equal_pairs(in, p + first, p + last + 1, bytes / 2);
	good &= bytes >= in->min_length && middle - TEXT_BLOCK < TEXT_TILE;
	text_add_found(tile, first / TEXT_BLOCK, (uint64_t)good << first % TEXT_BLOCK);
}

/* A bit for each of 32 words at `stream`: are the two signatures equal? */
VBMI2 static inline uint32_t equal_ends(const unsigned char *stream)
{
	const __m512i ends = _mm512_loadu_si512(stream);
	return _mm512_cmpeq_epi16_mask(ends, _mm512_shldi_epi16(ends, ends, 8));
}

/* The words of the stream whose two signatures are equal, by number, to `list`; returns how many. More than
 * TEXT_ENDS_MOST: not all. The list is written 64 beyond that. Of 64 words two at most are, nearly always: no
 * branch tells whether none, one or two. */
VBMI2 static unsigned list_candidates(const unsigned char *stream, unsigned words, uint16_t *list)
{
	unsigned count = 0;
	for (unsigned n = 0; n < words && count <= TEXT_ENDS_MOST; n += 64) {
		uint64_t equal = equal_ends(stream + 2 * n) | (uint64_t)equal_ends(stream + 2 * n + 64) << 32;
		if (words - n < 64) /* the stream has an end */
			equal &= (UINT64_C(1) << (words - n)) - 1;
		for (unsigned i = 0; i < 2; i++, equal &= equal - 1) {
			list[count] = (uint16_t)(n + (unsigned)_tzcnt_u64(equal));
			count += equal != 0;
		}
		for (; __builtin_expect(equal != 0, 0); equal &= equal - 1)
			list[count++] = (uint16_t)(n + (unsigned)_tzcnt_u64(equal));
	}
	return count;
}

/* Marks letters that follow others, words' first letters, and letters that five more follow. */
VBMI2 static void mark_starts(const uint64_t *letters, struct room *room)
{
	__m512i before = _mm512_setzero_si512(), w = _mm512_loadu_si512(letters);
	for (unsigned i = 0; i < 8 * GROUPS; i += 8) {
		const __m512i after = _mm512_loadu_si512(letters + i + 8);
		const __m512i next = _mm512_alignr_epi64(after, w, 1);
		const __m512i follows = _mm512_shldi_epi64(w, _mm512_alignr_epi64(w, before, 7), 1);
		const __m512i two = _mm512_and_si512(w, _mm512_shrdi_epi64(w, next, 1));
		const __m512i two_next = _mm512_and_si512(next, _mm512_srli_epi64(next, 1));
		const __m512i four = _mm512_and_si512(two, _mm512_shrdi_epi64(two, two_next, 2));
		const __m512i six = _mm512_and_si512(four, _mm512_shrdi_epi64(two, two_next, 4));
		_mm512_storeu_si512(room->follows + i, follows);
		_mm512_storeu_si512(room->starts + i,
			_mm512_andnot_si512(follows, _mm512_loadu_si512(room->ends.at + i)));
		_mm512_storeu_si512(room->before_five + i, six);
		before = w;
		w = after;
	}
}

/* Compresses the letters next to the ends as find_ends does the signatures. Of plain rules: five bits are
 * the whole letter. */
VBMI2 static void find_beside(const unsigned char *p, struct room *room)
{
	const __m512i low5 = _mm512_set1_epi8(0x1F);
	for (unsigned i = 0; i < BLOCKS; i++, p += TEXT_BLOCK) {
		const __m512i beside =
			_mm512_mask_loadu_epi8(_mm512_loadu_si512(p + 1), room->follows[i], p - 1);
		_mm512_storeu_si512(room->beside + room->ends.before[i],
			_mm512_mask_compress_epi8(low5, room->ends.at[i], _mm512_and_si512(beside, low5)));
	}
}

/* Which words have equal signatures and equal letters next to the ends. */
VBMI2 static void find_equal(struct room *room, unsigned words)
{
	unsigned i = 0;
	for (; 32 * i < words; i++) {
		room->equal[i] = equal_ends(room->stream + 64 * i) & equal_ends(room->beside + 64 * i);
		if (words - 32 * i < 32) /* the stream has an end */
			room->equal[i] &= (UINT32_C(1) << (words - 32 * i)) - 1;
	}
	room->equal[i] = room->equal[i + 1] = 0;
}

/* Appends the places of the set bits of a block's mask, at most 32, to a list, which is written 32 beyond them;
 * returns how many. */
VBMI2 static inline unsigned list_places(uint64_t bits, unsigned block, uint16_t *list)
{
	const __m512i packed = _mm512_mask_compress_epi8(bytes_numbers(), bits, bytes_numbers());
	const __m512i places = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed));
	_mm512_storeu_si512(list, _mm512_add_epi16(places, _mm512_set1_epi16((short)(block * TEXT_BLOCK))));
	return (unsigned)_mm_popcnt_u64(bits);
}

/* Judges the words that start at n places and have two letters or more, of plain rules. They are as long as may
 * be, so no branch asks how long, but whether it is more than 64 bytes. A word that fills no block ends in its
 * own or the next one. */
VBMI2 static void judge_words(const struct text_input *in, const unsigned char *p, const uint16_t *list,
	unsigned n, struct text_tile *tile)
{
	const uint64_t *at = ((const struct room *)(const void *)tile->bytes)->ends.at;
	const __m512i heeded = _mm512_set1_epi64((long long)~in->rules->ignored), numbers = bytes_numbers();
	for (unsigned k = 0; k < n; k++) {
		const unsigned first = list[k], block = first / TEXT_BLOCK;
		const uint64_t here = at[block] & ~UINT64_C(1) << first % TEXT_BLOCK, next = at[block + 1];
		const unsigned last = block * TEXT_BLOCK +
				      (unsigned)(here ? _tzcnt_u64(here) : TEXT_BLOCK + _tzcnt_u64(next));
		const unsigned bytes = last - first + 1;
		if (__builtin_expect(bytes > TEXT_BLOCK, 0)) {
			if (here | next)
				judge_word(in, p, (struct word){first, last}, tile);
			continue;
		}
		const __m512i letters = _mm512_loadu_si512(p + first);
		const __m512i down = _mm512_sub_epi8(_mm512_set1_epi8((char)(bytes - 1)), numbers);
		const uint64_t differ = _mm512_test_epi8_mask(
			_mm512_xor_si512(letters, _mm512_permutexvar_epi8(down, letters)), heeded);
		const bool mirrored = _bzhi_u64(differ, bytes) == 0,
			   fills = text_fills_block(first, last + 1),
			   inside = (first + last) / 2 - TEXT_BLOCK < TEXT_TILE;
		const bool good = mirrored & inside & !fills;
		tile->found[block] |= (uint64_t)good << first % TEXT_BLOCK;
	}
}

/* A tile where many words have equal signatures. Those of at most five letters are palindromes if the letters
 * next to the ends are equal too; longer ones are judged one by one, if they are not too many: false, where
 * some palindromes may not have been found. */
VBMI2 static bool search_dense(const struct text_input *in, const unsigned char *p, struct text_tile *tile)
{
	struct room *const room = (struct room *)(void *)tile->bytes;
	const struct ends *ends = &room->ends;
	unsigned listed = 0;
	if (!in->rules->plain || in->min_length > 2)
		return false;
	mark_starts(tile->letters, room);
	find_beside(p, room);
	find_equal(room, ends->count / 2);
	for (unsigned i = 0; i < BLOCKS && listed <= TEXT_ENDS_LONG; i++) {
		const unsigned word = (ends->before[i] + 1u) / 2; /* the first that starts here */
		uint64_t bits;
		memcpy(&bits, (const unsigned char *)room->equal + word / 8, sizeof bits);
		const uint64_t equal = _pdep_u64(bits >> word % 8, room->starts[i]);
		/* words at the edges of the tile may be another's */
		const bool inside = i > 0 && i < TEXT_BLOCKS;
		const uint64_t rest = inside ? equal & room->before_five[i] : equal;
		tile->found[i] |= equal & ~rest;
		if (rest)
			listed += list_places(rest, i, room->candidates + listed);
	}
	for (unsigned i = 0; i < BLOCKS; i++)
		tile->filled[i / 64] |= UINT64_C(1) << i % 64;
	if (listed > TEXT_ENDS_LONG)
		return false;
	judge_words(in, p, room->candidates, listed, tile);
	return true;
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
	const unsigned char *p = text_around_tile(in, base, edge, MARGIN) + MARGIN - TEXT_BLOCK;
	if (in->rules->utf8 && has_foreign(p))
		return TEXT_ENDS_FOREIGN;
	(in->rules->plain ? find_ends_plain : find_ends_table)(in, base, p, tile->letters, room);
	tile->full = has_full(tile);
	tile->has_foreign = false;
	const unsigned count = list_candidates(room->stream, ends->count / 2, room->candidates);
	if (count > TEXT_ENDS_MOST) {
		if (!search_dense(in, p, tile))
			return TEXT_ENDS_DENSE;
	} else {
		group_ends(ends);
		for (unsigned i = 0; i < count; i++)
			judge_word(in, p, word_of(ends, room->candidates[i]), tile);
	}
	if (in->min_length <= 1)
		text_find_single(tile);
	return TEXT_ENDS_FOUND;
}
#endif
