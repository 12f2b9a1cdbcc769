/* SPDX-License-Identifier: MIT */
/*
 * text_generate.h - a text that looks like English prose to a search for words.
 *
 * Word lengths, letters and punctuation have about the frequencies of English; there is a capital after a
 * full stop. A letter that equals one of the two before it is drawn once more: so that one word in 600 is a
 * palindrome, as in prose, and not one in 50.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_GENERATE_H
#define PARSCALE_KERNELS_TEXT_TEXT_GENERATE_H

#include <stdint.h>

/* Fills to[0] .. to[bytes - 1]: the first bytes of an endless text that depends on the seed alone, and begins
 * again after TEXT_PERIOD bytes, since copying is ten times as fast. */
enum { TEXT_PERIOD = 64 << 20 };
void text_generate(unsigned char *to, uint64_t bytes, uint64_t seed);

#endif
