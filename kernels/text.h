/* SPDX-License-Identifier: MIT */
/*
 * text.h - palindromic words in a text.
 *
 * A word is a maximal run of ASCII letters; letters are compared without case. Every other byte, those above
 * 127 among them, separates words. The unit of work is a tile of TEXT_TILE bytes. Nothing outside the text is
 * ever read.
 */
#ifndef PARSCALE_TEXT_H
#define PARSCALE_TEXT_H

#include "palindrome_mask.h"

enum { TEXT_BLOCK = 64, TEXT_TILE = 8192 };

/* Read-only once made. */
struct text_input {
	const unsigned char *text; /* the problem's, or `own` */
	uint64_t bytes;
	uint64_t min_length;
	unsigned ahead;     /* bytes to prefetch ahead */
	unsigned features;  /* cpu_features() at setup */
	unsigned char *own; /* what was generated; NULL: the text is the caller's */
};

/* The members of every variant's record that do not depend on how words are found. */
int text_setup(const struct problem *p, void **input, struct err *e);
void text_teardown(void *input);
uint64_t text_units(const void *input);
uint64_t text_grain(const void *input);

/* Is it part of a word? */
static inline bool text_is_letter(unsigned char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* The end (exclusive) of the word that `from` is in. */
uint64_t text_word_end(const struct text_input *in, uint64_t from);

/* Do the n letters at p read the same backward, but for case? */
bool text_is_mirrored(const unsigned char *p, uint64_t n);

extern const struct variant text_reference, text_scalar, text_ompsimd, text_avx2, text_avx512;

#endif
