/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include "cpu.h"

#ifdef __AVX512F__

#include <immintrin.h>

#define STREAM_VECTOR __m512d
#define STREAM_LANES 8
#define STREAM_KEEP "+v"

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

#include "stream_vector.h"

STREAM_VARIANT(copy, avx512, "avx512", CPU_AVX512, copy_plain);
STREAM_VARIANT(copy, avx512_stream, "avx512-stream", CPU_AVX512, copy_past);
STREAM_VARIANT(triad, avx512, "avx512", CPU_AVX512, triad_plain);
STREAM_VARIANT(triad, avx512_stream, "avx512-stream", CPU_AVX512, triad_past);

#else

STREAM_VARIANT_MISSING(copy, avx512, "avx512");
STREAM_VARIANT_MISSING(copy, avx512_stream, "avx512-stream");
STREAM_VARIANT_MISSING(triad, avx512, "avx512");
STREAM_VARIANT_MISSING(triad, avx512_stream, "avx512-stream");

#endif
