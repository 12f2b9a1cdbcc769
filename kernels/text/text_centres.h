/* SPDX-License-Identifier: MIT */
/*
 * text_centres.h - the search from the middle of words outwards, of all words at once.
 *
 * A variant brings functions over 64 bytes: `fold`, once for the plain rules and once for any, `suspect`,
 * `equal` and `reverse`; the rest is 64-bit masks, bit i for byte i of a block.
 *
 * The tile is folded into scratch: letters to what they are compared as, all else to 0. A palindrome of two
 * letters or more has a centre with two equal pairs around it, of zeros where the word ends: blocks without
 * any are left at once, and no branch depends on the text until all suspects of a tile are listed. In prose
 * one block in ten is one. Each of their centres is judged by itself.
 *
 * Where there are many, 64 are tried at once, in both parities: in round r a centre lives on if the bytes r
 * before and r after it are equal. Equal letters: try the next round. Equal zeros: both ends of the word were
 * reached, and it is a palindrome. Where every word is a palindrome the work grows with half its length, but
 * words that fill a block are not searched for: 63 rounds are the most.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_CENTRES_H
#define PARSCALE_KERNELS_TEXT_TEXT_CENTRES_H

#include "kernels/text/text_scan.h"

#include <string.h>

/* Where more middles of a tile had to be judged, so have those of the next tiles: they are not asked. Then all
 * blocks are searched by rounds, of which TEXT_SURE, which somebody mostly outlives, are played without
 * asking. */
enum { TEXT_JUDGED_MOST = 4 * TEXT_BLOCKS, TEXT_SURE = 2 };

/* Writes 64 bytes to `to`: ASCII letters of words as what equal ones have in common and no others, anything
 * else as 0. Returns whether all are letters. */
typedef bool text_fold_fn(const struct text_rules *r, const unsigned char *from, unsigned char *to);

/* Of 64 folded bytes at p: is one of them, i, such that the letters i - 1 and i + 1 and the
 * bytes i - 2 and i + 2 are equal, or the letters i and i + 1 and the bytes i - 1 and i + 2? May
 * say yes where it is not so. */
typedef bool text_suspect_fn(const unsigned char *p);

/* The mask of equal bytes in 64 at a and 64 at b. */
typedef uint64_t text_equal_fn(const unsigned char *a, const unsigned char *b);

/* Writes the 64 bytes up to p[0] to `to`, the last of them first. */
typedef void text_reverse_fn(const unsigned char *p, unsigned char *to);

/* By eight bytes. */
static inline void text_reverse(const unsigned char *p, unsigned char *to)
{
	for (unsigned i = 0; i < TEXT_BLOCK; i += 8) {
		uint64_t eight;
		memcpy(&eight, p - i - 7, 8);
		eight = __builtin_bswap64(eight);
		memcpy(to + i, &eight, 8);
	}
}

/* What a variant brings. */
struct text_isa {
	text_fold_fn *fold;
	text_suspect_fn *suspect;
	text_equal_fn *equal;
	text_reverse_fn *reverse;
};

/* Folds the bytes of the tile and of a block on either side into tile->bytes, and asks for what comes later as
 * `walk` goes; NULL: not yet. */
__attribute__((always_inline)) static inline void text_fold_tile(const struct text_input *in,
	struct prefetch_walk *walk, const unsigned char *around, struct text_tile *tile, text_fold_fn *fold)
{
	unsigned char *to = tile->bytes;
	bool full = false;
	for (unsigned i = 0; i < TEXT_BLOCKS; i += PREFETCH_LINES) {
		if (walk)
			prefetch_lines(walk);
		for (unsigned j = 0; j < PREFETCH_LINES; j++, around += TEXT_BLOCK, to += TEXT_BLOCK)
			full |= fold(in->rules, around, to);
	}
	full |= fold(in->rules, around, to);
	full |= fold(in->rules, around + TEXT_BLOCK, to + TEXT_BLOCK);
	tile->full = full;
}

/* The mask of the letters among 64 folded bytes. */
static inline uint64_t text_letters_at(const unsigned char *p, text_equal_fn *equal)
{
	static const unsigned char zeros[TEXT_BLOCK];
	return ~equal(p, zeros);
}

