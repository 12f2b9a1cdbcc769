/* SPDX-License-Identifier: MIT */
/*
 * text_each_avx512.h - the search that looks at each word, where most are palindromes or look like some, for CPUs that
 * permute bytes and compress them (VBMI2). (text_avx512.c chooses.)
 *
 * The places of the first and the last letters of words are listed, one compression for a block. Then every word is
 * judged alike: 32 bytes from its first letter on are compared with 32 bytes up to its last, reversed, and of the
 * comparison only half of the word is heeded. So no branch depends on the text, but on words of more than 63 letters.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_EACH_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_EACH_AVX512_H

#include "kernels/text/text_scan.h"

/* A text_search_fn for CPU_VBMI, CPU_VBMI2 and rules by which the byte 0 is part of no word. */
void text_search_each(const struct text_input *in, uint64_t base, struct text_tile *tile);

#endif
