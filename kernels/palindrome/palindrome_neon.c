/* SPDX-License-Identifier: MIT */
/*
 * palindrome_neon.c - words to 17 letters: two table lookups pick the front letters of several words and the
 * letters that these must equal; longer ones: one end against the other, mirrored.
 *
 * A word's front letters are gathered in one element of 1, 2, 4 or 8 bytes, the first repeated to fill it, so
 * that one comparison of elements decides, and halving elements makes a byte a word. Elements of 16 bytes of
 * letters come from at most 34, which a lookup takes from two or three registers.
 */
#include "kernels/palindrome/palindrome.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include "kernels/mask_neon.h"

enum { SHORT = 17 };

/* Where a step's front letters are in the bytes of its words, and what they must equal. */
struct places {
	uint8x16_t front, back;
};

/* The letters of `at` in bytes of `words`: two registers full of them, or three. */
static inline uint8x16_t pick(const unsigned char *words, uint8x16_t at, const unsigned registers)
{
	if (registers == 2)
		return vqtbl2q_u8((uint8x16x2_t){{vld1q_u8(words), vld1q_u8(words + 16)}}, at);
	return vqtbl3q_u8((uint8x16x3_t){{vld1q_u8(words), vld1q_u8(words + 16), vld1q_u8(words + 32)}}, at);
}

/* 16 / element words: all bits of the elements of palindromes. */
__attribute__((always_inline)) static inline uint8x16_t match_elements(
	const unsigned char *words, struct places at, const unsigned element, const unsigned registers)
{
	const uint8x16_t front = pick(words, at.front, registers), back = pick(words, at.back, registers);
	if (element == 1)
		return vceqq_u8(front, back);
	if (element == 2)
		return vreinterpretq_u8_u16(
			vceqq_u16(vreinterpretq_u16_u8(front), vreinterpretq_u16_u8(back)));
	if (element == 4)
		return vreinterpretq_u8_u32(
			vceqq_u32(vreinterpretq_u32_u8(front), vreinterpretq_u32_u8(back)));
	return vreinterpretq_u8_u64(vceqq_u64(vreinterpretq_u64_u8(front), vreinterpretq_u64_u8(back)));
}

/* 16 words: all bits of the bytes of palindromes. */
__attribute__((always_inline)) static inline uint8x16_t match_16(const unsigned char *words, unsigned length,
	struct places at, const unsigned element, const unsigned registers)
{
	const unsigned step = 16 / element * length;
	uint8x16_t part[8];
	for (unsigned i = 0; i < element; i++)
		part[i] = match_elements(words + i * step, at, element, registers);
	for (unsigned n = element; n > 1; n /= 2) /* the low halves of elements say it, too */
		for (unsigned i = 0; i < n / 2; i++) {
			const uint8x16_t low = part[2 * i], high = part[2 * i + 1];
			if (n == 8)
				part[i] = vreinterpretq_u8_u32(
					vuzp1q_u32(vreinterpretq_u32_u8(low), vreinterpretq_u32_u8(high)));
			else if (n == 4)
				part[i] = vreinterpretq_u8_u16(
					vuzp1q_u16(vreinterpretq_u16_u8(low), vreinterpretq_u16_u8(high)));
			else
				part[i] = vuzp1q_u8(low, high);
		}
	return part[0];
}

#define MATCH_SHORT(element, registers)                                                                      \
	static inline uint64_t match_##element##_##registers(                                                \
		const unsigned char *words, const struct palindrome_input *in)                               \
	{                                                                                                    \
		const struct places at = {vld1q_u8(in->shape.pick[0]), vld1q_u8(in->shape.pick[1])};         \
		uint8x16_t found[4];                                                                         \
		for (unsigned i = 0; i < 4; i++)                                                             \
			found[i] =                                                                           \
				match_16(words + 16 * i * in->length, in->length, at, element, registers);   \
		return mask_neon(found[0], found[1], found[2], found[3]);                                    \
	}

