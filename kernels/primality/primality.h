/* SPDX-License-Identifier: MIT */
/*
 * primality.h - which numbers are primes, each tested alone by division by all odd numbers up to
 * its root.
 *
 * It is no fast way to find primes, but unequal work: an even number costs nothing, a composite its
 * least factor, a prime its square root. The unit of work is 32 numbers; a variant is a function
 * that makes a mask of the 16 odd ones among them.
 *
 * Division by a constant is exact division without dividing: for odd d, multiplication by d's
 * inverse modulo 2^32 is a bijection that maps the multiples of d, and only those, onto 0 .. (2^32
 * - 1) / d. So d divides n if and only if n * inverse(d) mod 2^32 <= (2^32 - 1) / d: one
 * multiplication and one comparison (Granlund and Montgomery, PLDI 1994). Inverses are computed
 * once, by Newton's iteration.
 */
#ifndef PARSCALE_KERNELS_PRIMALITY_PRIMALITY_H
#define PARSCALE_KERNELS_PRIMALITY_PRIMALITY_H

#include "kernels/kernel.h"

enum {
	PRIMALITY_UNIT = 32,
	PRIMALITY_SMALL = 32,  /* in units below this one a divisor to the root may be a number of the unit */
	PRIMALITY_PADDING = 16 /* divisors behind the last that divide nothing */
};

/* An odd number from 3, by place. */
struct primality_divisor {
	uint32_t inverse; /* modulo 2^32 */
	uint32_t limit;   /* (2^32 - 1) / divisor */
};

/* Read-only once made. */
struct primality_input {
	uint64_t numbers; /* 0 to numbers - 1 are tried */
	uint32_t count;   /* divisors: 3, 5, ... to the root of the last number */
	struct primality_divisor *divisor;
};

int primality_setup(const struct problem *p, void **input, struct err *e);
void primality_teardown(void *input);
uint64_t primality_units(const void *input);
uint64_t primality_grain(const void *input);
size_t primality_scratch_bytes(const void *input);

/* Bit i is set where first + 2 * i + 1 is a prime; `first` begins a unit. */
typedef uint32_t primality_match_fn(const struct primality_input *in, uint32_t first);

/* For units below PRIMALITY_SMALL, and for machines without vectors. */
uint32_t primality_match_scalar(const struct primality_input *in, uint32_t first);

/* How many divisors are at most the root of n. */
static inline uint32_t primality_divisors(const struct primality_input *in, uint32_t n)
{
	uint32_t root = (uint32_t)__builtin_sqrt((double)n); /* exact: 32 bits have room in a double */
	uint32_t count = root < 3 ? 0 : (root - 1) / 2;
	return count < in->count ? count : in->count;
}

/* The loops of every variant: units s into *out, or their primes to `take` where `out` is NULL. */
__attribute__((always_inline)) static inline void primality_scan(const struct primality_input *in,
	struct span s, struct tally *out, kernel_sink_fn *sink, void *ctx, primality_match_fn *match)
{
	for (uint64_t u = s.lo; u < s.hi; u++) {
		const uint64_t first = u * PRIMALITY_UNIT, left = in->numbers - first;
		const uint32_t odd = left < PRIMALITY_UNIT ? (1u << left / 2) - 1 : 0xFFFF;
		const bool two = u == 0 && left > 2;
		uint32_t primes = odd & (u < PRIMALITY_SMALL ? primality_match_scalar(in, (uint32_t)first)
							     : match(in, (uint32_t)first));
		if (out) {
			out->count += (uint64_t)__builtin_popcount(primes) + two;
			out->checksum += (uint64_t)__builtin_popcount(primes & 0x5555);
			continue;
		}
		uint64_t found[PRIMALITY_UNIT / 2 + 1];
		size_t n = 0;
		if (two)
			found[n++] = 2;
		for (; primes; primes &= primes - 1)
			found[n++] = first + 2 * (uint64_t)__builtin_ctz(primes) + 1;
		if (n && sink(ctx, found, n) != 0)
			return;
	}
}

/* Defines the record primality_<id>. */
#define PRIMALITY_VARIANT(id, cpu_bits, match)                                                               \
	static void chunk(const void *input, struct span s, void *scratch, struct tally *out)                \
	{                                                                                                    \
		(void)scratch;                                                                               \
		primality_scan(input, s, out, NULL, NULL, match);                                            \
	}                                                                                                    \
	static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)   \
	{                                                                                                    \
		(void)scratch;                                                                               \
		primality_scan(input, s, NULL, sink, ctx, match);                                            \
	}                                                                                                    \
	const struct variant primality_##id = {                                                              \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = primality_setup,                                                                    \
		.teardown = primality_teardown,                                                              \
		.units = primality_units,                                                                    \
		.grain = primality_grain,                                                                    \
		.scratch_bytes = primality_scratch_bytes,                                                    \
		.chunk = chunk,                                                                              \
		.emit = emit,                                                                                \
	}

extern const struct variant primality_reference, primality_scalar, primality_avx2, primality_avx512,
	primality_neon;

#endif
