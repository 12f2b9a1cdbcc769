/* SPDX-License-Identifier: MIT */
/*
 * text_judge_avx512.h - is the word around a letter a palindrome with its middle there? Asked by the searches by
 * middles and by distances, of few letters.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_JUDGE_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_JUDGE_AVX512_H

#include "kernels/text/text_symbols_avx512.h"

/* Judges the letter at place `middle` of the tile whose first place is at p: by 64 bytes on either side. */
VBMI2 __attribute__((noinline)) static void judge_long(const struct text_input *in, struct symbols s,
	const unsigned char *p, unsigned middle, struct text_tile *tile)
{
	const unsigned char *q = p + middle;
	const __m512i left = symbols_of_any(s, bytes_backwards(q + 1)),
		      odd = symbols_of_any(s, bytes_load(q)), even = symbols_of_any(s, bytes_load(q + 1));
	text_judge(in, tile, middle, _mm512_testn_epi8_mask(left, left), _mm512_cmpneq_epi8_mask(left, odd),
		_mm512_cmpneq_epi8_mask(left, even));
}

VBMI2 static inline __m256i symbols_of_half(struct symbols s, __m256i x)
{
	return _mm512_castsi512_si256(symbols_of_any(s, _mm512_castsi256_si512(x)));
}

/* The same by 32 bytes, whose masks move twice as fast, if its word is not longer. */
VBMI2 static inline void judge_middle(const struct text_input *in, struct symbols s, const unsigned char *p,
	unsigned middle, struct text_tile *tile)
{
	const __m256i down = _mm256_sub_epi8(_mm256_set1_epi8(31), _mm512_castsi512_si256(bytes_numbers()));
	const unsigned char *q = p + middle;
	const __m256i left = symbols_of_half(s,
		_mm256_permutexvar_epi8(down, _mm256_loadu_si256((const __m256i *)(const void *)(q - 31))));
	const __m256i odd = symbols_of_half(s, _mm256_loadu_si256((const __m256i *)(const void *)q)),
		      even = symbols_of_half(s, _mm256_loadu_si256((const __m256i *)(const void *)(q + 1)));
	const uint32_t gaps = _mm256_testn_epi8_mask(left, left);
	if (__builtin_expect(!gaps, 0))
		judge_long(in, s, p, middle, tile);
	else
		text_judge(in, tile, middle, gaps, _mm256_cmpneq_epi8_mask(left, odd),
			_mm256_cmpneq_epi8_mask(left, even));
}

#endif
