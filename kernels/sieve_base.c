/* SPDX-License-Identifier: MIT */
/* sieve_base.c - the base primes in order, from a sieve of one byte an odd number, 32 KiB at a time. */
#include "memory.h"
#include "sieve.h"

#include <math.h>
#include <string.h>

enum { SPAN = 1 << 15 }; /* odd numbers in a segment */

uint32_t sieve_root(uint64_t n)
{
	uint64_t root = (uint64_t)sqrt((double)n);
	root = root > UINT32_MAX ? UINT32_MAX : root;
	while (root * root > n)
		root--;
	while (root < UINT32_MAX && (root + 1) * (root + 1) <= n)
		root++;
	return (uint32_t)root;
}

/* An upper bound of pi(x): x / ln x * 1.25506 (Rosser and Schoenfeld 1962, for x > 1). */
static size_t most_primes(uint32_t x)
{
	return x < 17 ? 8 : (size_t)(1.25506 * x / log(x)) + 2;
}

/* Strikes the multiples of p, from its square on, out of the odd numbers first, first + 2, ... */
static void strike_out(unsigned char *struck, uint32_t first, uint32_t size, uint32_t p)
{
	uint64_t from = (uint64_t)p * p;
	if (from < first)
		from = (((uint64_t)first + p - 1) / p | 1) * p;
	for (uint64_t j = (from - first) / 2; j < size; j += p)
		struck[j] = 1;
}

uint32_t *sieve_base_primes(uint32_t limit, uint32_t *count, struct err *e)
{
	unsigned char struck[SPAN];
	uint32_t n = 0;
	uint32_t *primes = memory_alloc(most_primes(limit), sizeof *primes, "sieve: base primes", e);
	if (!primes)
		return NULL;
	if (limit >= 2)
		primes[n++] = 2;
	for (uint64_t first = 3; first <= limit; first += 2 * SPAN) {
		uint32_t size = SPAN <= (limit - first) / 2 ? SPAN : (uint32_t)(limit - first) / 2 + 1;
		uint64_t end = first + 2 * (uint64_t)size;
		memset(struck, 0, size);
		if (first ==
			3) /* finds its own primes as it goes; they reach 2^16, enough for all that follow */
			for (uint32_t p = 3; (uint64_t)p * p < end; p += 2)
				if (!struck[(p - 3) / 2])
					strike_out(struck, 3, size, p);
		if (first > 3)
			for (uint32_t i = 1; (uint64_t)primes[i] * primes[i] < end; i++)
				strike_out(struck, (uint32_t)first, size, primes[i]);
		for (uint32_t j = 0; j < size; j++) {
			primes[n] = (uint32_t)first +
				    2 * j; /* the last of all may be no prime: it lies past `count` */
			n += !struck[j];
		}
	}
	*count = n;
	return primes;
}
