/* SPDX-License-Identifier: MIT */
/*
 * substrings_avx2.c - the search from centres (substrings_centres.h) with 64 bytes as two vectors
 * of 32.
 */
#include "kernels/substrings/substrings_centres.h"

#include "kernels/cpu.h"

#if defined(__AVX2__)
#include <immintrin.h>

static inline __m256i load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline __m256i load_flipped(const unsigned char *p, unsigned char flip)
{
	return flip ? _mm256_xor_si256(load(p), _mm256_set1_epi8((char)flip)) : load(p);
}

static inline uint64_t join(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline uint64_t equal(
	uint64_t alive, const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	return alive & join(_mm256_cmpeq_epi8(load_flipped(a, flip), load(b)),
			       _mm256_cmpeq_epi8(load_flipped(a + 32, flip), load(b + 32)));
}

/* The 32 bytes before p, the last of them first. */
static inline __m256i load_backwards(const unsigned char *p)
{
	const __m256i mirror = _mm256_broadcastsi128_si256(
		_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
	const __m256i lanes = _mm256_shuffle_epi8(load(p - 32), mirror);
	return _mm256_permute2x128_si256(lanes, lanes, 1);
}

static inline uint64_t mirrored(const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	return join(_mm256_cmpeq_epi8(load_flipped(a, flip), load_backwards(b)),
		_mm256_cmpeq_epi8(load_flipped(a + 32, flip), load_backwards(b - 32)));
}

SUBSTRINGS_VARIANT(avx2, CPU_AVX2);
#else
const struct variant substrings_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};
#endif
