/* SPDX-License-Identifier: MIT */
/*
 * text_scan.h - the search for palindromic words that all variants but the reference share.
 *
 * A variant brings two functions over 64 bytes, `fold` and `equal`; the rest is 64-bit masks, bit i for byte
 * i of a block.
 *
 * A tile of the text is folded into scratch: letters to lower case, all else to 0, and a mask of the letters
 * of each block. Then 64 centres are tried at once, in both parities: in round r a centre lives on if the
 * bytes r before and r after it are equal. Equal letters: try the next round. Equal zeros: both ends of the
 * word were reached, and it is a palindrome. In prose few blocks have a centre alive after two rounds.
 *
 * Who owns a word: a word of at most TEXT_SHORT letters belongs to the block of its middle letter (the left
 * one of two), a longer one to the first block that it fills. Both are found without regard to chunks, so any
 * cut gives the same words, in the same order.
 */
#ifndef PARSCALE_TEXT_SCAN_H
#define PARSCALE_TEXT_SCAN_H

#include "text.h"

#include <string.h>

/* A word whose middle lies in a block ends within the neighbouring blocks if it has at most so many letters;
 * one that has more, or as many, fills a whole block wherever it starts. */
enum { TEXT_SHORT = 127 };

/* Rounds before what lives is looked at word by word: words of up to twice as many letters never are. */
enum { TEXT_ROUNDS = 12 };

/* A worker's scratch: one tile with a block on either side. */
struct text_tile {
	uint64_t letters[TEXT_TILE / TEXT_BLOCK + 2];
	unsigned char folded[TEXT_TILE + 2 * TEXT_BLOCK];
};

/* Writes 64 bytes to `to`: letters in lower case, anything else as 0. Returns the mask of the letters. */
typedef uint64_t text_fold_fn(const unsigned char *from, unsigned char *to);

/* The mask of equal bytes in 64 at a and 64 at b. */
typedef uint64_t text_equal_fn(const unsigned char *a, const unsigned char *b);

/* Where palindromes start: in the block before, and in this one. */
struct text_found {
	uint64_t before, within;
};

