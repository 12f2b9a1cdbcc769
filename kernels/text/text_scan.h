/* SPDX-License-Identifier: MIT */
/*
 * text_scan.h - what all variants but the reference share: a text is searched tile by tile, and
 * 64-bit masks say where words and palindromes are.
 *
 * A variant brings the search of one tile. Which tile owns a word? A word that fills no block of
 * TEXT_BLOCK bytes lies in one or two blocks; it belongs to the tile of its middle byte (the left
 * one of two), and searches find it. Any other word belongs to the tile with the first block that
 * it fills, and is found here. Neither rule depends on chunks, so any cut finds the same words in
 * the same order.
 *
 * Giants - words so long that one worker would be busy with them alone - are counted by their owner
 * unseen. Each tile that such a word touches compares an equal share of its pairs; if any share
 * differs, a bit in the tally rejects the word, and `settle` takes it out of the sum.
 *
 * Searches know the words of ASCII alone. A word with other characters is checked here, after them.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_SCAN_H
#define PARSCALE_KERNELS_TEXT_TEXT_SCAN_H

#include "kernels/text/text.h"

/* TEXT_MASKS: a mask of each block, a block on either side and one behind, and whole vectors of eight.
 * TEXT_TILES_DENSE: for so many tiles after one that was wrong for a search others are taken. */
enum { TEXT_BLOCKS = TEXT_TILE / TEXT_BLOCK, TEXT_MASKS = TEXT_BLOCKS + 16, TEXT_TILES_DENSE = 15 };

/* Whether a word fills a block, from the places of its first byte and of the one behind its last
 * in a tile. */
static inline bool text_fills_block(unsigned start, unsigned end)
{
	return (start + TEXT_BLOCK - 1) / TEXT_BLOCK < end / TEXT_BLOCK;
}

/* One tile and a block on either side: block b of the tile has index b + 1. A worker's scratch, all zero at
 * first. */
struct text_tile {
	uint64_t letters
		[TEXT_MASKS]; /* of each block, the bytes that are parts of words; 0 in masks of none */
	uint64_t foreign[TEXT_BLOCKS +
			 2]; /* those of them that are not ASCII; only set where has_foreign says so */
	uint64_t found[TEXT_BLOCKS + 2];              /* where palindromes start; all zero between tiles */
	uint64_t filled[(TEXT_BLOCKS + 2 + 63) / 64]; /* bit i: found[i] may not be zero */
	bool full;                                    /* there is a block of nothing but letters */
	bool has_foreign;                             /* some word has other characters than ASCII */
	struct tally *tally;  /* where a search may add what it finds, instead of to found; or NULL */
	uint64_t first_block; /* the number of the block of index 0 */
	unsigned crowded;     /* so many tiles more are taken to have many middles */
	bool short_words;     /* whose palindromes are short, it seems */
	unsigned dense;       /* and so many to be full of palindromes */
	unsigned high;        /* and so many to have bytes above 127 */
	_Alignas(TEXT_BLOCK) unsigned char bytes[3 * TEXT_TILE + 32 * TEXT_BLOCK]; /* for searches: the folded
										 text, or what they need */
};

/* Palindromes start at the set bits of `starts` in the block of index i. */
static inline void text_add_found(struct text_tile *tile, unsigned i, uint64_t starts)
{
	tile->found[i] |= starts;
	tile->filled[i / 64] |= (uint64_t)(starts != 0) << i % 64;
}

/*
 * Is the word around the letter at place `middle` a palindrome with its middle there, or between it and the
 * next letter? Bit i of `gaps`: the byte i before it is no letter; of `odd` and `even`: that byte and the one i,
 * or i + 1, behind it differ, where what is no letter equals only its like. The word ends at the first gap. A
 * word that fills a block is not looked at.
 */
static inline void text_judge(const struct text_input *in, struct text_tile *tile, unsigned middle,
	uint64_t gaps, uint64_t odd, uint64_t even)
{
	if (__builtin_expect(!gaps, 0))
		return;
	const uint64_t heeded = gaps ^ (gaps - 1);
	const unsigned half = (unsigned)__builtin_ctzll(gaps), before = middle - half, first = before + 1;
	const bool is_odd = !(odd & heeded) & (2 * half - 1 >= in->min_length) &
			    !text_fills_block(first, middle + half),
		   is_even = !(even & heeded) & (2 * half >= in->min_length) &
			     !text_fills_block(first, middle + half + 1);
	bool good = is_odd | is_even;
	if (tile->has_foreign) /* one may precede it, where searches see none */
		good &= !(tile->letters[before / TEXT_BLOCK] >> before % TEXT_BLOCK & 1);
	text_add_found(tile, first / TEXT_BLOCK, (uint64_t)good << first % TEXT_BLOCK);
}

/* Searches the tile at offset `base`, a multiple of TEXT_TILE: fills letters, full and has_foreign, and sets
 * bits of found for words that fill no block. Blocks outside the text have no letters. Of words
 * with other characters than ASCII what it finds does not matter. */
typedef void text_search_fn(const struct text_input *in, uint64_t base, struct text_tile *tile);

/* The bytes of the tile at offset `base` and `margin` on either side: in the text, or where that begins or ends
 * a copy in `edge`, of TEXT_TILE + 2 * margin bytes, between bytes that are part of no word. */
const unsigned char *text_around_tile(
	const struct text_input *in, uint64_t base, unsigned char *edge, uint64_t margin);

/* Of the bytes of the tile and a block on either side: fills `foreign` with those that are in words and no
 * ASCII, all zero if there are none, adds them to the letters, and sets has_foreign where there are some. */
void text_find_foreign(
	const struct text_input *in, uint64_t base, const unsigned char *around, struct text_tile *tile);

/* From the letters: words of one letter. */
void text_find_single(struct text_tile *tile);

/* The palindromes of tiles s into *out, or into *list where `out` is NULL. */
void text_scan(const struct text_input *in, struct span s, struct text_tile *tile, text_search_fn *search,
	struct tally *out, struct mask_list *list);

/* Takes giants back out that some unit found to be no palindromes. */
void text_settle(const void *input, struct tally *all);

/* sizeof(struct text_tile). */
size_t text_scratch_bytes(const void *input);

/* Defines the record text_<id> of a variant from its search. */
#define TEXT_VARIANT(id, cpu_bits, search_fn)                                                                \
	static void chunk(const void *input, struct span s, void *scratch, struct tally *out)                \
	{                                                                                                    \
		text_scan(input, s, scratch, search_fn, out, NULL);                                          \
	}                                                                                                    \
	static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)   \
	{                                                                                                    \
		struct mask_list list = {.sink = sink, .ctx = ctx};                                          \
		text_scan(input, s, scratch, search_fn, NULL, &list);                                        \
		mask_list_flush(&list);                                                                      \
	}                                                                                                    \
	const struct variant text_##id = {                                                                   \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = text_setup,                                                                         \
		.teardown = text_teardown,                                                                   \
		.units = text_units,                                                                         \
		.grain = text_grain,                                                                         \
		.scratch_bytes = text_scratch_bytes,                                                         \
		.chunk = chunk,                                                                              \
		.emit = emit,                                                                                \
		.settle = text_settle,                                                                       \
	}

#endif
