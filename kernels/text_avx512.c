/* SPDX-License-Identifier: MIT */
/*
 * text_avx512.c - the search by the ends of words (text_ends_avx512.h), where the CPU can compress bytes
 * (VBMI2). Elsewhere, and in a tile of too many words that look like palindromes, the AVX2 variant's.
 */
#include "text_scan.h"

#include "cpu.h"

#if defined(__AVX512BW__)
#include "text_ends_avx512.h"

/* Where one tile was dense with palindromes, so are the next. */
enum { TILES_BY_CENTRES = 15 };

static void search(const struct text_input *in, uint64_t base, struct text_tile *tile)
{
	const unsigned needed = CPU_VBMI | CPU_VBMI2;
	if (tile->by_centres) {
		tile->by_centres--;
	} else if ((in->features & needed) == needed) {
		const enum text_ends ends = text_search_ends(in, base, tile);
		if (ends == TEXT_ENDS_FOUND)
			return;
		if (ends == TEXT_ENDS_DENSE)
			tile->by_centres = TILES_BY_CENTRES;
	}
	text_search_avx2(in, base, tile);
}

TEXT_VARIANT(avx512, CPU_AVX512, search);
#else
const struct variant text_avx512 = {.name = "avx512", .missing = "this build is not for x86-64"};
#endif
