/* SPDX-License-Identifier: MIT */
/* read_avx2.c - `read` with 256-bit loads (read_vector.h). */
#include "kernels/ceilings/read.h"

#include "kernels/cpu.h"

#ifdef __AVX2__

#include <immintrin.h>

#define READ_VECTOR __m256i
#define READ_BYTES 32

static inline __m256i read_load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline __m256i read_add(__m256i a, __m256i b)
{
	return _mm256_add_epi64(a, b);
}

static inline __m256i read_zero(void)
{
	return _mm256_setzero_si256();
}

static inline uint64_t read_sum(__m256i v)
{
	return (uint64_t)_mm256_extract_epi64(v, 0) + (uint64_t)_mm256_extract_epi64(v, 1) +
	       (uint64_t)_mm256_extract_epi64(v, 2) + (uint64_t)_mm256_extract_epi64(v, 3);
}

#include "kernels/ceilings/read_vector.h"

READ_VARIANT(avx2, "avx2", CPU_AVX2, read_plain);
READ_VARIANT(avx2_pages, "avx2-pages", CPU_AVX2, read_pages);

#else

READ_VARIANT_MISSING(avx2, "avx2", CPU_AVX2, CPU_LACKS_AVX);
READ_VARIANT_MISSING(avx2_pages, "avx2-pages", CPU_AVX2, CPU_LACKS_AVX);

#endif
