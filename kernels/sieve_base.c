/* SPDX-License-Identifier: MIT */
/* sieve_base.c - the base primes in order: the first thousand from a plain sieve, the others as the sieve itself lists them. */
#include "memory.h"
#include "sieve.h"

#include <math.h>

enum { SMALL = 8192 }; /* above the root of 2^25: what is sieved for base primes has small ones itself */

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

/* Those up to a limit below SMALL * SMALL, from the odd numbers, a byte each. */
static uint32_t small_primes(uint32_t limit, uint32_t *primes)
{
	unsigned char struck[SMALL / 2] = {0}; /* i: 2 * i + 1 */
	uint32_t n = 0, odd = (limit + 1) / 2;
	for (uint32_t p = 3; p * p <= limit; p += 2)
		if (!struck[p / 2])
			for (uint32_t i = p * p / 2; i < odd; i += p)
				struck[i] = 1;
	primes[n] = 2;
	n += limit >= 2;
	for (uint32_t i = 1; i < odd; i++) {
		primes[n] = 2 * i + 1; /* the last of all may be no prime: it lies past the count */
		n += !struck[i];
	}
	return n;
}

struct list {
	uint32_t *primes, count;
};

static int append(void *ctx, const uint64_t *primes, size_t n)
{
	struct list *l = ctx;
	for (size_t i = 0; i < n; i++)
		l->primes[l->count + i] = (uint32_t)primes[i];
	l->count += (uint32_t)n;
	return 0;
}

/* Adds those above SMALL from a sieve of their own, whose base primes are small ones. */
static int sieve_more(uint32_t limit, const struct problem *p, const struct sieve_engine *engine, struct list *l, struct err *e)
{
	struct problem range = *p;
	struct sieve_input *in;
	range.start = SMALL + 1;
	range.stop = limit;
	range.listing = true;
	range.tuplet = 1;
	range.block_bytes = 0;
	if (sieve_open(&range, engine, &in, e))
		return -1;
	struct sieve_work *work = memory_alloc(1, sieve_scratch_bytes(in), "sieve: scratch", e);
	if (work)
		engine->emit(in, (struct span){0, sieve_units(in)}, work, append, l);
	memory_free(work);
	sieve_close(in);
	return work ? 0 : -1;
}

uint32_t *sieve_base_primes(uint32_t limit, const struct problem *p, const struct sieve_engine *engine, uint32_t *count,
	struct err *e)
{
	struct list l = {.primes = memory_alloc(most_primes(limit), sizeof(uint32_t), "sieve: base primes", e)};
	if (!l.primes)
		return NULL;
	l.count = small_primes(limit < SMALL ? limit : SMALL, l.primes);
	if (limit > SMALL && sieve_more(limit, p, engine, &l, e)) {
		memory_free(l.primes);
		return NULL;
	}
	*count = l.count;
	return l.primes;
}
