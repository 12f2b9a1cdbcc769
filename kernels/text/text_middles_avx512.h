/* SPDX-License-Identifier: MIT */
/*
 * text_middles_avx512.h - the search by the middles of words, for CPUs that permute bytes and whose masks are
 * slow to leave their registers. (text_avx512.c chooses.)
 *
 * A palindrome of two letters or more has two equal pairs of bytes around its middle, a letter or the gap
 * between two; the second pair is of no letters if the word ends there. All 64 bytes of a block are asked
 * at once. In prose one block in ten has such a middle. Those few are listed without a branch, and each is
 * judged by one comparison of 32 bytes before it with 32 behind it, or of 64 if its word is longer.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_MIDDLES_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_MIDDLES_AVX512_H

#include "kernels/text/text_scan.h"

/* A text_search_fn for CPU_VBMI, CPU_VBMI2 and rules by which the byte 0 is part of no word, but for what it
 * returns: how many middles there are. With more than TEXT_MIDDLES_MOST other searches are faster, and some palindromes
 * may not have been found; with more than TEXT_MIDDLES_SHORT most palindromes are short. */
enum { TEXT_MIDDLES_MOST = 3 * TEXT_BLOCKS / 2, TEXT_MIDDLES_SHORT = 8 * TEXT_BLOCKS };
unsigned text_search_middles(const struct text_input *in, uint64_t base, struct text_tile *tile);

#endif
