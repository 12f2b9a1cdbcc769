/* SPDX-License-Identifier: MIT */
/*
 * substrings_scalar.c - the search from centres with eight bytes at a time in a 64-bit register, on
 * any machine.
 */
#include "kernels/load.h"
#include "kernels/substrings/substrings_centres.h"

static const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);

/* Bit i of the low eight: byte i is zero. */
static inline uint64_t zeros(uint64_t differ)
{
	const uint64_t tops = ~(((differ & ~high) + ~high) | differ) & high;
	return (tops >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline uint64_t equal(
	uint64_t alive, const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < 64; i += 8)
		mask |= zeros(load_8(a + i) ^ flip * ones ^ load_8(b + i)) << i;
	return mask & alive;
}

/* Most centres end in the first eight. */
static inline uint64_t mirrored(const unsigned char *a, const unsigned char *b, unsigned char flip)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < 64; i += 8) {
		const uint64_t differ = load_8(a + i) ^ flip * ones ^ __builtin_bswap64(load_8(b - 8 - i));
		mask |= zeros(differ) << i;
		if (differ)
			break;
	}
	return mask;
}

static inline struct substrings_sums sums(const struct substrings_known *k, unsigned char *few)
{
	return substrings_sums_by_eight(k, few, equal);
}

SUBSTRINGS_VARIANT(scalar, 0);
