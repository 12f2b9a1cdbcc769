/* SPDX-License-Identifier: MIT */
/*
 * substrings_avx2.c - the search from centres (substrings_centres.h) with 64 bytes as two vectors
 * of 32.
 */
#include "kernels/substrings/substrings_centres.h"

#include "kernels/cpu.h"

#if defined(__AVX2__)
#include "kernels/bytes_avx2.h"

static inline __m256i load_flipped(const unsigned char *p, unsigned char flip)
{
	return flip ? _mm256_xor_si256(bytes_load(p), _mm256_set1_epi8((char)flip)) : bytes_load(p);
}

static inline uint64_t equal(
	uint64_t alive, const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	return alive & bytes_mask(_mm256_cmpeq_epi8(load_flipped(a, flip), bytes_load(b)),
			       _mm256_cmpeq_epi8(load_flipped(a + 32, flip), bytes_load(b + 32)));
}

static inline uint64_t mirrored(const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	return bytes_mask(_mm256_cmpeq_epi8(load_flipped(a, flip), bytes_backwards(b)),
		_mm256_cmpeq_epi8(load_flipped(a + 32, flip), bytes_backwards(b - 32)));
}

/* Of 32 letters or gaps, bit 31 of `others` first; of eight neighbours the sum of pairs times 2^i has 16 bits: they are
 * added thrice. */
struct half {
	__m256i count, eights;
	uint32_t others;
};

static inline struct half half_sums(const unsigned char *pairs, const unsigned char *most, unsigned char *few)
{
	const __m256i zero = _mm256_setzero_si256(), all = bytes_load(pairs);
	const __m256i others = _mm256_cmpeq_epi8(_mm256_subs_epu8(bytes_load(most), all), zero);
	const __m256i some = _mm256_andnot_si256(others, all);
	_mm256_storeu_si256((__m256i *)(void *)few, some);
	const __m256i two = _mm256_maddubs_epi16(some, _mm256_set1_epi16(0x0201));
	const __m256i four = _mm256_madd_epi16(two, _mm256_set1_epi32(0x00040001));
	return (struct half){_mm256_sad_epu8(some, zero),
		_mm256_add_epi64(_mm256_and_si256(four, _mm256_set1_epi64x(UINT32_MAX)),
			_mm256_slli_epi64(_mm256_srli_epi64(four, 32), 4)),
		(uint32_t)_mm256_movemask_epi8(others)};
}

static inline struct substrings_sums sums(const struct substrings_known *k, unsigned char *few)
{
	const struct half low = half_sums(k->pairs, k->most, few),
			  high = half_sums(k->pairs + 32, k->most + 32, few + 32);
	const __m256i count = _mm256_add_epi64(low.count, high.count);
	const __m256i weighted =
		_mm256_add_epi64(_mm256_sllv_epi64(low.eights, _mm256_set_epi64x(24, 16, 8, 0)),
			_mm256_sllv_epi64(high.eights, _mm256_set_epi64x(56, 48, 40, 32)));
	const __m256i both = _mm256_add_epi64(
		_mm256_unpacklo_epi64(count, weighted), _mm256_unpackhi_epi64(count, weighted));
	const __m128i sum = _mm_add_epi64(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
	return (struct substrings_sums){(uint64_t)_mm_cvtsi128_si64(sum), (uint64_t)_mm_extract_epi64(sum, 1),
		low.others | (uint64_t)high.others << 32};
}

SUBSTRINGS_VARIANT(avx2, CPU_AVX2);
#else
const struct variant substrings_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};
#endif