/* Folds the tile at offset `base` and its neighbouring blocks; what is outside the text becomes zeros. */
__attribute__((always_inline)) static inline void text_fold_tile(
	const struct text_input *in, uint64_t base, struct text_tile *tile, text_fold_fn *fold)
{
	for (unsigned b = 0; b < TEXT_TILE / TEXT_BLOCK + 2; b++) {
		unsigned char edge[TEXT_BLOCK] = {0};
		const unsigned char *from = edge;
		if (base + b >= 1) {
			uint64_t at = base + b * TEXT_BLOCK - TEXT_BLOCK,
				 left = at < in->bytes ? in->bytes - at : 0;
			if (left >= TEXT_BLOCK)
				from = in->text + at;
			else if (left)
				memcpy(edge, in->text + at, left);
		}
		tile->letters[b] = fold(from, tile->folded + b * TEXT_BLOCK);
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

/* The mask of the places from, from + 1, ..., 63. */
static inline uint64_t text_places_from(unsigned from)
{
	return from < 64 ? ~UINT64_C(0) << from : 0;
}

static inline void text_add_start(struct text_found *found, int place)
{
	if (place < 0)
		found->before |= UINT64_C(1) << (place + 64);
	else
		found->within |= UINT64_C(1) << place;
}

/* Words of which a centre is still alive after the rounds, odd or even: each word once. */
static inline void text_judge_words(const unsigned char *p, const uint64_t *w, uint64_t odd, uint64_t even,
	uint64_t min_length, struct text_found *found)
{
	for (uint64_t alive = odd | even; alive;) {
		const unsigned at = (unsigned)__builtin_ctzll(alive);
		const int start = (int)at - (int)text_run_before(w, at),
			  end = (int)(at + text_run_from(w, at));
		const int length = end - start, middle = start + (length - 1) / 2;
		alive &= text_places_from((unsigned)end);
		if (length > TEXT_SHORT || (uint64_t)length < min_length || middle < 0 ||
			middle >= TEXT_BLOCK)
			continue;
		if ((length % 2 ? odd : even) >> middle & 1 && text_is_mirrored(p + start, (uint64_t)length))
			text_add_start(found, start);
	}
}

/* The short palindromes whose middle lies in the block of folded bytes at p, with letters w[0] and w[-1],
 * w[1] beside it. */
__attribute__((always_inline)) static inline struct text_found text_scan_block(
	const unsigned char *p, const uint64_t *w, uint64_t min_length, text_equal_fn *equal)
{
	struct text_found found = {0, 0};
	uint64_t odd = w[0], even = w[0] & equal(p, p + 1);
	for (unsigned r = 1; r <= TEXT_ROUNDS; r++) {
		const uint64_t left = w[0] << r | w[-1] >> (64 - r);
		odd &= equal(p - r, p + r);
		even &= equal(p - r, p + r + 1);
		uint64_t whole = (2 * r - 1 >= min_length ? odd : 0) | (2 * r >= min_length ? even : 0);
		whole &= ~left;
		found.within |= whole >> (r - 1);
		found.before |= whole << 1 << (64 - r);
		odd &= left;
		even &= left;
		if (!(odd | even))
			return found;
	}
	text_judge_words(p, w, odd, even, min_length, &found);
	return found;
}

/* The long palindrome that fills the block at offset `at`, and none before it. */
static inline struct text_found text_judge_long(const struct text_input *in, uint64_t at, const uint64_t *w)
{
	struct text_found found = {0, 0};
	const unsigned before = text_run_before(w, 0);
	const uint64_t start = at - before, length = text_word_end(in, at) - start;
	if (length > TEXT_SHORT && length >= in->min_length && text_is_mirrored(in->text + start, length))
		text_add_start(&found, -(int)before);
	return found;
}

/* The loop of every variant: the palindromes of tiles s into *out, or into *list where `out` is NULL. Always
 * inlined, so that the loop and the variant's functions are one. */
__attribute__((always_inline)) static inline void text_scan(const struct text_input *in, struct span s,
	struct text_tile *tile, struct tally *out, struct mask_list *list, text_fold_fn *fold,
	text_equal_fn *equal)
{
	for (uint64_t base = s.lo * TEXT_TILE; base < s.hi * TEXT_TILE; base += TEXT_TILE) {
		text_fold_tile(in, base, tile, fold);
		for (unsigned b = 0; b < TEXT_TILE / TEXT_BLOCK; b++) {
			const uint64_t *w = tile->letters + 1 + b, at = base + b * TEXT_BLOCK;
			struct text_found found = {0, 0};
			if (~w[0] == 0 && ~w[-1] != 0)
				found = text_judge_long(in, at, w);
			if (~w[-1] != 0 || ~w[0] != 0 || ~w[1] != 0) {
				struct text_found more = text_scan_block(
					tile->folded + TEXT_BLOCK + b * TEXT_BLOCK, w, in->min_length, equal);
				found.before |= more.before;
				found.within |= more.within;
			}
			if (!(found.before | found.within))
				continue;
			if (out) {
				mask_tally(found.before, at / TEXT_BLOCK - 1, out);
				mask_tally(found.within, at / TEXT_BLOCK, out);
			} else {
				mask_list_add(list, found.before, at / TEXT_BLOCK - 1);
				if (!mask_list_add(list, found.within, at / TEXT_BLOCK))
					return;
			}
		}
	}
}

/* Defines the record text_<id> of a variant from its functions. */
#define TEXT_VARIANT(id, cpu_bits, fold_fn, equal_fn)                                                        \
	static void scan(                                                                                    \
		const void *input, struct span s, void *scratch, struct tally *out, struct mask_list *list)  \
	{                                                                                                    \
		text_scan(input, s, scratch, out, list, fold_fn, equal_fn);                                  \
	}                                                                                                    \
	static void chunk(const void *input, struct span s, void *scratch, struct tally *out)                \
	{                                                                                                    \
		scan(input, s, scratch, out, NULL);                                                          \
	}                                                                                                    \
	static void emit(const void *input, struct span s, void *scratch, kernel_take_fn *take, void *ctx)   \
	{                                                                                                    \
		struct mask_list list = {.take = take, .ctx = ctx};                                          \
		scan(input, s, scratch, NULL, &list);                                                        \
		mask_list_flush(&list);                                                                      \
	}                                                                                                    \
	static size_t scratch_bytes(const void *input)                                                       \
	{                                                                                                    \
		(void)input;                                                                                 \
		return sizeof(struct text_tile);                                                             \
	}                                                                                                    \
	const struct variant text_##id = {                                                                   \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = text_setup,                                                                         \
		.teardown = text_teardown,                                                                   \
		.units = text_units,                                                                         \
		.grain = text_grain,                                                                         \
		.scratch_bytes = scratch_bytes,                                                              \
		.chunk = chunk,                                                                              \
		.emit = emit,                                                                                \
	}

#endif
