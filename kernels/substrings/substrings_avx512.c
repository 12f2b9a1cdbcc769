/* SPDX-License-Identifier: MIT */
/*
 * substrings_avx512.c - the search from centres (substrings_centres.h) with 64 bytes in one vector;
 * a comparison is a mask.
 */
#include "kernels/substrings/substrings_centres.h"

#include "kernels/cpu.h"

#if defined(__AVX512BW__)
#include "kernels/bytes_avx512.h"

static inline __m512i load_flipped(const unsigned char *p, unsigned char flip)
{
	const __m512i letters = bytes_load(p);
	return flip ? _mm512_xor_si512(letters, _mm512_set1_epi8((char)flip)) : letters;
}

static inline uint64_t equal(
	uint64_t alive, const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	uint64_t same = _mm512_cmpeq_epi8_mask(load_flipped(a, flip), bytes_load(b));
	/* or else compilers mask the comparison: rounds then wait for each other for as long as a comparison takes */
	__asm__("" : "+r"(same));
	return alive & same;
}

static inline uint64_t mirrored(const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	return _mm512_cmpeq_epi8_mask(load_flipped(a, flip), bytes_backwards(b));
}

SUBSTRINGS_VARIANT(avx512, CPU_AVX512);
#else
const struct variant substrings_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};
#endif
