/* SPDX-License-Identifier: MIT */
/*
 * palindrome_avx2.c - palindromes with 256-bit vectors. Words of 2, 4 and 8 letters are elements of
 * a vector; other words of up to 16 letters are packed, as many as fit into each 16-byte lane, and
 * compared with their mirror image by one byte shuffle; of longer words one end is compared with
 * the other, mirrored.
 *
 * A lane then has one bit per byte, set where the byte differs from its partner, but one bit per
 * word is wanted. Adding a mask of ones over the front half of each word carries out of it exactly
 * if at least one bit was set there; the carries are gathered by PEXT. Middle letters are left out
 * of the front half, and so take the carry.
 */
#include "kernels/palindrome/palindrome.h"

#include "kernels/cpu.h"

#if defined(__AVX2__)
#include <immintrin.h>

static inline __m128i load16(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline __m256i load32(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline uint64_t match_lanes(const unsigned char *words, const struct palindrome_input *in)
{
	const struct palindrome_shape *shape = &in->shape;
	const __m256i mirror = _mm256_broadcastsi128_si256(load16(shape->mirror));
	const unsigned front = (unsigned)(shape->front | shape->front << 16);
	const unsigned after = (unsigned)(shape->after | shape->after << 16);
	const unsigned lane = shape->words * in->length;
	uint64_t differ = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i += 2 * shape->words, words += 2 * lane) {
		__m256i letters = _mm256_inserti128_si256(
			_mm256_castsi128_si256(load16(words)), load16(words + lane), 1);
		__m256i equal = _mm256_cmpeq_epi8(letters, _mm256_shuffle_epi8(letters, mirror));
		unsigned unequal = ~(unsigned)_mm256_movemask_epi8(equal) & front;
		differ |= (uint64_t)_pext_u32(unequal + front, after) << i;
	}
	return ~differ;
}

/* A vector of words of 2, 4 or 8 letters, one an element, every element mirrored. */
static inline __m256i mirror_elements(__m256i letters, unsigned length)
{
	const long long low = length == 2   ? 0x0607040502030001
			      : length == 4 ? 0x0405060700010203
					    : 0x0001020304050607;
	const long long high = low + 0x0808080808080808;
	return _mm256_shuffle_epi8(letters, _mm256_set_epi64x(high, low, high, low));
}

static inline uint64_t match_2(const unsigned char *words, const struct palindrome_input *in)
{
	uint64_t mask = 0;
	(void)in;
	for (unsigned i = 0; i < 2; i++, words += 64) {
		__m256i a = load32(words), b = load32(words + 32);
		/* packing goes lane by lane: quarters 0 2 1 3 */
		__m256i equal = _mm256_packs_epi16(_mm256_cmpeq_epi16(a, mirror_elements(a, 2)),
			_mm256_cmpeq_epi16(b, mirror_elements(b, 2)));
		equal = _mm256_permute4x64_epi64(equal, 0xD8);
		mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(equal) << 32 * i;
	}
	return mask;
}

static inline uint64_t match_4(const unsigned char *words, const struct palindrome_input *in)
{
	uint64_t mask = 0;
	(void)in;
	for (unsigned i = 0; i < PALINDROME_GROUP; i += 8, words += 32) {
		__m256i a = load32(words), equal = _mm256_cmpeq_epi32(a, mirror_elements(a, 4));
		mask |= (uint64_t)(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(equal)) << i;
	}
	return mask;
}

static inline uint64_t match_8(const unsigned char *words, const struct palindrome_input *in)
{
	uint64_t mask = 0;
	(void)in;
	for (unsigned i = 0; i < PALINDROME_GROUP; i += 4, words += 32) {
		__m256i a = load32(words), equal = _mm256_cmpeq_epi64(a, mirror_elements(a, 8));
		mask |= (uint64_t)(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(equal)) << i;
	}
	return mask;
}

static inline __m256i load32_once(const unsigned char *p)
{
	__m256i x = load32(p);
	__asm__ volatile("" : "+x"(x));
	return x;
}

/* Which of the words of two vectors, elements of 4 or 8 bytes, are palindromes: those of the first in the lower half of
 * each element, of the second in the upper. Half a word must equal its other half, mirrored: so the front halves of the
 * first and the back halves of the second are compared with what is left, which one shuffle mirrors. */
static inline __m256i equal_halves_4(const unsigned char *words)
{
	const __m256i a = load32_once(words), b = load32_once(words + 32);
	return _mm256_cmpeq_epi16(
		_mm256_blend_epi16(a, b, 0xAA), mirror_elements(_mm256_blend_epi16(b, a, 0xAA), 4));
}

static inline __m256i equal_halves_8(const unsigned char *words)
{
	const __m256i a = load32_once(words), b = load32_once(words + 32);
	return _mm256_cmpeq_epi32(
		_mm256_blend_epi32(a, b, 0xAA), mirror_elements(_mm256_blend_epi32(b, a, 0xAA), 8));
}

/* The mask of two vectors' elements of 2 bytes, which are all ones or zeros: first of a, then of b; of each in `order`,
 * by which 0 to 7 are those of the lower lane and 8 to 15 those of the upper. */
static inline uint64_t mask_of_halves(__m256i a, __m256i b, __m128i order)
{
	const __m256i packed = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8);
	return (uint32_t)_mm256_movemask_epi8(
		_mm256_shuffle_epi8(packed, _mm256_broadcastsi128_si256(order)));
}

