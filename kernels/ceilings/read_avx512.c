/* SPDX-License-Identifier: MIT */
/* read_avx512.c - `read` with 512-bit loads (read_vector.h). */
#include "kernels/ceilings/read.h"

#include "kernels/cpu.h"

#ifdef __AVX512F__

#include <immintrin.h>

#define READ_VECTOR __m512i
#define READ_BYTES 64

static inline __m512i read_load(const unsigned char *p)
{
	return _mm512_loadu_si512(p);
}

static inline __m512i read_add(__m512i a, __m512i b)
{
	return _mm512_add_epi64(a, b);
}

static inline __m512i read_zero(void)
{
	return _mm512_setzero_si512();
}

static inline uint64_t read_sum(__m512i v)
{
	/* the intrinsic that adds lanes up does so as signed, which may not overflow */
	uint64_t lanes[8], sum = 0;
	_mm512_storeu_si512(lanes, v);
	for (unsigned i = 0; i < 8; i++)
		sum += lanes[i];
	return sum;
}

#include "kernels/ceilings/read_vector.h"

READ_VARIANT(avx512, "avx512", CPU_AVX512, read_plain);
READ_VARIANT(avx512_pages, "avx512-pages", CPU_AVX512, read_pages);

#else

READ_VARIANT_MISSING(avx512, "avx512", CPU_AVX512, CPU_LACKS_AVX);
READ_VARIANT_MISSING(avx512_pages, "avx512-pages", CPU_AVX512, CPU_LACKS_AVX);

#endif
