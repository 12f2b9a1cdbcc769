/* SPDX-License-Identifier: MIT */
/* substrings_neon.c - 64 bytes as four vectors of 16. */
#include "kernels/cpu.h"
#include "kernels/substrings/substrings.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include "kernels/mask_neon.h"

/* Bits are counted in vector registers: both masks go there and back together. */
static inline uint64_t ones(uint64_t a, uint64_t b)
{
	return vaddvq_u8(vcntq_u8(vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(a), vcreate_u64(b)))));
}
#define SUBSTRINGS_ONES(a, b) ones(a, b)
#include "kernels/substrings/substrings_centres.h"

static inline uint8x16_t load_flipped(const unsigned char *p, unsigned char flip)
{
	return flip ? veorq_u8(vld1q_u8(p), vdupq_n_u8(flip)) : vld1q_u8(p);
}

static inline uint64_t equal(
	uint64_t alive, const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	uint8x16_t same[4];
	for (unsigned i = 0; i < 4; i++)
		same[i] = vceqq_u8(load_flipped(a + 16 * i, flip), vld1q_u8(b + 16 * i));
	return alive & mask_neon(same[0], same[1], same[2], same[3]);
}

/* The 16 bytes before p, the last of them first. */
static inline uint8x16_t load_backwards(const unsigned char *p)
{
	const uint8x16_t halves = vrev64q_u8(vld1q_u8(p - 16));
	return vextq_u8(halves, halves, 8);
}

static inline uint64_t mirrored(const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	uint8x16_t same[4];
	for (unsigned i = 0; i < 4; i++)
		same[i] = vceqq_u8(load_flipped(a + 16 * i, flip), load_backwards(b - 16 * i));
	return mask_neon(same[0], same[1], same[2], same[3]);
}

static inline struct substrings_sums sums(const struct substrings_known *k, unsigned char *few)
{
	return substrings_sums_by_eight(k, few, equal);
}

SUBSTRINGS_VARIANT(neon, CPU_NEON);
#else
const struct variant substrings_neon = {.name = "neon", .missing = CPU_LACKS_NEON};
#endif
