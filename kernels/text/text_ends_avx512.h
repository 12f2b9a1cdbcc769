/* SPDX-License-Identifier: MIT */
/*
 * text_ends_avx512.h - the search by the ends of words, for CPUs that compress bytes.
 *
 * A word whose first and last letters differ is no palindrome, and in prose nearly all are such
 * words. The ends of all words of 64 bytes are one mask, letters & (letters << 1 ^ letters >> 1).
 * Each end gets a signature of one byte: 5 bits of its letter, 3 of the letter next to it in the
 * word, which must agree as well. Compressed into one stream, the two signatures of a word are
 * neighbours, wherever blocks begin, so 32 words are compared by one 16-bit rotate and compare. In
 * prose one word in a hundred has equal signatures and is then compared letter by letter. Before
 * that, no branch depends on the text.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_ENDS_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_ENDS_AVX512_H

#include "kernels/text/text_scan.h"

/* What became of a tile: searched; or not, because more than TEXT_ENDS_MOST of its words would have to be
 * looked at, and of six letters or more still more than TEXT_ENDS_LONG, where the search by centres is
 * faster; or not, because it has other characters than ASCII. */
enum text_ends { TEXT_ENDS_FOUND, TEXT_ENDS_DENSE, TEXT_ENDS_FOREIGN };

/* A text_search_fn for CPU_VBMI and CPU_VBMI2, but for what it returns. */
enum { TEXT_ENDS_MOST = TEXT_TILE / 64, TEXT_ENDS_LONG = TEXT_TILE / 14 };
enum text_ends text_search_ends(const struct text_input *in, uint64_t base, struct text_tile *tile);

#endif
