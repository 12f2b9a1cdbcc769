/* SPDX-License-Identifier: MIT */
/*
 * palindrome_scalar.c - palindromes with eight letters at a time in a 64-bit register, on any
 * machine; words of four in vectors of 16 bytes of the compiler's own type.
 */
#include "kernels/load.h"
#include "kernels/palindrome/palindrome.h"

#include <string.h>

/* Pairs: four at a time. */
static inline uint64_t match_2(const unsigned char *words, const struct palindrome_input *in)
{
	const uint64_t low = UINT64_C(0x00FF00FF00FF00FF);
	uint64_t mask = 0;
	(void)in;
	for (unsigned i = 0; i < PALINDROME_GROUP; i += 4, words += 8) {
		uint64_t x = load_8(words), differ = (x ^ x >> 8) & low;
		uint64_t equal = ~(differ + low) >> 8 & UINT64_C(0x0001000100010001);
		mask |= (equal * UINT64_C(0x0001000200040008) >> 48) << i;
	}
	return mask;
}

/* Four words a vector: turned by a letter, the first meets the last and the third the second, in either order
 * of bytes. A word's bit in 32 lies in its own element. */
typedef uint32_t four_words __attribute__((vector_size(16)));

static inline uint64_t match_32(const unsigned char *words)
{
	four_words found = {0}, bits = {1, 2, 4, 8};
	for (unsigned i = 0; i < 8; i++, words += sizeof found, bits <<= 4) {
		four_words x;
		memcpy(&x, words, sizeof x);
		found |= (four_words)(((x ^ (x << 8 | x >> 24)) & 0x00FF00FF) == 0) & bits;
	}
	return found[0] | found[1] | found[2] | found[3];
}

static inline uint64_t match_4(const unsigned char *words, const struct palindrome_input *in)
{
	(void)in;
	return match_32(words) | match_32(words + 128) << 32;
}

/* Up to 8 letters: shifted to the upper end and byte-reversed, the word lies at the lower end again,
 * mirrored. */
static inline uint64_t match_short(const unsigned char *words, const struct palindrome_input *in)
{
	const unsigned unused = 64 - 8 * in->length;
	uint64_t mask = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i++, words += in->length) {
		uint64_t upper = load_8(words) << unused;
		mask |= (uint64_t)(__builtin_bswap64(upper) == upper >> unused) << i;
	}
	return mask;
}

/* From 8 letters: pairs of eight from both ends; the last pair may overlap, which repeats a comparison and
 * changes nothing. */
static inline uint64_t match_long(const unsigned char *words, const struct palindrome_input *in)
{
	const unsigned length = in->length;
	uint64_t mask = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i++, words += length) {
		uint64_t differ = 0;
		for (unsigned at = 0; at < length / 2; at += 8)
			differ |= load_8(words + at) ^ __builtin_bswap64(load_8(words + length - 8 - at));
		mask |= (uint64_t)(differ == 0) << i;
	}
	return mask;
}

static void scan(const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list)
{
	if (in->length == 2)
		palindrome_scan(in, s, out, list, match_2);
	else if (in->length == 4)
		palindrome_scan(in, s, out, list, match_4);
	else if (in->length <= 8)
		palindrome_scan(in, s, out, list, match_short);
	else
		palindrome_scan(in, s, out, list, match_long);
}

PALINDROME_VARIANT(scalar, 0, palindrome_setup, scan);
