/* SPDX-License-Identifier: MIT */
/*
 * sieve_tables.c - tables that are the same for every range, made at the first use and kept: the
 * primes below 65,536, the patterns of the pre-sieve and the deltas of lists. Without a lock: a
 * thread that loses the race to publish a table frees its own copy.
 */
#include "kernels/memory.h"
#include "kernels/sieve/sieve.h"

#include <stdatomic.h>
#include <string.h>

/* Euclid's algorithm. */
uint32_t sieve_inverse(uint64_t a, uint32_t m)
{
	int64_t r0 = m, r1 = (int64_t)(a % m), t0 = 0, t1 = 1;
	while (r1 > 1) {
		int64_t q = r0 / r1, r = r0 - q * r1, t = t0 - q * t1;
		r0 = r1;
		r1 = r;
		t0 = t1;
		t1 = t;
	}
	return m == 1 ? 0 : (uint32_t)(t1 < 0 ? t1 + m : t1);
}

/* From the odd numbers, a byte each. */
static void find_small(struct sieve_small *small)
{
	unsigned char struck[SIEVE_SMALL / 2] = {0}; /* i: 2 * i + 1 */
	uint32_t n = 0;
	for (uint32_t p = 3; p * p < SIEVE_SMALL; p += 2)
		if (!struck[p / 2])
			for (uint32_t i = p * p / 2; i < SIEVE_SMALL / 2; i += p)
				struck[i] = 1;
	small->prime[n++] = 2;
	for (uint32_t i = 1; i < SIEVE_SMALL / 2; i++) {
		small->prime[n] = 2 * i + 1; /* the last of all may be no prime: it lies past the count */
		n += !struck[i];
	}
	small->count = n;
}

const struct sieve_small *sieve_small(struct err *e)
{
	static _Atomic(struct sieve_small *) kept;
	struct sieve_small *small = atomic_load(&kept);
	if (small)
		return small;
	struct sieve_small *mine = memory_alloc(1, sizeof *mine, "sieve: small primes", e);
	if (!mine)
		return NULL;
	find_small(mine);
	if (atomic_compare_exchange_strong(&kept, &small, mine))
		return mine;
	memory_free(mine);
	return small;
}

/* Writes the pattern of a prime, every prime'th bit from bit 0, whose period is as many bytes: one period,
 * then copies of it. */
static void make_pattern(unsigned char *table, uint32_t bytes, uint32_t prime)
{
	memset(table, 0, prime);
	for (uint32_t bit = 0; bit < 8 * prime; bit += prime)
		table[bit / 8] |= (unsigned char)(1u << bit % 8);
	for (uint32_t done = prime; done < bytes; done *= 2)
		memcpy(table + done, table, bytes - done < done ? bytes - done : done);
}

/* Unites a table with the pattern of another prime, 64 bytes at a time. */
static void add_pattern(unsigned char *restrict table, uint32_t bytes, uint32_t prime)
{
	enum { PIECE = 64, LONGEST_PRIME = 128 };
	unsigned char pattern[LONGEST_PRIME + PIECE];
	make_pattern(pattern, prime + PIECE, prime);
	uint32_t phase = 0;
	for (unsigned char *to = table; to < table + bytes; to += PIECE) {
		const unsigned char *from = pattern + phase;
		for (size_t i = 0; i < PIECE; i++)
			to[i] |= from[i];
		for (phase += PIECE; phase >= prime;)
			phase -= prime;
	}
}

static uint32_t table_bytes(uint32_t period)
{
	return (period + SIEVE_TILE + 63) & ~63u;
}

struct kept_tables {
	uint32_t modulus;
	struct sieve_presieve how;
	struct sieve_tables tables;   /* they lie behind this, */
	struct sieve_factors factors; /* which is filled modulo 30 */
};

/* Of the primes from prime[from] on. */
static void make_factors(const struct sieve_small *small, uint32_t from, struct sieve_factors *f)
{
	const uint32_t count = small->count - from, *prime = small->prime + from;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t j = prime[i] / 30, below = sieve_below_30[prime[i] % 30],
			 class = (uint32_t)__builtin_popcount(below);
		f->rank[j].classes |= (uint8_t)(1u << class);
		f->factor[i] = (uint16_t)(j << 3 | class);
	}
	for (uint32_t j = 0, before = 0; j < sizeof f->rank / sizeof *f->rank; j++) {
		f->rank[j].before = (uint16_t)before;
		before += (uint32_t)__builtin_popcount(f->rank[j].classes);
	}
	f->count = count;
	f->prime = prime;
}

/* Joins ascending primes into tables while their product is at most LONGEST. first[g]: the first of table g.
 * Returns their bytes. */
static size_t join(struct kept_tables *k, const uint32_t *primes, uint32_t *first)
{
	enum { LONGEST = 8192 };
	struct sieve_tables *t = &k->tables;
	size_t total = 0;
	uint32_t i = 0;
	for (; primes[i] <= k->how.limit && (!k->how.shifted || primes[i] < k->how.shifted); i++) {
		if (k->modulus % primes[i] == 0)
			continue;
		if (t->count && (uint64_t)t->period[t->count - 1] * primes[i] <= LONGEST) {
			t->period[t->count - 1] *= primes[i];
		} else {
			first[t->count] = i;
			t->period[t->count++] = primes[i];
		}
	}
	first[t->count] = i;
	for (uint32_t g = 0; g < t->count; g++)
		total += table_bytes(t->period[g]);
	return total;
}

/* x / p of 2^16, rounded up. */
static uint16_t fraction_16(uint32_t x, uint32_t p)
{
	return (uint16_t)(((x << 16) + p - 1) / p);
}