/* The same as match_4 where masks leave vectors one a cycle, whether of 4 bits or of 32. */
static inline uint64_t match_4_packed(const unsigned char *words, const struct palindrome_input *in)
{
	/* words of two vectors lie in turn */
	const __m128i order = _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
	uint64_t mask = 0;
	(void)in;
	for (unsigned i = 0; i < PALINDROME_GROUP; i += 32, words += 128)
		mask |= mask_of_halves(equal_halves_4(words), equal_halves_4(words + 64), order) << i;
	return mask;
}

static inline __m256i pack_8(const unsigned char *words)
{
	return _mm256_packs_epi32(equal_halves_8(words), equal_halves_8(words + 64));
}

static inline uint64_t match_8_packed(const unsigned char *words, const struct palindrome_input *in)
{
	/* so do these: of each lane two words of the first two vectors, then two of the next */
	const __m128i order = _mm_setr_epi8(0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15);
	uint64_t mask = 0;
	(void)in;
	for (unsigned i = 0; i < PALINDROME_GROUP; i += 32, words += 256)
		mask |= mask_of_halves(pack_8(words), pack_8(words + 128), order) << i;
	return mask;
}

static inline __m128i mirror16(__m128i letters)
{
	return _mm_shuffle_epi8(letters, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

/* 16 to 32 letters. */
static inline uint64_t match_ends16(const unsigned char *words, const struct palindrome_input *in)
{
	uint64_t differ = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i++, words += in->length) {
		__m128i ends = _mm_xor_si128(load16(words), mirror16(load16(words + in->length - 16)));
		differ |= (uint64_t)!_mm_testz_si128(ends, ends) << i;
	}
	return ~differ;
}

/* From 32 letters, 32 from either end at a time; the last may overlap. */
static inline uint64_t match_ends32(const unsigned char *words, const struct palindrome_input *in)
{
	const __m256i mirror = _mm256_broadcastsi128_si256(
		_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
	uint64_t differ = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i++, words += in->length) {
		__m256i ends = _mm256_setzero_si256();
		for (unsigned at = 0; at < in->length / 2; at += 32) {
			__m256i tail = _mm256_shuffle_epi8(load32(words + in->length - 32 - at), mirror);
			ends = _mm256_or_si256(ends, _mm256_xor_si256(load32(words + at),
							     _mm256_permute2x128_si256(tail, tail, 1)));
		}
		differ |= (uint64_t)!_mm256_testz_si256(ends, ends) << i;
	}
	return ~differ;
}

static int setup(const struct problem *p, void **input, struct err *e)
{
	if (palindrome_setup(p, input, e) != 0)
		return -1;
	struct palindrome_input *in = *input;
	in->shape = palindrome_shape_of(16, in->length);
	return 0;
}

void palindrome_avx2_scan(
	const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list)
{
	if (in->length == 2)
		palindrome_scan(in, s, out, list, match_2);
	else if (in->length == 4 && in->pack)
		palindrome_scan(in, s, out, list, match_4_packed);
	else if (in->length == 4)
		palindrome_scan(in, s, out, list, match_4);
	else if (in->length == 8 && in->pack)
		palindrome_scan(in, s, out, list, match_8_packed);
	else if (in->length == 8)
		palindrome_scan(in, s, out, list, match_8);
	else if (in->length <= 16)
		palindrome_scan(in, s, out, list, match_lanes);
	else if (in->length <= 32)
		palindrome_scan(in, s, out, list, match_ends16);
	else
		palindrome_scan(in, s, out, list, match_ends32);
}

PALINDROME_VARIANT(avx2, CPU_AVX2, setup, palindrome_avx2_scan);
#else
const struct variant palindrome_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};
#endif
