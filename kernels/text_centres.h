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
 * work grows with half its length, and beyond TEXT_ROUNDS words are looked at one by one.
 */
#ifndef PARSCALE_TEXT_CENTRES_H
#define PARSCALE_TEXT_CENTRES_H

#include "text_scan.h"

#include <string.h>

/* Words of up to twice as many letters as rounds are never looked at one by one. The first rounds are played
 * without asking whether anyone is alive: in prose somebody is after the first, and mostly nobody after the
 * second. */
enum { TEXT_SURE = 2, TEXT_ROUNDS = 12 };

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
	tile->full = tile->has_foreign = false;
	for (unsigned i = 0; i < TEXT_BLOCKS + 2; i++) {
		unsigned char edge[TEXT_BLOCK], *to = tile->bytes + i * TEXT_BLOCK;
		const unsigned char *block = edge;
		const uint64_t at =
			base + i * TEXT_BLOCK - TEXT_BLOCK; /* wraps for the block before the text */
		const uint64_t left = at < in->bytes ? in->bytes - at : 0;
		if (left >= TEXT_BLOCK) {
			block = in->text + at;
			__builtin_prefetch(block + in->ahead);
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

/* Letters in a row that end just before place `at` of the block at w[0], as far as w[-1] shows. */
static inline unsigned text_run_before(const uint64_t *w, unsigned at)
{
	uint64_t gaps = at ? ~w[0] << (64 - at) : 0;
	if (gaps)
		return (unsigned)__builtin_clzll(gaps);
	return at + (~w[-1] ? (unsigned)__builtin_clzll(~w[-1]) : 64);
}

/* Letters in a row that start at place `at`, as far as w[1] shows. */
static inline unsigned text_run_from(const uint64_t *w, unsigned at)
{
	uint64_t gaps = ~w[0] >> at;
	if (gaps)
		return (unsigned)__builtin_ctzll(gaps);
	return 64 - at + (~w[1] ? (unsigned)__builtin_ctzll(~w[1]) : 64);
}

/* Do n folded bytes at p read the same backward? */
static inline bool text_is_mirrored_here(const unsigned char *p, uint64_t n)
{
	const unsigned char *q = p + n;
	while (q - p >= 2)
		if (*p++ != *--q)
			return false;
	return true;
}

/* Words of the block at p, w, found of which a centre is still alive after the rounds, odd or even: each word
 * once. */
static inline void text_judge_words(const unsigned char *p, const uint64_t *w, uint64_t odd, uint64_t even,
	uint64_t min_length, uint64_t *found)
{
	for (uint64_t alive = odd | even; alive;) {
		const unsigned at = (unsigned)__builtin_ctzll(alive);
		const int start = (int)at - (int)text_run_before(w, at);
		const int end = (int)(at + text_run_from(w, at));
		const int length = end - start, middle = start + (length - 1) / 2;
		alive &= end < TEXT_BLOCK ? ~UINT64_C(0) << end : 0;
		if (length > TEXT_SHORT || (uint64_t)length < min_length || middle < 0 ||
			middle >= TEXT_BLOCK)
			continue;
		if ((length % 2 ? odd : even) >> middle & 1 &&
			text_is_mirrored_here(p + start, (uint64_t)length))
			found[start < 0 ? -1 : 0] |= UINT64_C(1) << (start & 63);
	}
}

/* The state of a block's 64 centres: those alive, of words of odd and of even length. */
struct text_alive {
	uint64_t odd, even;
};

/* Round r, 1 to 63, of the block of folded bytes at p, of letters w[0] with w[-1] and w[1] beside it: where
 * its palindromes of 2r - 1 and 2r letters start goes to found[-1] and found[0]. */
__attribute__((always_inline)) static inline struct text_alive text_round(struct text_alive alive, unsigned r,
	const unsigned char *p, const uint64_t *w, uint64_t min_length, uint64_t *found, text_equal_fn *equal)
{
	const uint64_t left = w[0] << r | w[-1] >> (64 - r);
	alive.odd &= equal(p - r, p + r);
	alive.even &= equal(p - r, p + r + 1);
	const uint64_t odd = 2 * r - 1 >= min_length ? alive.odd : 0,
		       even = 2 * r >= min_length ? alive.even : 0;
	const uint64_t whole = (odd | even) & ~left;
	found[0] |= whole >> (r - 1);
	found[-1] |= whole << 1 << (64 - r);
	return (struct text_alive){alive.odd & left, alive.even & left};
}

/* Short palindromes whose middle lies in the block. */
__attribute__((always_inline)) static inline void text_scan_block(
	const unsigned char *p, const uint64_t *w, uint64_t min_length, uint64_t *found, text_equal_fn *equal)
{
	struct text_alive alive = {w[0], w[0] & equal(p, p + 1)};
	for (unsigned r = 1; r <= TEXT_ROUNDS; r++) {
		alive = text_round(alive, r, p, w, min_length, found, equal);
		if (r >= TEXT_SURE && !(alive.odd | alive.even))
			return;
	}
	text_judge_words(p, w, alive.odd, alive.even, min_length, found);
}

/* A text_search_fn but for the variant's functions. Always inlined, so that they and the loop are one. */
__attribute__((always_inline)) static inline void text_search_centres(const struct text_input *in,
	uint64_t base, struct text_tile *tile, text_fold_fn *fold, text_equal_fn *equal)
{
	text_fold_tile(in, base, tile, fold);
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++) {
		const uint64_t *w = tile->letters + i;
		if ((w[-1] & w[0] & w[1]) == ~UINT64_C(0))
			continue; /* amid a long word */
		text_scan_block(tile->bytes + i * TEXT_BLOCK, w, in->min_length, tile->found + i, equal);
	}
}

#endif
