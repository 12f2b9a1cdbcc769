/* SPDX-License-Identifier: MIT */
/*
 * primality_scalar.c - trial division with one number and one odd divisor at a time, by
 * multiplication with its inverse.
 */
#include "kernels/primality/primality.h"

uint32_t primality_match_scalar(const struct primality_input *in, uint32_t first)
{
	uint32_t mask = 0;
	for (unsigned i = 0; i < PRIMALITY_UNIT / 2; i++) {
		const uint32_t n = first + 2 * i + 1, count = primality_divisors(in, n);
		uint32_t d = 0;
		while (d < count && n * in->divisor[d].inverse > in->divisor[d].limit)
			d++;
		mask |= (uint32_t)(d == count && n > 1) << i;
	}
	return mask;
}

PRIMALITY_VARIANT(scalar, 0, primality_match_scalar);
