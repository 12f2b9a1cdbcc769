/* SPDX-License-Identifier: MIT */
/* text_avx512.c - 64 bytes as one vector, masks as the hardware makes them. */
#include "text_scan.h"

#include "cpu.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

static inline uint64_t fold(const unsigned char *from, unsigned char *to)
{
	__m512i lower = _mm512_or_si512(_mm512_loadu_si512(from), _mm512_set1_epi8(0x20));
	__mmask64 letter =
		_mm512_cmplt_epu8_mask(_mm512_sub_epi8(lower, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
	_mm512_storeu_si512(to, _mm512_maskz_mov_epi8(letter, lower));
	return letter;
}

static inline uint64_t equal(const unsigned char *a, const unsigned char *b)
{
	return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(a), _mm512_loadu_si512(b));
}

TEXT_VARIANT(avx512, CPU_AVX512, fold, equal);
#else
const struct variant text_avx512 = {.name = "avx512", .missing = "this build is not for x86-64"};
#endif
