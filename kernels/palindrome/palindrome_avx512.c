/* SPDX-License-Identifier: MIT */
/*
 * palindrome_avx512.c - palindromes with 512-bit vectors: words of 2, 4 and 8 letters as elements
 * of a vector; words of other lengths, as many as fit into 64 bytes, against their mirror image by
 * one byte permute, where the CPU has it (VBMI). Everything else is the AVX2 variant's.
 */
#include "kernels/palindrome/palindrome.h"

#include "kernels/cpu.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

#define VBMI __attribute__((target("avx512vbmi")))

static inline __m512i load64(const unsigned char *p)
{
	return _mm512_loadu_si512(p);
}

/* The in-lane shuffle that mirrors elements of 2, 4 or 8 bytes. */
static inline __m512i mirror_elements(__m512i letters, unsigned length)
{
	const long long low = length == 2   ? 0x0607040502030001
			      : length == 4 ? 0x0405060700010203
					    : 0x0001020304050607;
	const long long high = low + 0x0808080808080808;
	return _mm512_shuffle_epi8(letters, _mm512_set_epi64(high, low, high, low, high, low, high, low));
}

/* The same, loaded once and in order: GCC 12 loads a vector again for each of its uses with elements of another size,
 * and the eight of a group in an order in which prefetchers see no stream (from memory half the rate on Zen 4). */
static inline __m512i load64_once(const unsigned char *p)
{
	__m512i letters = load64(p);
	__asm__ volatile("" : "+v"(letters));
	return letters;
}

/* Masks leave their registers as 32 bits or less: on Zen 4 that takes one cycle, a move of 64 bits two. */
static inline uint32_t match_64_bytes_of_4(const unsigned char *words)
{
	const __m512i a = load64_once(words);
	return _mm512_cmpeq_epi32_mask(a, mirror_elements(a, 4));
}

static inline uint32_t match_64_bytes_of_8(const unsigned char *words)
{
	const __m512i a = load64_once(words);
	return _mm512_cmpeq_epi64_mask(a, mirror_elements(a, 8));
}

static inline uint32_t match_64_bytes_of_2(const unsigned char *words)
{
	const __m512i a = load64_once(words);
	return _mm512_cmpeq_epi16_mask(a, mirror_elements(a, 2));
}

static inline uint64_t match_2(const unsigned char *words, const struct palindrome_input *in)
{
	(void)in;
	return match_64_bytes_of_2(words) | (uint64_t)match_64_bytes_of_2(words + 64) << 32;
}

static inline uint64_t match_4(const unsigned char *words, const struct palindrome_input *in)
{
	uint32_t half[2];
	(void)in;
	for (unsigned i = 0; i < 2; i++, words += 128)
		half[i] = match_64_bytes_of_4(words) | match_64_bytes_of_4(words + 64) << 16;
	return half[0] | (uint64_t)half[1] << 32;
}

static inline uint64_t match_8(const unsigned char *words, const struct palindrome_input *in)
{
	uint32_t half[2];
	(void)in;
	for (unsigned i = 0; i < 2; i++, words += 256)
		half[i] = match_64_bytes_of_8(words) | match_64_bytes_of_8(words + 64) << 8 |
			  match_64_bytes_of_8(words + 128) << 16 | match_64_bytes_of_8(words + 192) << 24;
	return half[0] | (uint64_t)half[1] << 32;
}

/* To 32 letters: a carry makes one bit a word of the mismatches in its front half. */
VBMI static inline uint64_t match_several(const unsigned char *words, const struct palindrome_input *in)
{
	const struct palindrome_shape *shape = &in->shape;
	const __m512i mirror = load64(shape->mirror);
	const unsigned bytes = shape->words * in->length;
	uint64_t differ = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i += shape->words, words += bytes) {
		__m512i letters = load64(words);
		__m512i mirrored = _mm512_permutexvar_epi8(mirror, letters);
		uint64_t unequal = _mm512_cmpneq_epu8_mask(letters, mirrored) & shape->front;
		differ |= _pext_u64(unequal + shape->front, shape->after) << i;
	}
	return ~differ;
}

/* One word a vector. */
VBMI static inline uint64_t match_one(const unsigned char *words, const struct palindrome_input *in)
{
	const __m512i mirror = load64(in->shape.mirror);
	uint64_t differ = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i++, words += in->length) {
		__m512i letters = load64(words);
		__m512i mirrored = _mm512_permutexvar_epi8(mirror, letters);
		differ |= (uint64_t)(_mm512_cmpneq_epu8_mask(letters, mirrored) != 0) << i;
	}
	return ~differ;
}

VBMI static void scan_permuted(
	const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list)
{
	if (in->length <= 32)
		palindrome_scan(in, s, out, list, match_several);
	else
		palindrome_scan(in, s, out, list, match_one);
}

static void scan(const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list)
{
	if (in->length == 2)
		palindrome_scan(in, s, out, list, match_2);
	else if (in->length == 4)
		palindrome_scan(in, s, out, list, match_4);
	else if (in->length == 8)
		palindrome_scan(in, s, out, list, match_8);
	else if ((in->features & CPU_VBMI) && in->length <= PALINDROME_VECTOR)
		scan_permuted(in, s, out, list);
	else
		palindrome_avx2_scan(in, s, out, list);
}

static int setup(const struct problem *p, void **input, struct err *e)
{
	if (palindrome_setup(p, input, e) != 0)
		return -1;
	struct palindrome_input *in = *input;
	in->shape = palindrome_shape_of(in->features & CPU_VBMI ? 64 : 16, in->length);
	return 0;
}

PALINDROME_VARIANT(avx512, CPU_AVX512, setup, scan);
#else
const struct variant palindrome_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};
#endif
