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
#include "kernels/inline.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include "kernels/mask_neon.h"

enum { SHORT = 17 };

/* Where a step's front letters are in the bytes of its words, and what they must equal. */
struct places {
	uint8x16_t front, back;
};

/* 16 / element words: all bits of the elements of palindromes. Their bytes are two registers full, or three;
 * loaded as one structure, they are where a lookup wants them. */
INLINE uint8x16_t match_elements(
	const unsigned char *words, struct places at, const unsigned element, const unsigned registers)
{
	uint8x16_t front, back;
	if (registers == 2) {
		const uint8x16x2_t letters = vld1q_u8_x2(words);
		front = vqtbl2q_u8(letters, at.front);
		back = vqtbl2q_u8(letters, at.back);
	} else {
		const uint8x16x3_t letters = vld1q_u8_x3(words);
		front = vqtbl3q_u8(letters, at.front);
		back = vqtbl3q_u8(letters, at.back);
	}
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
INLINE uint8x16_t match_16(const unsigned char *words, unsigned length, struct places at,
	const unsigned element, const unsigned registers)
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

INLINE uint64_t match_short(const unsigned char *words, const struct palindrome_input *in,
	const unsigned length, const unsigned element, const unsigned registers)
{
	const struct places at = {vld1q_u8(in->shape.pick[0]), vld1q_u8(in->shape.pick[1])};
	uint8x16_t found[4];
	for (unsigned i = 0; i < 4; i++)
		found[i] = match_16(words + 16 * (size_t)i * length, length, at, element, registers);
	return mask_neon(found[0], found[1], found[2], found[3]);
}

/* Of a length that the compiler knows, or of any. */
#define MATCH_SHORT(name, length, element, registers)                                                        \
	INLINE uint64_t match_##name(const unsigned char *words, const struct palindrome_input *in)          \
	{                                                                                                    \
		return match_short(words, in, length, element, registers);                                   \
	}

MATCH_SHORT(1, 1, 1, 2)
MATCH_SHORT(2, 2, 1, 2)
MATCH_SHORT(3, 3, 1, 3)
MATCH_SHORT(4, 4, 2, 2)
MATCH_SHORT(5, 5, 2, 3)
MATCH_SHORT(to_8, in->length, 4, 2)
MATCH_SHORT(9, 9, 4, 3)
MATCH_SHORT(to_16, in->length, 8, 2)
MATCH_SHORT(17, 17, 8, 3)

/* Not all zero where the word differs from its mirror image. 16 letters from either end at a time, so often; the
 * last may overlap. */
INLINE uint8x16_t differ(const unsigned char *word, unsigned length, const unsigned times)
{
	const uint8x16_t mirror = vcombine_u8(
		vcreate_u8(UINT64_C(0x08090A0B0C0D0E0F)), vcreate_u8(UINT64_C(0x0001020304050607)));
	const unsigned char *end = word + length - 16;
	uint8x16_t all = veorq_u8(vld1q_u8(word), vqtbl1q_u8(vld1q_u8(end), mirror));
	for (unsigned at = 16; at < 16 * times; at += 16)
		all = vorrq_u8(all, veorq_u8(vld1q_u8(word + at), vqtbl1q_u8(vld1q_u8(end - at), mirror)));
	return all;
}

/* From 16 letters: the greatest bytes of pairs of words share a vector, then those of four, eight and 16. */
INLINE uint64_t match_ends(const unsigned char *words, unsigned length, const unsigned times)
{
	uint8x16_t found[4];
	for (unsigned i = 0; i < 4; i++) {
		uint8x16_t four[4];
		for (unsigned j = 0; j < 4; j++, words += 4 * (size_t)length)
			four[j] = vpmaxq_u8(vpmaxq_u8(differ(words, length, times),
						    differ(words + length, length, times)),
				vpmaxq_u8(differ(words + 2 * length, length, times),
					differ(words + 3 * length, length, times)));
		found[i] = vceqzq_u8(vpmaxq_u8(vpmaxq_u8(four[0], four[1]), vpmaxq_u8(four[2], four[3])));
	}
	return mask_neon(found[0], found[1], found[2], found[3]);
}

static inline uint64_t match_to_33(const unsigned char *words, const struct palindrome_input *in)
{
	return match_ends(words, in->length, 1);
}

static inline uint64_t match_to_65(const unsigned char *words, const struct palindrome_input *in)
{
	return match_ends(words, in->length, 2);
}

static inline uint64_t match_long(const unsigned char *words, const struct palindrome_input *in)
{
	return match_ends(words, in->length, (in->length / 2 + 15) / 16);
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
	if (in->length > 65)
		palindrome_scan(in, s, out, list, match_long);
	else if (in->length > 33)
		palindrome_scan(in, s, out, list, match_to_65);
	else if (in->length > SHORT)
		palindrome_scan(in, s, out, list, match_to_33);
	else if (in->length == 1)
		palindrome_scan(in, s, out, list, match_1);
	else if (in->length == 2)
		palindrome_scan(in, s, out, list, match_2);
	else if (in->length == 3)
		palindrome_scan(in, s, out, list, match_3);
	else if (in->length == 4)
		palindrome_scan(in, s, out, list, match_4);
	else if (in->length == 5)
		palindrome_scan(in, s, out, list, match_5);
	else if (in->length < 9)
		palindrome_scan(in, s, out, list, match_to_8);
	else if (in->length == 9)
		palindrome_scan(in, s, out, list, match_9);
	else if (in->length < 17)
		palindrome_scan(in, s, out, list, match_to_16);
	else
		palindrome_scan(in, s, out, list, match_17);
}

PALINDROME_VARIANT(neon, CPU_NEON, setup, scan);
#else
const struct variant palindrome_neon = {.name = "neon", .missing = CPU_LACKS_NEON};
#endif
