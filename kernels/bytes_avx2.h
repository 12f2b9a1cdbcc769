/* SPDX-License-Identifier: MIT */
/* bytes_avx2.h - 32 bytes in a vector, for the AVX2 variants: in order, backwards; and masks of 64. */
#ifndef PARSCALE_KERNELS_BYTES_AVX2_H
#define PARSCALE_KERNELS_BYTES_AVX2_H

#include <immintrin.h>
#include <stdint.h>

/* The 32 bytes from p on. */
static inline __m256i bytes_load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* The 32 bytes before p, the last of them first. */
static inline __m256i bytes_backwards(const unsigned char *p)
{
	const __m256i mirror = _mm256_broadcastsi128_si256(
		_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
	const __m256i lanes = _mm256_shuffle_epi8(bytes_load(p - 32), mirror);
	return _mm256_permute2x128_si256(lanes, lanes, 1);
}

/* Bit i: the top bit of byte i, of 64. */
static inline uint64_t bytes_mask(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

#endif