/* Adds the primes from `primes` to the limit, none of which divides the modulus. A vector's fraction is that
 * of its tile, rounded down, and those of its lanes and of the vectors before it, rounded up: TO_SPARE makes
 * good for all that the first is short of. The sum is too high by less than 20, and 2^16 / 509 are one bit. */
static void shift(
	uint32_t modulus, const struct sieve_presieve *how, const uint32_t *primes, struct sieve_tables *t)
{
	enum { TO_SPARE = 2 };
	const uint32_t tile_bits = 8 * (how->woven_bytes ? how->woven_bytes : SIEVE_TILE);
	uint32_t *count = how->woven_bytes ? &t->woven : &t->shifted;
	for (; primes[*count] <= how->limit; ++*count) {
		const uint32_t p = primes[*count], i = *count;
		const uint32_t next = fraction_16((p - how->vector_bits % p) % p, p);
		t->shifted_bit[i] = UINT64_MAX / p;
		t->shifted_step[i] = (p - sieve_inverse(modulus, p)) * t->shifted_bit[i];
		t->shifted_tile[i] =
			(uint32_t)((uint64_t)((p - tile_bits % p) % p) * t->shifted_bit[i] >> 32);
		t->shifted_next[i] = next << 16 | next;
		t->shifted_prime[i] = how->lane_bits == 16 ? p << 16 | p : p;
		for (uint32_t bit = 0; bit < how->vector_bits; bit += 16) {
			const uint32_t start = bit / how->lane_bits * how->lane_bits;
			t->shifted_lanes[i][bit / 16] =
				(uint16_t)(fraction_16((p - start % p) % p, p) + TO_SPARE);
		}
	}
}

static struct kept_tables *make_tables(uint32_t modulus, const struct sieve_presieve *how, struct err *e)
{
	struct kept_tables plan = {.modulus = modulus, .how = *how}, *made;
	const struct sieve_small *small = sieve_small(e);
	uint32_t first[SIEVE_GROUPS + 1]; /* prime of each table */
	if (!small)
		return NULL;
	const size_t head = (sizeof plan + 63) & ~(size_t)63, total = join(&plan, small->prime, first);
	unsigned char *room = memory_alloc(1, head + total, "sieve: tables", e), *table = room + head;
	if (!room)
		return NULL;
	struct sieve_tables *t = &plan.tables;
	for (uint32_t g = 0; g < t->count; g++) {
		uint32_t period = t->period[g], bytes = table_bytes(period);
		make_pattern(table, bytes, small->prime[first[g]]);
		for (uint32_t i = first[g] + 1; i < first[g + 1]; i++)
			add_pattern(table, bytes, small->prime[i]);
		t->table[g] = table;
		t->stride[g] = SIEVE_TILE % period;
		t->step[g] = sieve_inverse(8 * (uint64_t)modulus, period);
		t->inverse[g] = 1.0 / period;
		table += bytes;
	}
	uint32_t end = first[t->count];
	if (how->shifted) {
		shift(modulus, how, small->prime + end, t);
		end += t->shifted + t->woven;
	}
	made = (struct kept_tables *)(void *)room;
	*made = plan;
	if (modulus == 30) {
		make_factors(small, end, &made->factors);
		made->tables.factors = &made->factors;
	}
	return made;
}

const struct sieve_tables *sieve_tables(uint32_t modulus, const struct sieve_presieve *how, struct err *e)
{
	enum { PLACES = 48 }; /* four moduli, and up to three pre-sieves for each instruction set */
	static _Atomic(struct kept_tables *) kept[PLACES];
	for (uint32_t i = 0; i < PLACES; i++) {
		struct kept_tables *k = atomic_load(&kept[i]);
		if (!k) {
			struct kept_tables *mine = make_tables(modulus, how, e);
			if (!mine)
				return NULL;
			if (atomic_compare_exchange_strong(&kept[i], &k, mine))
				k = mine;
			else
				memory_free(mine);
		}
		if (k->modulus == modulus && !memcmp(&k->how, how, sizeof *how))
			return &k->tables;
	}
	err_set(e, ERR_FAILED, "sieve: more than %d pre-sieves", PLACES);
	return NULL;
}

/* Column by column, so many numbers from one to the next; first numbers are 2 modulo the modulus. */
static void make_deltas(uint32_t modulus, struct sieve_deltas *d)
{
	uint32_t bits = 0;
	for (uint32_t k = 0; k < 256 && bits < (modulus == 30 ? 64 : 48); k++)
		if ((k + 2) % 2 && (k + 2) % 3 && (k + 2) % 5 && (modulus == 30 || (k + 2) % 7))
			d->delta[bits++] = (unsigned char)k;
	for (uint32_t x = 1; x < 256; x++) {
		d->ones[x] = (unsigned char)(d->ones[x / 2] + x % 2);
		for (uint32_t j = 0; j < bits / 8; j++) {
			uint64_t others = sieve_in_memory(d->packed[j][x & (x - 1)]),
				 least = d->delta[8 * j + (uint32_t)__builtin_ctz(x)];
			d->packed[j][x] = sieve_in_memory(others << 8 | least);
		}
	}
}

const struct sieve_deltas *sieve_deltas(uint32_t modulus, struct err *e)
{
	static _Atomic(struct sieve_deltas *) kept[2]; /* modulo 30 and 210 */
	struct sieve_deltas *d = atomic_load(&kept[modulus == 210]);
	if (d)
		return d;
	struct sieve_deltas *mine = memory_alloc(1, sizeof *mine, "sieve: tables", e);
	if (!mine)
		return NULL;
	make_deltas(modulus, mine);
	if (atomic_compare_exchange_strong(&kept[modulus == 210], &d, mine))
		return mine;
	memory_free(mine);
	return d;
}
