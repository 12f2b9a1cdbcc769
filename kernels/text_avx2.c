/* SPDX-License-Identifier: MIT */
/* text_avx2.c - 64 bytes as two vectors of 32. */
#include "text_centres.h"

#include "cpu.h"

#if defined(__AVX2__)
#include <immintrin.h>

static inline __m256i load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline uint64_t join(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

/* Folds 32 bytes; all bits set where there is a letter. */
static inline __m256i fold_half(const unsigned char *from, unsigned char *to)
{
	__m256i lower = _mm256_or_si256(load(from), _mm256_set1_epi8(0x20));
	/* a-z to the lowest 26 signed bytes */
	__m256i rank = _mm256_add_epi8(lower, _mm256_set1_epi8((char)(0x80 - 'a')));
	__m256i letter = _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(-128 + 26)), rank);
	_mm256_storeu_si256((__m256i *)(void *)to, _mm256_and_si256(lower, letter));
	return letter;
}

static inline uint64_t fold(const unsigned char *from, unsigned char *to)
{
	__m256i low = fold_half(from, to);
	return join(low, fold_half(from + 32, to + 32));
}

static inline uint64_t equal(const unsigned char *a, const unsigned char *b)
{
	return join(_mm256_cmpeq_epi8(load(a), load(b)), _mm256_cmpeq_epi8(load(a + 32), load(b + 32)));
}

void text_search_avx2(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	text_search_centres(in, base, tile, fold, equal);
}

TEXT_VARIANT(avx2, CPU_AVX2, text_search_avx2);
#else
const struct variant text_avx2 = {.name = "avx2", .missing = "this build is not for x86-64"};
#endif
