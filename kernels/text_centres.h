/* SPDX-License-Identifier: MIT */
/*
 * text_centres.h - the search from the middle of words outwards, of all words at once.
 *
 * A variant brings functions over 64 bytes: `fold`, once for the plain rules and once for any, and `equal`;
 * the rest is 64-bit masks, bit i for byte i of a block. (NEON needs these and nothing else.)
 *
 * The tile is folded into scratch: letters to what they are compared as, all else to 0. Then 64 centres are
 * tried at once, in both parities: in round r a centre lives on if the bytes r before and r after it are
 * equal. Equal letters: try the next round. Equal zeros: both ends of the word were reached, and it is a
 * palindrome. In prose few blocks have a centre alive after two rounds; where every word is a palindrome the
 * work grows with half its length, but words that fill a block are not searched for: 63 rounds are the most.
 */
#ifndef PARSCALE_TEXT_CENTRES_H
#define PARSCALE_TEXT_CENTRES_H

#include "text_scan.h"

#include <string.h>

/* The first rounds are played without asking whether anyone is alive: in prose somebody is after the first,
 * and mostly nobody after the second. */
enum { TEXT_SURE = 2 };

/* Writes 64 bytes to `to`: ASCII letters of words as what equal ones have in common and no others, anything
 * else as 0. Returns the mask of the letters. */
typedef uint64_t text_fold_fn(const struct text_rules *r, const unsigned char *from, unsigned char *to);

/* The mask of equal bytes in 64 at a and 64 at b. */
typedef uint64_t text_equal_fn(const unsigned char *a, const unsigned char *b);

/* Is one of 64 bytes above 127? */
static inline bool text_has_foreign(const unsigned char *p)
{
	uint64_t any = 0;
	for (unsigned i = 0; i < TEXT_BLOCK; i += 8) {
		uint64_t eight;
		memcpy(&eight, p + i, 8);
		any |= eight;
	}
	return any & UINT64_C(0x8080808080808080);
}

/* Folds the tile at offset `base` and the blocks beside it into tile->bytes; what is outside the text becomes
 * zeros. */
__attribute__((always_inline)) static inline void text_fold_tile(
	const struct text_input *in, uint64_t base, struct text_tile *tile, text_fold_fn *fold)
{
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	tile->full = tile->has_foreign = false;
	for (unsigned i = 0; i < TEXT_BLOCKS + 2; i++) {
		if (__builtin_expect(i % PREFETCH_LINES == 0, 0))
			prefetch_lines(&walk);
		unsigned char edge[TEXT_BLOCK], *to = tile->bytes + i * TEXT_BLOCK;
		const unsigned char *block = edge;
		const uint64_t at =
			base + i * TEXT_BLOCK - TEXT_BLOCK; /* wraps for the block before the text */
		const uint64_t left = at < in->bytes ? in->bytes - at : 0;
		if (left >= TEXT_BLOCK) {
			block = in->text + at;
		} else {
			memset(edge, 0xFF, sizeof edge); /* no part of any word */
			if (left)
				memcpy(edge, in->text + at, left);
		}
		tile->letters[i] = fold(in->rules, block, to);
		if (in->rules->utf8) {
			tile->foreign[i] = 0;
			if (left && text_has_foreign(block))
				text_add_foreign(in, at, tile, i);
		}
		tile->full |= ~tile->letters[i] == 0;
	}
}

/* The letters of the block at w[0] but those of words that fill a block, that one or one beside it. */
static inline uint64_t text_short_words(const uint64_t *w)
{
	uint64_t letters = w[0];
	if (~w[0] == 0)
		return 0;
	if (~w[-1] == 0)
		letters &= w[0] + 1; /* not those in a row from the lowest on */
	if (~w[1] == 0)
		letters &= ~UINT64_C(0) >> __builtin_clzll(~w[0]);
	return letters;
}

/* What the rounds know of a block: centres alive, of words of odd and of even length; and where palindromes
 * start, in it and in the block before. */
struct text_round {
	uint64_t odd, even, found, found_before;
};

/* Round r, 1 to 63, of the block of folded bytes at p, of letters w[0] with w[-1] before it: finds its
 * palindromes of 2r - 1 and 2r letters. */
__attribute__((always_inline)) static inline struct text_round text_play(struct text_round t, unsigned r,
	const unsigned char *p, const uint64_t *w, uint64_t min_length, text_equal_fn *equal)
{
	const uint64_t left = w[0] << r | w[-1] >> (64 - r);
	t.odd &= equal(p - r, p + r);
	t.even &= equal(p - r, p + r + 1);
	const uint64_t odd = 2 * r - 1 >= min_length ? t.odd : 0, even = 2 * r >= min_length ? t.even : 0;
	const uint64_t whole = (odd | even) & ~left;
	t.found |= whole >> (r - 1);
	t.found_before |= whole << 1 << (64 - r);
	t.odd &= left;
	t.even &= left;
	return t;
}

/* Palindromes whose middle lies in the block and that fill none. */
__attribute__((always_inline)) static inline void text_scan_block(const unsigned char *p, const uint64_t *w,
	uint64_t letters, uint64_t min_length, uint64_t *found, text_equal_fn *equal)
{
	struct text_round t = {letters, letters & equal(p, p + 1), 0, 0};
	for (unsigned r = 1; r <= TEXT_SURE; r++)
		t = text_play(t, r, p, w, min_length, equal);
	for (unsigned r = TEXT_SURE + 1; (t.odd | t.even) && r < TEXT_BLOCK; r++)
		t = text_play(t, r, p, w, min_length, equal);
	found[0] |= t.found;
	found[-1] |= t.found_before;
}

/* A text_search_fn but for the variant's functions. Always inlined, so that they and the loop are one. */
__attribute__((always_inline)) static inline void text_search_centres(const struct text_input *in,
	uint64_t base, struct text_tile *tile, text_fold_fn *fold, text_equal_fn *equal)
{
	text_fold_tile(in, base, tile, fold);
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++) {
		const uint64_t *w = tile->letters + i;
		const uint64_t letters = tile->full ? text_short_words(w) : w[0];
		text_scan_block(
			tile->bytes + i * TEXT_BLOCK, w, letters, in->min_length, tile->found + i, equal);
	}
}

/* Defines a text_search_fn of this name from a variant's functions. */
#define TEXT_SEARCH_CENTRES(name, fold_plain, fold, equal)                                                   \
	static void name(const struct text_input *in, uint64_t base, struct text_tile *tile)                 \
	{                                                                                                    \
		if (in->rules->plain)                                                                        \
			text_search_centres(in, base, tile, fold_plain, equal);                              \
		else                                                                                         \
			text_search_centres(in, base, tile, fold, equal);                                    \
	}                                                                                                    \
	_Static_assert(TEXT_BLOCK == 64, "a mask has a bit a byte")

#endif
