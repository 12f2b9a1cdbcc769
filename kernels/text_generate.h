/* SPDX-License-Identifier: MIT */
/*
 * text_generate.h - a text that looks like English prose to a search for words.
 *
 * Word lengths, letters and punctuation have about the frequencies of English; there is a capital after a
 * full stop. The letters are independent of each other, so there are more palindromes than in real text: 2 or
 * 3 letters long, most of them.
 */
#ifndef PARSCALE_TEXT_GENERATE_H
#define PARSCALE_TEXT_GENERATE_H

#include <stdint.h>

/* Fills to[0] .. to[bytes - 1]: the first bytes of an endless text that depends on the seed alone. */
void text_generate(unsigned char *to, uint64_t bytes, uint64_t seed);

#endif
