/* SPDX-License-Identifier: MIT */
/*
 * primality_avx2.c - trial division with 256-bit vectors: the 16 odd numbers of a unit against one
 * divisor at a time, until none of them is left.
 */
#include "kernels/primality/primality.h"

#include "kernels/cpu.h"

#if defined(__AVX2__)
#include <immintrin.h>

/* All bits of the lanes that the divisor divides. */
static inline __m256i divided(__m256i n, const struct primality_divisor *d)
{
	const __m256i limit = _mm256_set1_epi32((int)d->limit);
	const __m256i quotient = _mm256_mullo_epi32(n, _mm256_set1_epi32((int)d->inverse));
	return _mm256_cmpeq_epi32(_mm256_min_epu32(quotient, limit), quotient);
}

static inline uint32_t lanes(__m256i x)
{
	return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(x));
}

static inline uint32_t match(const struct primality_input *in, uint32_t first)
{
	const uint32_t count = primality_divisors(in, first + PRIMALITY_UNIT - 1);
	const __m256i odd = _mm256_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15);
	const __m256i low = _mm256_add_epi32(_mm256_set1_epi32((int)first), odd);
	const __m256i high = _mm256_add_epi32(low, _mm256_set1_epi32(16));
	__m256i low_out = _mm256_setzero_si256(), high_out = low_out;
	/* up to three divisors beyond the root: they divide no number that nothing below has divided */
	for (uint32_t i = 0; i < count; i += 4) {
		for (uint32_t j = i; j < i + 4; j++) {
			low_out = _mm256_or_si256(low_out, divided(low, &in->divisor[j]));
			high_out = _mm256_or_si256(high_out, divided(high, &in->divisor[j]));
		}
		if (lanes(_mm256_and_si256(low_out, high_out)) == 0xFF)
			return 0;
	}
	return ~(lanes(low_out) | lanes(high_out) << 8) & 0xFFFF;
}

PRIMALITY_VARIANT(avx2, CPU_AVX2, match);

#else

const struct variant primality_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};

#endif
