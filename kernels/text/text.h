/* SPDX-License-Identifier: MIT */
/*
 * text.h - palindromic words in a text.
 *
 * What a word is, the rules say (text_rules.h). The unit of work is a tile of TEXT_TILE bytes. Nothing
 * outside the text is ever read.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_H
#define PARSCALE_KERNELS_TEXT_TEXT_H

#include "kernels/prefetch.h"
#include "kernels/text/text_rules.h"
#include "kernels/word_mask.h"

enum { TEXT_BLOCK = 64, TEXT_TILE = 8192 };

/* A word so long that all workers shall share it: of TEXT_GIANT bytes and a 64th of the text, all of them
 * ASCII. So there are at most 64. */
enum { TEXT_GIANT = 1 << 16, TEXT_GIANTS = 64 };
struct text_giant {
	uint64_t start, bytes;
};

/* Read-only once made. */
struct text_input {
	const unsigned char *text; /* the problem's, or `own` */
	uint64_t bytes;
	uint64_t min_length;
	const struct text_rules *rules;
	const struct text_giant *giants; /* in order of their starts */
	unsigned giant_count;
	enum prefetch prefetch;
	unsigned features;  /* cpu_features() at setup */
	bool slow_masks;    /* AVX-512's masks are slow to leave and to enter their registers, as AMD's are */
	bool by_middles;    /* then the search by middles is the fastest */
	unsigned char *own; /* what was generated; NULL: the text is the caller's */
};

/* The members of every variant's record that do not depend on how words are found. */
int text_setup(const struct problem *p, void **input, struct err *e);
void text_teardown(void *input);
uint64_t text_units(const void *input);
uint64_t text_grain(const void *input);

/* Is the byte at offset `at`, or the character that it belongs to, part of a word? */
bool text_in_word(const struct text_input *in, uint64_t at);

/* The end (exclusive) of the word that the byte at `from` is part of; `from` if it is in none. */
uint64_t text_word_end(const struct text_input *in, uint64_t from);

/* Of `n` bytes at p that are a word: how many letters it has; whether they read the same backward. */
uint64_t text_letters(const struct text_input *in, const unsigned char *p, uint64_t n);
bool text_is_mirrored(const struct text_input *in, const unsigned char *p, uint64_t n);

/* Whether `pairs` bytes from `front` on equal as many before `back`, which is not theirs, going backward. All
 * are ASCII and parts of words. */
bool text_are_equal_pairs(
	const struct text_input *in, const unsigned char *front, const unsigned char *back, uint64_t pairs);

/* Fills `giants`; returns how many there are. */
unsigned text_find_giants(const struct text_input *in, struct text_giant giants[TEXT_GIANTS]);

extern const struct variant text_reference, text_scalar, text_ompsimd, text_avx2, text_avx512, text_neon;

#endif
