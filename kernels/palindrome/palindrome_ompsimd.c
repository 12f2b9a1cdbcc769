/* SPDX-License-Identifier: MIT */
/*
 * palindrome_ompsimd.c - palindromes with plain loops over letters and words of a group under
 * `#pragma omp simd`: the compiler's own vectors.
 */
#include "kernels/palindrome/palindrome.h"

#include <string.h>

/* Bit i of the result is set where differ[i] is 0. */
static uint64_t zeros(const unsigned char differ[PALINDROME_GROUP])
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i++)
		mask |= (uint64_t)(differ[i] == 0) << i;
	return mask;
}

__attribute__((always_inline)) static inline uint64_t match_letters(
	const unsigned char *words, const unsigned length)
{
	unsigned char differ[PALINDROME_GROUP] = {0};
	for (unsigned letter = 0; letter < length / 2; letter++) {
#pragma omp simd
		for (unsigned i = 0; i < PALINDROME_GROUP; i++)
			differ[i] |= words[i * length + letter] ^ words[i * length + length - 1 - letter];
	}
	return zeros(differ);
}

static inline uint64_t match_2(const unsigned char *words, const struct palindrome_input *in)
{
	(void)in;
	return match_letters(words, 2);
}

static inline uint64_t match_4(const unsigned char *words, const struct palindrome_input *in)
{
	(void)in;
	return match_letters(words, 4);
}

static inline uint64_t match_any(const unsigned char *words, const struct palindrome_input *in)
{
	return match_letters(words, in->length);
}

static void scan(const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list)
{
	switch (in->length) {
	case 2: /* lengths known to the compiler */
		palindrome_scan(in, s, out, list, match_2);
		break;
	case 4:
		palindrome_scan(in, s, out, list, match_4);
		break;
	default:
		palindrome_scan(in, s, out, list, match_any);
	}
}

PALINDROME_VARIANT(ompsimd, 0, palindrome_setup, scan);
