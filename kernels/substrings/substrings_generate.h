/* SPDX-License-Identifier: MIT */
/* substrings_generate.h - strings to search: random ones, and those that are worst for a search from centres
 * outwards. */
#ifndef PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_GENERATE_H
#define PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_GENERATE_H

#include "kernels/kernel.h"

/* In the order of parameter `string`. */
enum substrings_string {
	STRING_RANDOM,    /* uniform over so many letters */
	STRING_ENGLISH,   /* text_generate.h */
	STRING_EQUAL,     /* aaaa */
	STRING_PAIRS,     /* abab */
	STRING_FIBONACCI, /* abaababaabaab: each word is the last two, joined */
	STRING_PERIODIC,  /* STRINGS_HALF random letters and their mirror image, again and again */
};

enum { STRINGS_HALF = 500 };

/* Writes `bytes` letters, a to z or, as bases, A T C G; `letters` is the alphabet's size, at most 26, of
 * bases at most 4. Of bases the mirror image is the other strand, and English is not to be had. */
void substrings_generate(unsigned char *to, uint64_t bytes, enum substrings_string kind, unsigned letters,
	bool bases, uint64_t seed);

/* The p->bytes letters that a problem generates, from memory_alloc; NULL with ERR_FAILED without memory. Of
 * bases no more than 4 letters. */
unsigned char *substrings_generated(const struct problem *p, bool bases, struct err *e);

#endif
