/* SPDX-License-Identifier: MIT */
/* sieve_cases.h - for the tests of the sieve: its problems. */
#ifndef PARSCALE_TESTS_KERNELS_SIEVE_SIEVE_CASES_H
#define PARSCALE_TESTS_KERNELS_SIEVE_SIEVE_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/cpu.h"
#include "kernels/kernel.h"
#include "tests/base/draw.h"
#include "tests/kernels/variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

extern const struct kernel kernel_sieve;

/* Caches and cuts of any size: no answer may depend on them. */
static inline void random_hints(struct problem *p)
{
	p->block_bytes = random_below(2) ? 0 : random_bits() >> (40 + random_below(20));
	p->l1_bytes = random_bits() >> (46 + random_below(18));
	p->l2_bytes = random_bits() >> (40 + random_below(24));
	p->l3_bytes = random_bits() >> (36 + random_below(28));
	p->workers = (unsigned)random_below(200);
}

static inline struct problem range(uint64_t start, uint64_t stop)
{
	struct problem p;
	problem_init(&p);
	p.start = start;
	p.stop = stop;
	p.l1_bytes = 32 << 10;
	p.l2_bytes = 512 << 10;
	return p;
}

/* Whether it takes the problem: `reference` stops at 10^9. */
static inline bool takes(const struct variant *v, const struct problem *p)
{
	return v != kernel_sieve.variants[0] || p->stop <= 1000000000;
}

/* a * b modulo m, for a and b below m. */
static inline uint64_t multiply_modulo(uint64_t a, uint64_t b, uint64_t m)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 wide;
	return (uint64_t)((wide)a * b % m);
#else
	uint64_t product = 0;
	for (; b; b >>= 1, a = a < m - a ? 2 * a : a - (m - a))
		if (b & 1)
			product = product < m - a ? product + a : product - (m - a);
	return product;
#endif
}

/* Miller-Rabin with the first twelve primes as bases, which is exact below 3.3e24 (Sorenson and Webster 2015): an
 * arithmetic of its own, nothing of the sieve's. */
static inline bool is_prime(uint64_t n)
{
	static const uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
	if (n < 2)
		return false;
	for (size_t i = 0; i < 12; i++)
		if (n % bases[i] == 0)
			return n == bases[i];
	uint64_t odd = n - 1;
	int twos = 0;
	for (; odd % 2 == 0; odd /= 2)
		twos++;
	for (size_t i = 0; i < 12; i++) {
		uint64_t x = 1, square = bases[i];
		for (uint64_t e = odd; e; e /= 2, square = multiply_modulo(square, square, n))
			if (e & 1)
				x = multiply_modulo(x, square, n);
		bool witness = x != 1 && x != n - 1;
		for (int r = 1; r < twos && witness; r++) {
			x = multiply_modulo(x, x, n);
			witness = x != n - 1;
		}
		if (witness)
			return false;
	}
	return true;
}

#endif
