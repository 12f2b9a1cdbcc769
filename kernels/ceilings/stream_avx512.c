/* SPDX-License-Identifier: MIT */
/* stream_avx512.c - `copy` and `triad` with 512-bit vectors (stream_vector.h). */
#include "kernels/ceilings/stream.h"

#include "kernels/cpu.h"

#ifdef __AVX512F__

#include <immintrin.h>

#define STREAM_VECTOR __m512d
#define STREAM_LANES 8
#define STREAM_KEEP(v) "+v"(v)
#define STREAM_FENCE() _mm_sfence()

static inline __m512d stream_load(const double *p)
{
	return _mm512_loadu_pd(p);
}

static inline void stream_store(double *p, __m512d v)
{
	_mm512_storeu_pd(p, v);
}

static inline void stream_past(double *p, __m512d v)
{
	_mm512_stream_pd(p, v);
}

static inline __m512d stream_triple(__m512d b, __m512d c)
{
	return _mm512_add_pd(b, _mm512_mul_pd(_mm512_set1_pd(3), c));
}

#include "kernels/ceilings/stream_vector.h"

STREAM_VARIANTS(avx512, CPU_AVX512);

#else

STREAM_VARIANTS_MISSING(avx512, CPU_LACKS_AVX);

#endif
