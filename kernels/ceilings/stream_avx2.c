/* SPDX-License-Identifier: MIT */
/* stream_avx2.c - `copy` and `triad` with 256-bit vectors (stream_vector.h). */
#include "kernels/ceilings/stream.h"

#include "kernels/cpu.h"

#ifdef __AVX2__

#include <immintrin.h>

#define STREAM_VECTOR __m256d
#define STREAM_LANES 4
#define STREAM_KEEP(v) "+x"(v)
#define STREAM_FENCE() _mm_sfence()

static inline __m256d stream_load(const double *p)
{
	return _mm256_loadu_pd(p);
}

static inline void stream_store(double *p, __m256d v)
{
	_mm256_storeu_pd(p, v);
}

static inline void stream_past(double *p, __m256d v)
{
	_mm256_stream_pd(p, v);
}

static inline __m256d stream_triple(__m256d b, __m256d c)
{
	return _mm256_add_pd(b, _mm256_mul_pd(_mm256_set1_pd(3), c));
}

#include "kernels/ceilings/stream_vector.h"

STREAM_VARIANTS(avx2, CPU_AVX2);

#else

STREAM_VARIANTS_MISSING(avx2, CPU_LACKS_AVX);

#endif
