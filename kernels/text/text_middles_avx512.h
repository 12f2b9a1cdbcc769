/* SPDX-License-Identifier: MIT */
/*
 * text_middles_avx512.h - the search by the middles of words, for CPUs that permute bytes and whose masks are
 * slow to leave their registers.
 *
 * A palindrome of two letters or more has two equal pairs of bytes around its middle, a letter or the gap
 * between two; the second pair is of no letters if the word ends there. All 64 bytes of a block are asked
 * at once, with those before and after them from registers, not from memory, where loads that cross lines
 * would limit it. In prose one block in ten has such a middle. Those few are listed without a branch, and
 * each is judged by one comparison of 64 bytes before it with 64 behind it.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_MIDDLES_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_MIDDLES_AVX512_H

#include "kernels/text/text_scan.h"

/* A text_search_fn for CPU_VBMI, CPU_VBMI2 and rules by which the byte 0 is part of no word. Returns whether there
 * were few middles to judge, TEXT_MIDDLES_MOST or fewer: with more other searches are faster. */
enum { TEXT_MIDDLES_MOST = 3 * TEXT_BLOCKS / 2 };
bool text_search_middles(const struct text_input *in, uint64_t base, struct text_tile *tile);

#endif
