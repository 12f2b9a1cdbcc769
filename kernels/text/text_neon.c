/* SPDX-License-Identifier: MIT */
/* text_neon.c - 64 bytes as four vectors of 16. */
#include "kernels/text/text_centres.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include "kernels/mask_neon.h"

#define TEXT_VECTOR 16
#define TEXT_IS_ALL(v) (vminvq_u32(vreinterpretq_u32_u8((uint8x16_t)(v))) == UINT32_MAX)
#define TEXT_IS_ANY(v) (vmaxvq_u32(vreinterpretq_u32_u8((uint8x16_t)(v))) != 0)
#include "kernels/text/text_vector.h"

/* As `suspect` of text_vector.h, in nine operations instead of twelve: a place keeps the letter before it where
 * its odd pairs match, else itself where its even pairs do. Choosing one of the two loses nothing: where odd
 * pairs match around a 0, even ones match in a 0 only. */
static inline bool suspect_neon(const unsigned char *p)
{
	uint8x16_t any = vdupq_n_u8(0);
	for (unsigned i = 0; i < TEXT_BLOCK; i += TEXT_VECTOR, p += TEXT_VECTOR) {
		const uint8x16_t before = vld1q_u8(p - 1), here = vld1q_u8(p), after = vld1q_u8(p + 1);
		const uint8x16_t after_2 = vld1q_u8(p + 2);
		const uint8x16_t odd = vandq_u8(vceqq_u8(before, after), vceqq_u8(vld1q_u8(p - 2), after_2));
		const uint8x16_t even = vandq_u8(vceqq_u8(here, after), vceqq_u8(before, after_2));
		any = vorrq_u8(any, vbslq_u8(odd, before, vandq_u8(even, here)));
	}
	return TEXT_IS_ANY(any);
}

/* By tables: a byte is part of a word where the row of its low four bits has the bit of its high four. Of
 * bytes above 127 no row has a bit. */
static inline bool fold(const struct text_rules *r, const unsigned char *from, unsigned char *to)
{
	const uint8x16_t rows = vld1q_u8(r->row);
	const uint8x16_t bits = vcombine_u8(vcreate_u8(UINT64_C(0x8040201008040201)), vcreate_u8(0));
	const uint8x16_t capital_mark = vdupq_n_u8(r->fold ? 0xA0 : 0x80);
	uint8x16_t all = vdupq_n_u8(0xFF);
	for (unsigned i = 0; i < TEXT_BLOCK; i += TEXT_VECTOR) {
		const uint8x16_t x = vld1q_u8(from + i);
		const uint8x16_t bit = vqtbl1q_u8(bits, vshrq_n_u8(x, 4));
		const uint8x16_t row = vqtbl1q_u8(rows, vandq_u8(x, vdupq_n_u8(0x0F)));
		const uint8x16_t letter = vtstq_u8(row, bit);
		const uint8x16_t capital = vcltq_u8(vsubq_u8(x, vdupq_n_u8('A')), vdupq_n_u8(26));
		const uint8x16_t mark = vbslq_u8(capital, capital_mark, vdupq_n_u8(0x80));
		vst1q_u8(to + i, vandq_u8(letter, vorrq_u8(x, mark)));
		all = vandq_u8(all, letter);
	}
	return TEXT_IS_ALL(all);
}

TEXT_SEARCH_CENTRES(search, fold_plain, fold, suspect_neon, mask_neon_equal, text_reverse);

TEXT_VARIANT(neon, CPU_NEON, search);
#else
const struct variant text_neon = {.name = "neon", .missing = CPU_LACKS_NEON};
#endif
