/* SPDX-License-Identifier: MIT */
/*
 * substrings_avx512.c - the search from centres (substrings_centres.h) with 64 bytes in one vector;
 * a comparison is a mask.
 */
#include "kernels/substrings/substrings_centres.h"

#include "kernels/cpu.h"

#if defined(__AVX512BW__)
#include "kernels/bytes_avx512.h"

static inline __m512i load_flipped(const unsigned char *p, unsigned char flip)
{
	const __m512i letters = bytes_load(p);
	return flip ? _mm512_xor_si512(letters, _mm512_set1_epi8((char)flip)) : letters;
}

static inline uint64_t equal(
	uint64_t alive, const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	uint64_t same = _mm512_cmpeq_epi8_mask(load_flipped(a, flip), bytes_load(b));
	/* or else compilers mask the comparison: rounds then wait for each other for as long as a comparison takes */
	__asm__("" : "+r"(same));
	return alive & same;
}

static inline uint64_t mirrored(const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	return _mm512_cmpeq_epi8_mask(load_flipped(a, flip), bytes_backwards(b));
}

/* The sums of the lanes of a and of b. */
static inline void add_lanes(__m512i a, __m512i b, uint64_t *sum_a, uint64_t *sum_b)
{
	const __m512i both = _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
	const __m256i half =
		_mm256_add_epi64(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
	const __m128i sum = _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
	*sum_a = (uint64_t)_mm_cvtsi128_si64(sum);
	*sum_b = (uint64_t)_mm_extract_epi64(sum, 1);
}

/* Of eight neighbours the sum of pairs times 2^i has 16 bits: they are added thrice, then moved to their place. */
static inline struct substrings_sums sums(const struct substrings_known *k, unsigned char *few)
{
	struct substrings_sums s;
	const __m512i pairs = bytes_load(k->pairs);
	s.others = _mm512_cmpge_epu8_mask(pairs, bytes_load(k->most));
	const __m512i some = _mm512_maskz_mov_epi8(~s.others, pairs);
	_mm512_storeu_si512(few, some);
	const __m512i two = _mm512_maddubs_epi16(some, _mm512_set1_epi16(0x0201));
	const __m512i four = _mm512_madd_epi16(two, _mm512_set1_epi32(0x00040001));
	const __m512i eight = _mm512_add_epi64(_mm512_and_si512(four, _mm512_set1_epi64(UINT32_MAX)),
		_mm512_slli_epi64(_mm512_srli_epi64(four, 32), 4));
	add_lanes(_mm512_sad_epu8(some, _mm512_setzero_si512()),
		_mm512_sllv_epi64(eight, _mm512_set_epi64(56, 48, 40, 32, 24, 16, 8, 0)), &s.count,
		&s.weighted);
	return s;
}

SUBSTRINGS_VARIANT(avx512, CPU_AVX512);
#else
const struct variant substrings_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};
#endif
