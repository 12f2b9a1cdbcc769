/* SPDX-License-Identifier: MIT */
/*
 * primality_avx512.c - trial division with 512-bit vectors: the 16 odd numbers of a unit in one
 * vector against one divisor at a time, until none of them is left.
 */
#include "kernels/primality/primality.h"

#include "kernels/cpu.h"

#if defined(__AVX512F__)
#include <immintrin.h>

static inline uint32_t match(const struct primality_input *in, uint32_t first)
{
	const uint32_t count = primality_divisors(in, first + PRIMALITY_UNIT - 1);
	const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
	const __m512i n = _mm512_add_epi32(_mm512_set1_epi32((int)first), odd);
	__mmask16 left = 0xFFFF;
	/* up to three divisors beyond the root: they divide no number that nothing below has divided */
	for (uint32_t i = 0; i < count && left; i += 4)
		for (uint32_t j = i; j < i + 4; j++) {
			const struct primality_divisor *d = &in->divisor[j];
			__m512i quotient = _mm512_mullo_epi32(n, _mm512_set1_epi32((int)d->inverse));
			left &= _mm512_cmpgt_epu32_mask(quotient, _mm512_set1_epi32((int)d->limit));
		}
	return left;
}

PRIMALITY_VARIANT(avx512, CPU_AVX512, match);

#else

const struct variant primality_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};

#endif