/* The letters of all blocks, where more than searches want to know of them. */
static inline void text_mark_letters(struct text_tile *tile, text_equal_fn *equal)
{
	for (unsigned i = 0; i < TEXT_BLOCKS + 2; i++) {
		const uint64_t ascii = text_letters_at(tile->bytes + i * TEXT_BLOCK, equal);
		tile->letters[i] = ascii | (tile->has_foreign ? tile->foreign[i] : 0);
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

/* Judges the letters at the set bits of `middles` of block i, each with the gap behind it. */
__attribute__((always_inline)) static inline void text_judge_middles(const struct text_input *in,
	struct text_tile *tile, unsigned i, uint64_t middles, struct text_isa isa)
{
	static const unsigned char zeros[TEXT_BLOCK];
	for (; middles; middles &= middles - 1) {
		const unsigned middle = i * TEXT_BLOCK + (unsigned)__builtin_ctzll(middles);
		const unsigned char *p = tile->bytes + middle;
		_Alignas(TEXT_BLOCK) unsigned char left[TEXT_BLOCK];
		isa.reverse(p, left);
		text_judge(in, tile, middle, isa.equal(left, zeros), ~isa.equal(left, p),
			~isa.equal(left, p + 1));
	}
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

/* Palindromes whose middle lies in block i of the tile and that fill none. TEXT_SURE rounds are played without
 * asking whether anyone is alive. */
__attribute__((always_inline)) static inline void text_scan_block(
	const struct text_input *in, struct text_tile *tile, unsigned i, struct text_isa isa)
{
	text_equal_fn *const equal = isa.equal;
	const unsigned char *p = tile->bytes + i * TEXT_BLOCK;
	const uint64_t *w = tile->letters + i, min_length = in->min_length;
	const uint64_t letters = tile->full ? text_short_words(w) : w[0];
	struct text_round t = {letters, letters & equal(p, p + 1), 0, 0};
	unsigned r = 1;
	for (; r <= TEXT_SURE; r++)
		t = text_play(t, r, p, w, min_length, equal);
	for (; (t.odd | t.even) && r < TEXT_BLOCK; r++)
		t = text_play(t, r, p, w, min_length, equal);
	text_add_found(tile, i, t.found);
	text_add_found(tile, i - 1, t.found_before);
}

/* The blocks of the tile that are suspect, to `list`; returns how many. */
__attribute__((always_inline)) static inline unsigned text_list_suspects(
	const unsigned char *bytes, unsigned char *list, struct prefetch_walk *walk, text_suspect_fn *suspect)
{
	unsigned count = 0;
	for (unsigned i = 1; i <= TEXT_BLOCKS; i++) {
		if (walk && i % PREFETCH_LINES == 0)
			prefetch_lines(walk);
		list[count] = (unsigned char)i;
		count += suspect(bytes + i * TEXT_BLOCK);
	}
	return count;
}

/* The letters of block i that may be a middle, or the one before. */
__attribute__((always_inline)) static inline uint64_t text_middles(
	const struct text_tile *tile, unsigned i, text_equal_fn *equal)
{
	const unsigned char *p = tile->bytes + i * TEXT_BLOCK;
	const uint64_t odd = equal(p - 1, p + 1) & equal(p - 2, p + 2);
	const uint64_t even = equal(p, p + 1) & equal(p - 1, p + 2);
	return (odd | even) & text_letters_at(p, equal);
}

/* A text_search_fn but for the variant's functions. Always inlined, so that they and the loop are one. */
__attribute__((always_inline)) static inline void text_search_centres(
	const struct text_input *in, uint64_t base, struct text_tile *tile, struct text_isa isa)
{
	unsigned char edge[TEXT_TILE + 2 * TEXT_BLOCK], suspects[TEXT_BLOCKS + 1];
	const unsigned char *around = text_around_tile(in, base, edge, TEXT_BLOCK);
	const bool dense = in->min_length < 2 || tile->dense; /* words of one letter have a single pair */
	struct prefetch_walk walk = prefetch_walk(in->prefetch, in->text, base);
	/* lines far ahead are asked for in the longer part of the work */
	const bool later = dense || walk.far;
	text_fold_tile(in, later ? NULL : &walk, around, tile, isa.fold);
	tile->has_foreign = false;
	if (in->rules->utf8) {
		memset(tile->letters, 0, sizeof tile->letters);
		text_find_foreign(in, base, around, tile);
	}
	tile->dense -= tile->dense > 0;
	if (dense || tile->full || tile->has_foreign)
		text_mark_letters(tile, isa.equal);
	if (dense) {
		for (unsigned i = 1; i <= TEXT_BLOCKS; i++) {
			if (i % PREFETCH_LINES == 0) /* spread over the longer part of the work */
				prefetch_lines(&walk);
			text_scan_block(in, tile, i, isa);
		}
		return;
	}
	const unsigned count = text_list_suspects(tile->bytes, suspects, later ? &walk : NULL, isa.suspect);
	unsigned judged = 0;
	for (unsigned n = 0; n < count; n++) {
		const uint64_t middles = text_middles(tile, suspects[n], isa.equal);
		text_judge_middles(in, tile, suspects[n], middles, isa);
		judged += (unsigned)ones_of(middles);
	}
	tile->dense = judged > TEXT_JUDGED_MOST ? TEXT_TILES_DENSE : 0;
}

/* Defines a text_search_fn of this name from a variant's functions. */
#define TEXT_SEARCH_CENTRES(name, fold_plain, fold, suspect, equal, reverse)                                 \
	static void name(const struct text_input *in, uint64_t base, struct text_tile *tile)                 \
	{                                                                                                    \
		static const struct text_isa plain = {fold_plain, suspect, equal, reverse},                  \
					     any = {fold, suspect, equal, reverse};                          \
		if (in->rules->plain)                                                                        \
			text_search_centres(in, base, tile, plain);                                          \
		else                                                                                         \
			text_search_centres(in, base, tile, any);                                            \
	}                                                                                                    \
	_Static_assert(TEXT_BLOCK == 64, "a mask has a bit a byte")

#endif
