/* SPDX-License-Identifier: MIT */
/*
 * text_judge_avx512.h - is the word around a letter a palindrome with its middle there? Asked by the searches by
 * middles and by distances, of few letters, whose symbols are stored.
 */
#ifndef PARSCALE_KERNELS_TEXT_TEXT_JUDGE_AVX512_H
#define PARSCALE_KERNELS_TEXT_TEXT_JUDGE_AVX512_H

#include "kernels/load.h"
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

/* Is a below b? Both are below 2^63. */
static inline uint64_t is_below(uint64_t a, uint64_t b)
{
	return (a - b) >> 63;
}

/* From how many bits on before the end of the first gap words count, with a letter or a gap in the middle: of eight bytes
 * as a number, the byte at the middle first. A word of eight bytes on either side has 16 letters at most. */
struct judge_least {
	uint64_t odd, even;
};

static inline struct judge_least judge_least(uint64_t min_length)
{
	const uint64_t letters = min_length < TEXT_BLOCK ? min_length : TEXT_BLOCK;
	return (struct judge_least){8 * (letters / 2 + 1), 8 * ((letters + 1) / 2)};
}

/* What judge() finds, by eight bytes on either side, in general registers. */
VBMI2 static inline struct judged judge_eight(
	struct judge_least least, const struct symbols_stored *stored, unsigned middle)
{
	const unsigned char *q = stored->at + middle;
	const uint64_t left = __builtin_bswap64(load_8(q - 7)), gaps = ~left & UINT64_C(0x8080808080808080);
	/* bits before the end of the first gap, and before the first difference, which lies behind if all is equal */
	const uint64_t end = _tzcnt_u64(gaps), odd = _tzcnt_u64(left ^ load_8(q)),
		       even = _tzcnt_u64(left ^ load_8(q + 1));
	return (struct judged){.start = middle - (unsigned)(end / 8) + 1,
		.good = (is_below(end, odd) & is_below(least.odd, end)) |
			(is_below(end, even) & is_below(least.even, end)),
		.longer = end & (odd | even) & 64}; /* no gap and, one way, no difference */
}

/* Judges the places in `list`. Where nobody lists what is found it is added up at once: few are palindromes, and which
 * is hard to foresee for branches. */
VBMI2 static inline void judge_places(const struct text_input *in, const struct symbols_stored *stored,
	const uint16_t *list, unsigned count, struct text_tile *tile)
{
	const uint64_t least = in->min_length;
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
	const struct judge_least bits_least = judge_least(least);
	uint64_t found = 0;
	uint64_t bits = 0, weights = 0; /* sums of their masks, and of these times their blocks' indices */
	for (unsigned k = 0; k < count; k++) {
		struct judged j = judge_eight(bits_least, stored, list[k]);
		if (__builtin_expect(j.longer, 0)) {
			j = judge(least, stored, list[k], tile);
			if (j.longer) {
				judge_long(in, stored, list[k], tile);
				continue;
			}
		}
		const uint64_t bit = (uint64_t)j.good << j.start % TEXT_BLOCK;
		found += j.good;
		bits += bit;
		weights += bit * (j.start / TEXT_BLOCK);
	}
	tile->tally->count += found;
	tile->tally->checksum += bits * (2 * tile->first_block + 1) + 2 * weights;
}

#endif
