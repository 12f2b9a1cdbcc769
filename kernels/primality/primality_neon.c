/* SPDX-License-Identifier: MIT */
/* primality_neon.c - the 16 odd numbers of a unit in four vectors against one divisor at a time, until none is
 * left. */
#include "kernels/primality/primality.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include <arm_neon.h>

static inline uint32_t match(const struct primality_input *in, uint32_t first)
{
	static const uint32_t odd[] = {1, 3, 5, 7}, bits[] = {1, 2, 4, 8};
	const uint32_t count = primality_divisors(in, first + PRIMALITY_UNIT - 1);
	uint32x4_t n[4], out[4];
	for (unsigned k = 0; k < 4; k++) {
		n[k] = vaddq_u32(vdupq_n_u32(first + 8 * k), vld1q_u32(odd));
		out[k] = vdupq_n_u32(0);
	}
	/* up to three divisors beyond the root: they divide no number that nothing below has divided */
	for (uint32_t i = 0; i < count; i += 4) {
		for (uint32_t j = i; j < i + 4; j++) {
			const uint32x4_t inverse = vdupq_n_u32(in->divisor[j].inverse);
			const uint32x4_t limit = vdupq_n_u32(in->divisor[j].limit);
			for (unsigned k = 0; k < 4; k++)
				out[k] = vorrq_u32(out[k], vcleq_u32(vmulq_u32(n[k], inverse), limit));
		}
		if (vminvq_u32(vandq_u32(vandq_u32(out[0], out[1]), vandq_u32(out[2], out[3]))))
			return 0;
	}
	uint32_t mask = 0;
	for (unsigned k = 0; k < 4; k++)
		mask |= vaddvq_u32(vbicq_u32(vld1q_u32(bits), out[k])) << 4 * k;
	return mask;
}

PRIMALITY_VARIANT(neon, CPU_NEON, match);

#else

const struct variant primality_neon = {.name = "neon", .missing = "this build is not for AArch64"};

#endif
