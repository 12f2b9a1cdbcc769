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

SUBSTRINGS_VARIANT(avx2, CPU_AVX2);
#else
const struct variant substrings_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};
#endif
