/* SPDX-License-Identifier: MIT */
/*
 * text_distances_avx512.h - the search of texts full of palindromes, most of which are short, for CPUs that permute
 * bytes and shift words (VBMI2). (text_avx512.c chooses.)
 *
 * Masks tell which bytes equal those one to four behind. With the masks of letters they decide every word of two to
 * five letters by a dozen operations on masks, of eight blocks at a time, and leave the result where words start:
 * whether none or all are palindromes makes no difference. Longer words are left to their middles, letters or gaps with
 * two equal pairs around them and three letters on either side: those are judged one by one.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_DISTANCES_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_DISTANCES_AVX512_H

#include "kernels/text/text_scan.h"

/* A text_search_fn for CPU_VBMI, CPU_VBMI2, CPU_VPOPCNTDQ and rules by which the byte 0 is part of no word, but for what it
 * returns: false, where there were more middles of longer words than TEXT_DISTANCES_MOST, so that other searches are
 * faster and some palindromes may not have been found. While it finds more than a search by middles bears the tiles after
 * are taken to be crowded, too. */
enum { TEXT_DISTANCES_MOST = TEXT_BLOCKS };
bool text_search_distances(const struct text_input *in, uint64_t base, struct text_tile *tile);

#endif
