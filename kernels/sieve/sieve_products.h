/* SPDX-License-Identifier: MIT */
/*
 * sieve_products.h - numbers below the cube of the first prime q0 that is not pre-sieved.
 *
 * A composite below q0^3 that no pre-sieved prime divides has exactly two prime factors p <= q. So
 * it is enough to cross out p * q for all primes q >= p: each composite once, where multiples of p
 * would hit composites repeatedly (Gries and Misra, CACM 21, 1978). With p = 30 u + a and q = 30 j
 * + c the product is in bit p j + u c + (a c - first) / 30 of its line modulo 30, so a row of 16
 * factors q is one multiplication, one permutation and one addition. All eight lines lie side by
 * side in L1.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_PRODUCTS_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_PRODUCTS_H

#include "kernels/sieve/sieve_hit.h"
#include "kernels/sieve/sieve_presieve.h"
#include "kernels/sieve/sieve_simd.h"

#include <string.h>

/* How many of the factors are below n. */
INLINE uint32_t factors_below(const struct sieve_factors *f, uint32_t n)
{
	struct sieve_rank r = f->rank[n / 30];
	return r.before + (uint32_t)__builtin_popcount(r.classes & sieve_below_30[n % 30]);
}

/* Of prime i: its place in a line, of which multiply() adds p * j. */
INLINE void make_places(const struct sieve_input *in, uint32_t i, uint32_t before, uint32_t *restrict place)
{
	const uint32_t factor = in->factors->factor[i], *of_class = in->place[factor & 7];
	for (uint32_t c = 0; c < 8; c++)
		place[c] = (factor >> 3) * sieve_class_30[c] + of_class[c] - before;
}

/* number / p for all p, rounded down: exact, as a quotient is either whole or further from the next whole number
 * than doubles are off. A loop that compilers turn into vectors. */
INLINE void divide_by_primes(const struct sieve_input *in, uint32_t number, uint32_t *restrict quotient)
{
	const uint32_t *restrict prime = in->factors->prime;
	for (uint32_t i = 0; i < in->multiplied; i++)
		quotient[i] = (uint32_t)((double)number / (double)prime[i]);
}

/* The first factors in a block that does not follow the one before. */
static void find_factors(const struct sieve_input *in, struct sieve_scratch *w, uint32_t base)
{
	divide_by_primes(in, base - 1, w->quotient);
	for (uint32_t i = 0; i < in->multiplied; i++)
		w->factor[i] = factors_below(in->factors, w->quotient[i] + 1);
}

/* With p = 30 * u + a and q = 30 * j + c, p * q is in bit p * j + u * c + (a * c - first) / 30, rounded down,
 * of its line, which depends on a and c alone: in->place has both but for p * j + u * c. The places of a prime
 * are made while the one before is multiplied: a vector that is read from words just stored is late. */
static void multiply_primes(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block)
{
	const struct sieve_factors *f = in->factors;
	uint64_t end = sieve_base(in, block) + (uint64_t)in->line_bits * in->modulus - 1;
	uint32_t base = (uint32_t)sieve_base(in, block), last = (uint32_t)(end < in->last ? end : in->last);
	uint32_t before = (uint32_t)block * in->line_bits, used = 0, place[2][8];
	if (w->factors_of != block + 1 && f->prime[0] * f->prime[0] < base)
		find_factors(in, w, base);
	w->factors_of = block + 2;
	divide_by_primes(in, last, w->quotient);
	make_places(in, 0, before, place[0]);
	for (uint32_t i = 0; i < in->multiplied && f->prime[i] * f->prime[i] <= last; i++) {
		uint32_t p = f->prime[i], from = p * p >= base ? i : w->factor[i];
		uint32_t to = w->factor[i] = factors_below(f, w->quotient[i] + 1);
		make_places(in, i + 1, before, place[(i + 1) % 2]);
		if (from < to)
			multiply(p, f->factor + from, to - from, place[i % 2], w->batch + used);
		used += to - from;
		if (used >= SIEVE_BATCH) {
			uint32_t rest = used % HITS_AT_ONCE;
			cross_list_of_hits(in, w->lines, w->batch, used - rest);
			memcpy(w->batch, w->batch + (used - rest), HITS_AT_ONCE * sizeof *w->batch);
			used = rest;
		}
	}
	cross_list_of_hits(in, w->lines, w->batch, used);
}

/* Sieves all lines of a block. */
static void sieve_products(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block)
{
	for (uint32_t c = 0; c < in->classes; c++)
		presieve(in, w, in->offset[c], 0, w->lines + c * w->stride);
	multiply_primes(in, w, block);
}

#endif
