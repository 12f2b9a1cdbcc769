/* SPDX-License-Identifier: MIT */
/*
 * sieve_small.h - small primes, with many hits in a segment: eight hits at a time with constant
 * masks.
 *
 * Eight hits of p span 8 p bits, which is p bytes. If the first of them is bit 0 of a byte, hit j
 * is bit j p mod 8 of byte j p / 8: the masks depend on p mod 8 alone, which has four values for
 * odd p. So primes are sorted into four lists, each with an unrolled loop, and each start is moved
 * back by up to seven hits to a whole byte, which is legal since those are multiples as well.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_SMALL_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_SMALL_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_simd.h"

#include <stddef.h>

/* Crosses out from bit x, a multiple of 8, in turns of eight hits, which are p bytes: the masks depend on p %
 * 8 alone. */
INLINE void cross_turns(unsigned char *at, uint32_t p, uint32_t turns, const uint32_t p_mod_8)
{
	size_t eighth = p / 8;
	for (; turns; turns--, at += p) {
		UNROLL
		for (uint32_t j = 0; j < 8; j++)
			at[j * eighth + j * p_mod_8 / 8] |= (unsigned char)(1u << j * p_mod_8 % 8);
	}
}

/* Where the turns of a prime begin that hits bit x: moved back to a multiple of 8, at most 7 hits. */
INLINE unsigned char *first_turn(unsigned char *segment, uint32_t p, uint32_t x, const uint32_t p_mod_8)
{
	ptrdiff_t from = (ptrdiff_t)x - (ptrdiff_t)(x * p_mod_8 % 8) * (ptrdiff_t)p; /* 1/p = p modulo 8 */
	return segment + from / 8;
}

/* How many there are: the last runs over the end. */
INLINE uint32_t count_turns(uint32_t bits, uint32_t p)
{
	return bits / p / 8 + 2;
}

/* Primes with many hits. */
INLINE void cross_list(unsigned char *segment, uint32_t bits, const uint32_t *prime, const uint32_t *x,
	uint32_t n, const uint32_t p_mod_8)
{
	for (uint32_t i = 0; i < n; i++)
		cross_turns(first_turn(segment, prime[i], x[i], p_mod_8), prime[i],
			count_turns(bits, prime[i]), p_mod_8);
}

/* Small primes, in the segment `before` bits into the line. */
static __attribute__((noinline)) void cross_small(const struct sieve_input *in, struct sieve_scratch *w,
	uint32_t offset, uint32_t before, unsigned char *segment)
{
	uint32_t i = 0;
	for (uint32_t list = 0; list < 4; list++)
		while (i < in->small_end[list]) {
			uint32_t n =
				in->small_end[list] - i < SIEVE_BATCH ? in->small_end[list] - i : SIEVE_BATCH;
			starts(in, w, i, n, offset, before, w->batch);
			const uint32_t *prime = in->prime + i;
			switch (list) {
			case 0:
				cross_list(segment, in->segment_bits, prime, w->batch, n, 1);
				break;
			case 1:
				cross_list(segment, in->segment_bits, prime, w->batch, n, 3);
				break;
			case 2:
				cross_list(segment, in->segment_bits, prime, w->batch, n, 5);
				break;
			default:
				cross_list(segment, in->segment_bits, prime, w->batch, n, 7);
			}
			i += n;
		}
}

#endif
