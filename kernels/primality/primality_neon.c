/* SPDX-License-Identifier: MIT */
/*
 * primality_neon.c - the 16 odd numbers of a unit in four vectors against the first divisors, one at a time;
 * then each number that is left, a prime as a rule, against four divisors a vector.
 *
 * Four lanes are too few to carry the numbers that are out long ago along with one prime to its root.
 */
#include "kernels/primality/primality.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include <arm_neon.h>

/* The divisors that all numbers are tried by: 3 to 33, less than any number from PRIMALITY_SMALL units on. */
enum { FIRST = 16, AT_ONCE = 16 };
_Static_assert(
	(int)AT_ONCE <= (int)PRIMALITY_PADDING, "what is read behind the last divisor divides nothing");

/* All bits of the lanes that are divided. */
static inline uint32x4_t divided(uint32x4_t n, uint32x4_t inverse, uint32x4_t limit)
{
	return vcleq_u32(vmulq_u32(n, inverse), limit);
}

/* The numbers of a unit that none of the first divisors divides, as bits. */
static inline uint32_t undivided(const struct primality_input *in, uint32_t first)
{
	static const uint32_t odd[] = {1, 3, 5, 7}, bits[] = {1, 2, 4, 8};
	uint32x4_t n[4], out[4];
	uint32_t mask = 0;
	for (unsigned k = 0; k < 4; k++) {
		n[k] = vaddq_u32(vdupq_n_u32(first + 8 * k), vld1q_u32(odd));
		out[k] = vdupq_n_u32(0);
	}
	for (uint32_t i = 0; i < FIRST; i++) {
		const uint32x4_t inverse = vdupq_n_u32(in->divisor[i].inverse);
		const uint32x4_t limit = vdupq_n_u32(in->divisor[i].limit);
		for (unsigned k = 0; k < 4; k++)
			out[k] = vorrq_u32(out[k], divided(n[k], inverse, limit));
	}
	for (unsigned k = 0; k < 4; k++)
		mask |= vaddvq_u32(vbicq_u32(vld1q_u32(bits), out[k])) << 4 * k;
	return mask;
}

/* Up to 15 divisors beyond the root: they divide no number that nothing below has divided. */
static inline bool is_prime(const struct primality_input *in, uint32_t n)
{
	const uint32_t count = primality_divisors(in, n);
	const uint32x4_t lanes = vdupq_n_u32(n);
	for (uint32_t i = FIRST; i < count; i += AT_ONCE) {
		uint32x4_t out = vdupq_n_u32(0);
		for (uint32_t j = i; j < i + AT_ONCE; j += 4) {
			const uint32x4x2_t four = vld2q_u32(&in->divisor[j].inverse);
			out = vorrq_u32(out, divided(lanes, four.val[0], four.val[1]));
		}
		if (vmaxvq_u32(out))
			return false;
	}
	return true;
}

static inline uint32_t match(const struct primality_input *in, uint32_t first)
{
	uint32_t primes = undivided(in, first);
	for (uint32_t left = primes; left; left &= left - 1) {
		const unsigned i = (unsigned)__builtin_ctz(left);
		if (!is_prime(in, first + 2 * i + 1))
			primes &= ~(1u << i);
	}
	return primes;
}

PRIMALITY_VARIANT(neon, CPU_NEON, match);

#else

const struct variant primality_neon = {.name = "neon", .missing = CPU_LACKS_NEON};

#endif
