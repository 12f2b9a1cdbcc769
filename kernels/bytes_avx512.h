/* SPDX-License-Identifier: MIT */
/* bytes_avx512.h - 64 bytes in a vector, for the AVX-512 variants: in order, backwards, and the numbers of places. */
#ifndef PARSCALE_KERNELS_BYTES_AVX512_H
#define PARSCALE_KERNELS_BYTES_AVX512_H

#include <immintrin.h>

/* The 64 bytes from p on. */
static inline __m512i bytes_load(const unsigned char *p)
{
	return _mm512_loadu_si512(p);
}

/* The 64 bytes before p, the last of them first. */
static inline __m512i bytes_backwards(const unsigned char *p)
{
	const __m512i mirror = _mm512_set4_epi32(0x00010203, 0x04050607, 0x08090A0B, 0x0C0D0E0F);
	const __m512i lanes = _mm512_shuffle_epi8(bytes_load(p - 64), mirror);
	return _mm512_shuffle_i64x2(lanes, lanes, 0x1B);
}

/* 0, 1, ... 63. */
static inline __m512i bytes_numbers(void)
{
	return _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44,
		43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21,
		20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

#endif
