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
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_PRESIEVE_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_PRESIEVE_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_simd.h"

/* Phases of the next tile. */
INLINE void advance(const struct sieve_tables *t, const uint32_t *restrict phase, uint32_t *restrict next)
{
	const uint32_t count = t->count;
	const uint32_t *restrict period = t->period, *restrict stride = t->stride;
	for (uint32_t g = 0; g < count; g++) {
		uint32_t further = phase[g] + stride[g], wrapped = further - period[g];
		next[g] = further < wrapped ? further : wrapped;
	}
}

/* Writes what the tables cross out in the segment `before` bits into the line at `offset`, a
 * tile at a time. */
static void presieve(const struct sieve_input *in, const struct sieve_scratch *w, uint32_t offset,
	uint32_t before, unsigned char *to)
{
	const struct sieve_tables *t = in->tables;
	uint32_t some[SIEVE_GROUPS], others[SIEVE_GROUPS], *at = some, *next = others;
	uint32_t bytes = in->segment_bits / 8, done = 0;
	/* below 2^28, so that half a unit keeps the quotient from falling short */
	for (uint32_t g = 0; g < t->count; g++) {
		int32_t shift = (int32_t)(w->phase[g] + offset * t->step[g] + before / 8);
		at[g] = (uint32_t)shift - (uint32_t)(int32_t)((shift + 0.5) * t->inverse[g]) * t->period[g];
	}
	/* The phases of the next tile are made before this one is united: read again at once, what vectors
	 * have just stored is late. */
	for (; done + SIEVE_TILE <= bytes; done += SIEVE_TILE) {
		advance(t, at, next);
		unite_tables(t, at, to + done);
		uint32_t *united = at;
		at = next;
		next = united;
	}
	unite_tail(t, at, to + done, bytes - done);
}

#endif
