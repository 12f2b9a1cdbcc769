/* SPDX-License-Identifier: MIT */
/*
 * unicode.h - what code points are, and UTF-8.
 *
 * From Unicode's own tables (unicode.def). Well-formed sequences are those of the Unicode standard, table
 * 3-7: no surrogates, nothing longer than it must be, nothing above 10FFFF. A lead byte decides by itself and
 * its continuation whether a sequence is well formed, so a text can be read from any place.
 */
#ifndef PARSCALE_KERNELS_TEXT_UNICODE_H
#define PARSCALE_KERNELS_TEXT_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

bool unicode_is_letter(uint32_t c); /* general category L */
bool unicode_is_mark(uint32_t c);   /* M: what combines with the letter before it */
bool unicode_is_digit(uint32_t c);  /* Nd */
bool unicode_is_space(uint32_t c);  /* White_Space */

/* Simple case folding: one code point for one. */
uint32_t unicode_fold(uint32_t c);

/* All that fold to what c folds to, c among them: returns how many. */
enum { UNICODE_CASES = 8 };
unsigned unicode_cases(uint32_t c, uint32_t cases[UNICODE_CASES]);

/* The code point of a well-formed sequence that starts at p, with `left` >= 1 bytes to the end of the text:
 * sets *c and returns its length, 1 to 4. Of anything else: 0. */
unsigned unicode_decode(const unsigned char *p, uint64_t left, uint32_t *c);

/* The same of the sequence that ends just before p, with `before` >= 1 bytes from the beginning
 * of the text. */
unsigned unicode_decode_before(const unsigned char *p, uint64_t before, uint32_t *c);

/* Writes c as UTF-8 to `to`; returns its length, 1 to 4. */
unsigned unicode_encode(uint32_t c, unsigned char to[4]);

#endif
