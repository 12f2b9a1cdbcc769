/* SPDX-License-Identifier: MIT */
/*
 * palindrome_rvv.c - palindromes with RISC-V vectors of whatever length. Words of 2 to 8 letters are segments: one load
 * puts the first letters of many words into one register, the second ones into the next, and so on, so that registers
 * are compared, a lane a word. Of longer words one end is compared with the other, mirrored.
 */
#include "kernels/palindrome/palindrome.h"

#include "kernels/cpu.h"

#ifdef __riscv_vector

#include <riscv_vector.h>

static inline uint64_t match_1(const unsigned char *words, const struct palindrome_input *in)
{
	(void)words;
	(void)in;
	return ~UINT64_C(0);
}

/* The first n lanes of a mask; those behind are anything. */
#define LANES(bool_type, mask, n)                                                                            \
	(__riscv_vmv_x_s_u64m1_u64(__riscv_vreinterpret_v_##bool_type##_u64m1(mask)) &                       \
		~UINT64_C(0) >> (64 - (n)))

/* Letters i and j of n words. */
#define LETTER(length, m, i) __riscv_vget_v_u8##m##x##length##_u8##m(letters, i)
#define SAME(length, m, bits, i, j)                                                                          \
	__riscv_vmseq_vv_u8##m##_b##bits(LETTER(length, m, i), LETTER(length, m, j), n)
#define BOTH(bits, a, b) __riscv_vmand_mm_b##bits(a, b, n)

/* m: how many registers a letter takes, such that all of a word's are eight at most; bits: 8 by that. */
#define MATCH(length, m, bits, equal)                                                                        \
	static inline uint64_t match_##length(const unsigned char *words, const struct palindrome_input *in) \
	{                                                                                                    \
		uint64_t mask = 0;                                                                           \
		(void)in;                                                                                    \
		for (size_t i = 0, n; i < PALINDROME_GROUP; i += n, words += n * length) {                   \
			n = __riscv_vsetvl_e8##m(PALINDROME_GROUP - i);                                      \
			const vuint8##m##x##length##_t letters =                                             \
				__riscv_vlseg##length##e8_v_u8##m##x##length(words, n);                      \
			mask |= LANES(b##bits, equal, n) << i;                                               \
		}                                                                                            \
		return mask;                                                                                 \
	}

MATCH(2, m4, 2, SAME(2, m4, 2, 0, 1))
MATCH(3, m2, 4, SAME(3, m2, 4, 0, 2))
MATCH(4, m2, 4, BOTH(4, SAME(4, m2, 4, 0, 3), SAME(4, m2, 4, 1, 2)))
MATCH(5, m1, 8, BOTH(8, SAME(5, m1, 8, 0, 4), SAME(5, m1, 8, 1, 3)))
MATCH(6, m1, 8, BOTH(8, SAME(6, m1, 8, 0, 5), BOTH(8, SAME(6, m1, 8, 1, 4), SAME(6, m1, 8, 2, 3))))
MATCH(7, m1, 8, BOTH(8, SAME(7, m1, 8, 0, 6), BOTH(8, SAME(7, m1, 8, 1, 5), SAME(7, m1, 8, 2, 4))))
MATCH(8, m1, 8,
	BOTH(8, BOTH(8, SAME(8, m1, 8, 0, 7), SAME(8, m1, 8, 1, 6)),
		BOTH(8, SAME(8, m1, 8, 2, 5), SAME(8, m1, 8, 3, 4))))

enum { MIRRORED = 256 }; /* as many places as a byte can say */

/* Do the `half` letters before `end` mirror those at `word`? */
static inline bool ends_mirror(const unsigned char *word, const unsigned char *end, size_t half)
{
	for (size_t n; half > 0; half -= n, word += n, end -= n) {
		n = __riscv_vsetvl_e8m1(half < MIRRORED ? half : MIRRORED);
		const vuint8m1_t from_last =
			__riscv_vrsub_vx_u8m1(__riscv_vid_v_u8m1(n), (uint8_t)(n - 1), n);
		const vuint8m1_t mirrored =
			__riscv_vrgather_vv_u8m1(__riscv_vle8_v_u8m1(end - n, n), from_last, n);
		const vbool8_t differ = __riscv_vmsne_vv_u8m1_b8(__riscv_vle8_v_u8m1(word, n), mirrored, n);
		if (__riscv_vfirst_m_b8(differ, n) >= 0)
			return false;
	}
	return true;
}

static inline uint64_t match_long(const unsigned char *words, const struct palindrome_input *in)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < PALINDROME_GROUP; i++, words += in->length)
		mask |= (uint64_t)ends_mirror(words, words + in->length, in->length / 2) << i;
	return mask;
}

static void scan(const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list)
{
	switch (in->length) {
#define CASE(length)                                                                                         \
	case length:                                                                                         \
		palindrome_scan(in, s, out, list, match_##length);                                           \
		break;
		CASE(1)
		CASE(2)
		CASE(3)
		CASE(4)
		CASE(5)
		CASE(6)
		CASE(7)
		CASE(8)
	default:
		palindrome_scan(in, s, out, list, match_long);
	}
}

PALINDROME_VARIANT(rvv, CPU_RVV, palindrome_setup, scan);
#else
const struct variant palindrome_rvv = {.name = "rvv", .missing = CPU_LACKS_RVV};
#endif
