/* SPDX-License-Identifier: MIT */
/*
 * text_ends_avx512.h - the search by the ends of words, for CPUs that compress bytes.
 *
 * Every word of two letters or more has a first and a last letter, whose mask is letters & (letters << 1 ^
 * letters >> 1). Each end gets a signature of a byte: 5 bits of its letter, 3 of the letter beside it in the
 * word. Compressed into one stream, the two signatures of a word are neighbours, wherever blocks begin; 32
 * words are compared at a time. In prose one word in a hundred has equal signatures, and is then looked at
 * letter by letter. No branch depends on the text before that.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_ENDS_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_ENDS_AVX512_H

#include "kernels/text/text_scan.h"

/* What became of a tile: searched; or not, because more than TEXT_ENDS_MOST of its words would have to be
 * looked at, where the search by centres is faster; or not, because it has other characters than ASCII. */
enum text_ends { TEXT_ENDS_FOUND, TEXT_ENDS_DENSE, TEXT_ENDS_FOREIGN };

/* A text_search_fn for CPU_VBMI and CPU_VBMI2, but for what it returns. */
enum { TEXT_ENDS_MOST = TEXT_TILE / 64 };
enum text_ends text_search_ends(const struct text_input *in, uint64_t base, struct text_tile *tile);

#endif