MATCH_SHORT(1, 2)
MATCH_SHORT(1, 3)
MATCH_SHORT(2, 2)
MATCH_SHORT(2, 3)
MATCH_SHORT(4, 2)
MATCH_SHORT(4, 3)
MATCH_SHORT(8, 2)
MATCH_SHORT(8, 3)

static inline uint8x16_t backwards(const unsigned char *p)
{
	const uint8x16_t halves = vrev64q_u8(vld1q_u8(p));
	return vextq_u8(halves, halves, 8);
}

/* Not all zero where the word differs from its mirror image. 16 letters from either end at a time; the last may
 * overlap. */
static inline uint8x16_t differ(const unsigned char *word, unsigned length)
{
	const unsigned char *end = word + length - 16;
	uint8x16_t all = veorq_u8(vld1q_u8(word), backwards(end));
	for (unsigned at = 16; at < length / 2; at += 16)
		all = vorrq_u8(all, veorq_u8(vld1q_u8(word + at), backwards(end - at)));
	return all;
}

/* Each byte of the halves of the result is the greatest of two of a, of b. */
static inline uint8x16_t halve(uint8x16_t a, uint8x16_t b)
{
	return vpmaxq_u8(a, b);
}

/* From 16 letters: pairs of words share a vector, then four, eight and 16. */
static inline uint64_t match_long(const unsigned char *words, const struct palindrome_input *in)
{
	const unsigned length = in->length;
	uint8x16_t found[4];
	for (unsigned i = 0; i < 4; i++) {
		uint8x16_t four[4];
		for (unsigned j = 0; j < 4; j++, words += 4 * (size_t)length)
			four[j] = halve(halve(differ(words, length), differ(words + length, length)),
				halve(differ(words + 2 * length, length),
					differ(words + 3 * length, length)));
		found[i] = vceqzq_u8(halve(halve(four[0], four[1]), halve(four[2], four[3])));
	}
	return mask_neon(found[0], found[1], found[2], found[3]);
}

/* Bytes of the element that holds the front letters of a short word. */
static unsigned element_of(unsigned length)
{
	return length < 4 ? 1 : length < 6 ? 2 : length < 10 ? 4 : 8;
}

static int setup(const struct problem *p, void **input, struct err *e)
{
	if (palindrome_setup(p, input, e) != 0)
		return -1;
	struct palindrome_input *in = *input;
	const unsigned length = in->length, element = element_of(length);
	for (unsigned i = 0; i < 16 && length <= SHORT; i++) {
		const unsigned first = i / element * length;
		const unsigned letter = i % element < length / 2 ? i % element : 0;
		in->shape.pick[0][i] = (unsigned char)(first + letter);
		in->shape.pick[1][i] = (unsigned char)(first + length - 1 - letter);
	}
	return 0;
}

static void scan(const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list)
{
	if (in->length > SHORT)
		palindrome_scan(in, s, out, list, match_long);
	else if (in->length < 3)
		palindrome_scan(in, s, out, list, match_1_2);
	else if (in->length == 3)
		palindrome_scan(in, s, out, list, match_1_3);
	else if (in->length == 4)
		palindrome_scan(in, s, out, list, match_2_2);
	else if (in->length == 5)
		palindrome_scan(in, s, out, list, match_2_3);
	else if (in->length < 9)
		palindrome_scan(in, s, out, list, match_4_2);
	else if (in->length == 9)
		palindrome_scan(in, s, out, list, match_4_3);
	else if (in->length < 17)
		palindrome_scan(in, s, out, list, match_8_2);
	else
		palindrome_scan(in, s, out, list, match_8_3);
}

PALINDROME_VARIANT(neon, CPU_NEON, setup, scan);
#else
const struct variant palindrome_neon = {.name = "neon", .missing = "this build is not for AArch64"};
#endif
