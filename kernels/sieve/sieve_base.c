/* SPDX-License-Identifier: MIT */
/*
 * sieve_base.c - the list of base primes. Those below 65,536 are kept in a table; larger ones are
 * listed by a sieve of their own, whose base primes are in that table: so the recursion is one
 * level deep.
 */
#include "kernels/memory.h"
#include "kernels/sieve/sieve.h"

#include <math.h>
#include <string.h>

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

/* Adds those above SIEVE_SMALL from a sieve of their own, whose base primes are small ones. */
static int sieve_more(uint32_t limit, const struct problem *p, const struct sieve_engine *engine,
	struct list *l, struct err *e)
{
	struct problem range = *p;
	struct sieve_input *in;
	range.start = SIEVE_SMALL + 1;
	range.stop = limit;
	range.listing = true;
	range.tuplet = 1;
	range.block_bytes = 0;
	if (sieve_open(&range, engine, &in, e))
		return -1;
	struct sieve_scratch *work = memory_alloc(1, sieve_scratch_bytes(in), "sieve: scratch", e);
	if (work)
		engine->emit(in, (struct span){0, sieve_units(in)}, work, append, l);
	memory_free(work);
	sieve_close(in);
	return work ? 0 : -1;
}

uint32_t *sieve_base_primes(uint32_t limit, const struct problem *p, const struct sieve_engine *engine,
	uint32_t *count, struct err *e)
{
	const struct sieve_small *small = sieve_small(e);
	if (!small)
		return NULL;
	struct list l = {
		.primes = memory_alloc(most_primes(limit), sizeof(uint32_t), "sieve: base primes", e)};
	if (!l.primes)
		return NULL;
	for (uint32_t step = 1u << 12; step; step /= 2) /* how many are not above the limit */
		if (l.count + step <= small->count && small->prime[l.count + step - 1] <= limit)
			l.count += step;
	memcpy(l.primes, small->prime, l.count * sizeof *l.primes);
	if (limit > SIEVE_SMALL && sieve_more(limit, p, engine, &l, e)) {
		memory_free(l.primes);
		return NULL;
	}
	*count = l.count;
	return l.primes;
}
