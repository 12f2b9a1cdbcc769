/* SPDX-License-Identifier: MIT */
/*
 * text_judge_avx512.h - is the word around a letter a palindrome with its middle there? Asked by the searches by
 * middles and by distances, of few letters, whose symbols are stored.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_JUDGE_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_JUDGE_AVX512_H

#include "kernels/text/text_symbols_avx512.h"

/* Judges the place `middle`: by 64 bytes on either side. */
VBMI2 __attribute__((noinline)) static void judge_long(const struct text_input *in,
	const struct symbols_stored *stored, unsigned middle, struct text_tile *tile)
{
	const unsigned char *q = stored->at + middle;
	const __m512i left = bytes_backwards(q + 1);
	text_judge(in, tile, middle, _mm512_testn_epi8_mask(left, left),
		_mm512_cmpneq_epi8_mask(left, bytes_load(q)),
		_mm512_cmpneq_epi8_mask(left, bytes_load(q + 1)));
}

static inline __m256i judge_half(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* The word around the place `middle`: where it starts, and whether it is a palindrome. Asks 32 bytes on either side,
 * whose masks move twice as fast as 64; if the word is not longer, it fills no block. `middle` need be no letter. */
struct judged {
	unsigned start;
	bool good, longer; /* longer: neither is known */
};

VBMI2 static inline struct judged judge(
	uint64_t least, const struct symbols_stored *stored, unsigned middle, const struct text_tile *tile)
{
	const __m256i down = _mm256_sub_epi8(_mm256_set1_epi8(31), _mm512_castsi512_si256(bytes_numbers()));
	const unsigned char *q = stored->at + middle;
	const __m256i left = _mm256_permutexvar_epi8(down, judge_half(q - 31));
	const uint32_t gaps = _mm256_testn_epi8_mask(left, left),
		       odd = _mm256_cmpneq_epi8_mask(left, judge_half(q)),
		       even = _mm256_cmpneq_epi8_mask(left, judge_half(q + 1));
	const uint32_t heeded = gaps ^ (gaps - 1); /* to the first gap */
	const unsigned half = _tzcnt_u32(gaps), before = middle - half;
	bool good = (!(odd & heeded) & (2 * half > least)) | (!(even & heeded) & (2 * half >= least));
	if (tile->has_foreign) /* one may precede it, where searches see none */
		good &= !(tile->letters[before / TEXT_BLOCK] >> before % TEXT_BLOCK & 1);
	return (struct judged){before + 1, good, !gaps};
}

/* Judges the places in `list`. Where nobody lists what is found it is added up at once: few are palindromes, and which
 * is hard to foresee for branches. */
VBMI2 static inline void judge_places(const struct text_input *in, const struct symbols_stored *stored,
	const uint16_t *list, unsigned count, struct text_tile *tile)
{
	const uint64_t least = in->min_length;
	struct tally sum = {0};
	if (!tile->tally || tile->has_foreign) {
		for (unsigned k = 0; k < count; k++) {
			const struct judged j = judge(least, stored, list[k], tile);
			if (j.longer)
				judge_long(in, stored, list[k], tile);
			else
				text_add_found(
					tile, j.start / TEXT_BLOCK, (uint64_t)j.good << j.start % TEXT_BLOCK);
		}
		return;
	}
	for (unsigned k = 0; k < count; k++) {
		const struct judged j = judge(least, stored, list[k], tile);
		if (__builtin_expect(j.longer, 0)) {
			judge_long(in, stored, list[k], tile);
			continue;
		}
		sum.count += j.good;
		sum.checksum += ((uint64_t)j.good << j.start % TEXT_BLOCK) *
				(2 * (tile->first_block + j.start / TEXT_BLOCK) + 1);
	}
	tile->tally->count += sum.count;
	tile->tally->checksum += sum.checksum;
}

#endif
