/* SPDX-License-Identifier: MIT */
/*
 * substrings.h - palindromic substrings of one long string: how many there are, and the longest.
 *
 * Every palindrome has a centre: a letter, or the gap between two. The string of n letters has 2n - 1
 * centres; centre z = first + last offset of any palindrome around it. Its pairs are the letters beside it
 * that are equal, from the inside outwards, until two differ. A centre with r pairs is that of r palindromes
 * of 2, 4, ... 2r letters, or of r + 1 of 1, 3, ... 2r + 1 letters. Palindromes count by place: aaa has six
 * of them, one-letter ones among them.
 *
 * Of DNA two letters are a pair where they are bases that pair (A and T, C and G), so that the string reads
 * the same on the other strand: letters are then codes, `flip` turns a code into that of its partner, and
 * only gaps are centres. Between two records of FASTA is a place that pairs with nothing (dna.h).
 *
 * The unit of work is a block of 64 offsets: the letters there, and the gaps before them.
 */
#ifndef PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_H
#define PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_H

#include "kernels/kernel.h"
#include "kernels/prefetch.h"
#include "kernels/substrings/dna.h"

enum { SUBSTRINGS_BLOCK = 64, SUBSTRINGS_FLIP = BASES_FLIP };

/* The string, read-only once made: 64-byte aligned, MEMORY_MARGIN bytes around it may be read, whatever they
 * are. */
struct substrings_input {
	unsigned char *text;  /* letters, or codes of bases */
	unsigned char *shown; /* as text, in letters as they were read; of bases only for listings */
	uint64_t count;       /* places between records of DNA included */
	unsigned char flip;   /* 0, or SUBSTRINGS_FLIP */
	uint64_t peak;        /* of listings: letters of the longest */
	enum prefetch prefetch;
	struct dna dna; /* whose letters are `shown` */
};

/* The bytes of problem p that count under its alphabet. */
uint64_t substrings_letters(const struct problem *p);

/* The members of every variant's record that do not depend on how centres are searched. */
int substrings_setup(const struct problem *p, void **input, struct err *e);
void substrings_teardown(void *input);
uint64_t substrings_units(const void *input);
uint64_t substrings_grain(const void *input);

/* The letters beside centre z: from[-1], from[-2], ... and onward[0], onward[1], ... */
struct substrings_centre {
	uint64_t left;  /* letters before it */
	uint64_t right; /* the first offset behind it */
};

static inline struct substrings_centre substrings_centre(uint64_t z)
{
	return (struct substrings_centre){(z + 1) / 2, z / 2 + 1};
}

/* Letters of the longest palindrome of a centre with so many pairs. */
static inline uint64_t substrings_longest(uint64_t z, uint64_t pairs)
{
	return 2 * pairs + (z % 2 == 0);
}

/*
 * What a palindrome around a centre weighs in tally.check: 2^(i mod 64) times this, for the letter at offset
 * i of block floor(i / 64), or the gap before it.
 */
static inline uint64_t substrings_weight(uint64_t block, bool gap)
{
	return (2 * block + 1) * (gap ? 3 : 1);
}

/* Adds all palindromes of centre z, which has `pairs` pairs, to *out; z is a letter's of bases never. */
static inline void substrings_add(uint64_t z, uint64_t pairs, struct tally *out)
{
	const uint64_t i = (z + 1) / 2, palindromes = pairs + (z % 2 == 0),
		       longest = substrings_longest(z, pairs);
	out->count += palindromes;
	out->checksum += (palindromes << i % 64) * substrings_weight(i / 64, z % 2);
	out->longest = palindromes && longest > out->longest ? longest : out->longest;
}

extern const struct variant substrings_reference, substrings_scalar, substrings_avx2, substrings_avx512,
	substrings_neon;

#endif
