/* SPDX-License-Identifier: MIT */
/*
 * inverted_vbmi2_avx512.c - inverted repeats with vectors of 64 bytes, for CPUs that shift two
 * words as one (VBMI2): half the instructions of a round.
 */
#include "kernels/substrings/inverted.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

#define INVERTED_VECTOR 64
#define INVERTED_ANY(v) (_mm512_test_epi64_mask((__m512i)(v), (__m512i)(v)) != 0)
#define INVERTED_TARGET __attribute__((target("avx512vbmi2")))
#define INVERTED_SHIFT(a, b, n) ((inverted_lanes)shift_pair((__m512i)(a), (__m512i)(b), n))

/* By a constant, as in searches without a gap, it is an operand of the instruction. */
INVERTED_TARGET __attribute__((always_inline)) static inline __m512i shift_pair(
	__m512i a, __m512i b, uint64_t n)
{
#define SHIFT_BY(n)                                                                                          \
	case n:                                                                                              \
		return _mm512_shrdi_epi64(a, b, n);
	if (__builtin_constant_p(n))
		switch (n) {
			SHIFT_BY(1)
			SHIFT_BY(2)
			SHIFT_BY(3)
			SHIFT_BY(4)
			SHIFT_BY(5)
			SHIFT_BY(6)
			SHIFT_BY(59)
			SHIFT_BY(60)
			SHIFT_BY(61)
			SHIFT_BY(62)
			SHIFT_BY(63)
		default:
			break;
		}
#undef SHIFT_BY
	return _mm512_shrdv_epi64(a, b, _mm512_set1_epi64((long long)n));
}

#include "kernels/substrings/inverted_planes.h"

void inverted_vbmi2_chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	chunk(input, s, scratch, out);
}

void inverted_vbmi2_emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	emit(input, s, scratch, sink, ctx);
}
#endif
