/* SPDX-License-Identifier: MIT */
/*
 * mask_neon.h - 64 byte comparisons as one 64-bit mask, for the NEON variants.
 *
 * NEON has no instruction that gathers a bit of each lane. Each byte keeps the bit of its place modulo 8, and
 * three rounds of pairwise additions unite eight neighbours in a byte.
 */
#ifndef PARSCALE_KERNELS_MASK_NEON_H
#define PARSCALE_KERNELS_MASK_NEON_H

#include <arm_neon.h>

/* Bit i: byte i of a, b, c, d in a row is 0xFF; all are 0 or 0xFF. */
static inline uint64_t mask_neon(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
	const uint8x16_t bits = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
	const uint8x16_t low = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits));
	const uint8x16_t high = vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits));
	const uint8x16_t pairs = vpaddq_u8(low, high);
	return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)), 0);
}

/* The mask of equal bytes in 64 at a and 64 at b. */
static inline uint64_t mask_neon_equal(const unsigned char *a, const unsigned char *b)
{
	return mask_neon(vceqq_u8(vld1q_u8(a), vld1q_u8(b)), vceqq_u8(vld1q_u8(a + 16), vld1q_u8(b + 16)),
		vceqq_u8(vld1q_u8(a + 32), vld1q_u8(b + 32)), vceqq_u8(vld1q_u8(a + 48), vld1q_u8(b + 48)));
}

#endif
