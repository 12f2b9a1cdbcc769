/* SPDX-License-Identifier: MIT */
/*
 * sieve_presieve.h - pre-sieved primes: ORs the tables of their patterns (sieve_tables.c) into a
 * segment.
 *
 * Every p-th bit is a pattern with a period of p bits, and so of p bytes. The patterns of several
 * primes together have the period of their product: a table of that many bytes holds what all of
 * them cross out, from any byte on. In a line it begins at a byte that is computed like a start,
 * modulo the product, with 8 M in place of M. About 30 tables up to 8 KiB replace all crossing out
 * by primes to 211, at one load and OR per table and vector.
 *
 * Where loads that cross a cache line are dear, the larger primes have no tables. In a vector of short lanes
 * each lane has one hit of p at most: a one, shifted by the distance x to the next multiple, which is nothing
 * if x is beyond the lane. Instead of x, modulo p, the lanes keep the fraction x / p, which wraps by itself:
 * an addition takes it to the next vector, and the upper half of its product with p is x. These three
 * instructions are done while a table is loaded.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_PRESIEVE_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_PRESIEVE_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_simd.h"

/* What n shifted primes begin a segment with, which is `before` bits into the line at `offset`. */
INLINE void find_fractions(const struct sieve_tables *t, const struct sieve_scratch *w, uint32_t n,
	uint32_t offset, uint32_t before, uint32_t *restrict fraction)
{
	for (uint32_t i = 0; i < n; i++)
		fraction[i] = (uint32_t)((w->fraction[i] + offset * t->shifted_step[i] -
						 before * t->shifted_bit[i]) >>
					 32);
}

/* And a tile: the upper halves of these, twice. */
INLINE void double_fractions(uint32_t n, const uint32_t *restrict fraction, uint32_t *restrict doubled)
{
	for (uint32_t i = 0; i < n; i++)
		doubled[i] = fraction[i] >> 16 | (fraction[i] & ~(uint32_t)UINT16_MAX);
}

/* The same of the next tile. */
INLINE void advance_fractions(
	const struct sieve_tables *t, uint32_t n, uint32_t *restrict fraction, uint32_t *restrict doubled)
{
	for (uint32_t i = 0; i < n; i++)
		fraction[i] += t->shifted_tile[i];
	double_fractions(n, fraction, doubled);
}

/* Phases of the next tile. */
INLINE void advance(const struct sieve_tables *t, uint32_t *restrict fraction, const uint32_t *restrict phase,
	uint32_t *restrict next)
{
	const uint32_t count = t->count;
	const uint32_t *restrict period = t->period, *restrict stride = t->stride;
	for (uint32_t g = 0; g < count; g++) {
		uint32_t further = phase[g] + stride[g], wrapped = further - period[g];
		next[g] = further < wrapped ? further : wrapped;
	}
	advance_fractions(t, t->shifted, fraction, next + SIEVE_GROUPS);
}

/* Writes what the tables cross out in the segment `before` bits into the line at `offset`, a
 * tile at a time. Inlined, gcc 12 keeps the sums of the scalar variant in memory: 1.26 times the time at 10^9. */
static __attribute__((noinline)) void presieve(const struct sieve_input *in, const struct sieve_scratch *w,
	uint32_t offset, uint32_t before, unsigned char *to)
{
	const struct sieve_tables *t = in->tables;
	uint32_t some[SIEVE_GROUPS + SIEVE_SHIFTED], others[SIEVE_GROUPS + SIEVE_SHIFTED], *at = some,
											   *next = others;
	uint32_t fraction[SIEVE_SHIFTED];
	uint32_t bytes = in->segment_bits / 8, done = 0;
	/* below 2^28, so that half a unit keeps the quotient from falling short */
	for (uint32_t g = 0; g < t->count; g++) {
		int32_t shift = (int32_t)(w->phase[g] + offset * t->step[g] + before / 8);
		at[g] = (uint32_t)shift - (uint32_t)(int32_t)((shift + 0.5) * t->inverse[g]) * t->period[g];
	}
	find_fractions(t, w, t->shifted, offset, before, fraction);
	double_fractions(t->shifted, fraction, at + SIEVE_GROUPS);
	/* The phases of the next tile are made before this one is united: read again at once, what vectors
	 * have just stored is late. */
	for (; done + SIEVE_TILE <= bytes; done += SIEVE_TILE) {
		advance(t, fraction, at, next);
		unite_tables(t, at, to + done);
		uint32_t *united = at;
		at = next;
		next = united;
	}
	unite_tail(t, at, to + done, bytes - done);
}

#endif
