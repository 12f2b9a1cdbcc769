/* SPDX-License-Identifier: MIT */
/*
 * sieve_scalar.c - the sieve in portable C11, for 64-bit machines of either byte order. Loops are
 * written so that compilers can vectorise them; nothing depends on it.
 */
#include "kernels/sieve/sieve_template.h"

static const struct sieve_engine engine = {
	{.limit = 113}, {.limit = 113}, {.limit = 0}, 500000, leave_line, emit, steps};

/* The nearest quotient, below 2^22 in magnitude, leaves a rest of at most (1/2 + 2^-7) p to either side. */
static void starts(const struct sieve_input *in, const struct sieve_scratch *w, uint32_t from, uint32_t n,
	uint32_t offset, uint32_t before, uint32_t *x)
{
	static const uint32_t none[SIEVE_BATCH];
	const uint32_t *prime = in->prime + from, *step = in->step + from, *start = w->start + from;
	const uint32_t *square = sieve_has_square(w, from, n, before) ? w->square + from : none;
	const float *inverse = in->inverse + from;
	const float to_nearest = 0x1.8p23f; /* added, it leaves no digits behind the point */
	for (uint32_t i = 0; i < n; i++) {
		int32_t least = (int32_t)square[i] - (int32_t)before;
		least = least > 0 ? least : 0;
		int32_t shift = (int32_t)start[i] - (int32_t)before - least;
		float ratio = ((float)(int32_t)step[i] * (float)offset + (float)shift) * inverse[i];
		float rounded = ratio + to_nearest; /* to a float, where expressions may be of more digits */
		int32_t quotient = (int32_t)(rounded - to_nearest);
		uint32_t rest = step[i] * offset + (uint32_t)shift - (uint32_t)quotient * prime[i];
		rest = rest + prime[i] < rest ? rest + prime[i] : rest; /* negative, as a signed number */
		x[i] = rest + (uint32_t)least;
	}
}

static void multiply(uint32_t prime, const uint16_t *factor, uint32_t n, const uint32_t place[8], uint32_t *x)
{
	for (uint32_t i = 0; i < n; i++)
		x[i] = prime * (factor[i] / 8u) + place[factor[i] & 7];
}

static uint32_t last_hits(const struct stretch *part, const uint32_t *restrict prime, uint32_t *restrict x,
	uint32_t n, uint32_t hits, uint32_t *restrict last)
{
	return last_hits_plain(part, prime, x, n, hits, last);
}

/* Words that compilers keep in registers, vectors where they know some. */
enum { WORDS = 16 };

static inline void unite(
	const struct sieve_tables *t, const uint32_t *at, uint32_t skip, unsigned char *to, uint32_t words)
{
	uint64_t sum[WORDS] = {0};
	for (uint32_t g = 0; g < t->count; g++) {
		const unsigned char *from = t->table[g] + at[g] + skip;
		for (uint32_t i = 0; i < words; i++) {
			uint64_t word;
			memcpy(&word, from + 8 * i, sizeof word);
			sum[i] |= word;
		}
	}
	memcpy(to + skip, sum, words * sizeof *sum);
}

static void unite_tables(const struct sieve_tables *t, const uint32_t *at, unsigned char *to)
{
	for (uint32_t skip = 0; skip < SIEVE_TILE; skip += 8 * WORDS)
		unite(t, at, skip, to, WORDS);
}

static void unite_tail(const struct sieve_tables *t, const uint32_t *at, unsigned char *to, uint32_t bytes)
{
	for (uint32_t skip = 0; skip < bytes; skip += 64)
		unite(t, at, skip, to, 8);
}

/* Ones of each byte of x, in that byte. */
static uint64_t ones_by_byte(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	return (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

static uint64_t sum_of_bytes(uint64_t x)
{
	const uint64_t pairs = UINT64_C(0x00ff00ff00ff00ff);
	return ((x & pairs) + (x >> 8 & pairs)) * UINT64_C(0x0001000100010001) >> 48;
}

static struct ones count_ones(const unsigned char *bits, uint32_t bytes)
{
	struct ones ones = {0, 0};
	for (uint32_t i = 0; i < bytes; i += 64) {
		uint64_t all = 0, even = 0; /* eight counts of at most 64 */
		for (uint32_t j = 0; j < 64; j += 8) {
			uint64_t word;
			memcpy(&word, bits + i + j, sizeof word);
			all += ones_by_byte(word);
			even += ones_by_byte(word & UINT64_C(0x5555555555555555));
		}
		ones.all += sum_of_bytes(all);
		ones.even += sum_of_bytes(even);
	}
	return ones;
}

static uint32_t unpack(
	const unsigned char *bits, uint32_t n, uint32_t number, uint32_t modulus, uint32_t *primes)
{
	return unpack_plain(bits, n, number, modulus, primes);
}

static uint32_t multiples(const struct window *v, const uint32_t *primes, uint32_t n, uint32_t *to)
{
	return multiples_plain(v, primes, n, to);
}

static void find_lines(const struct window *v, uint32_t *x, uint32_t n)
{
	find_lines_plain(v, x, n);
}

static void turn(const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words)
{
	turn_plain(lines, stride, c, words);
}

static size_t numbers(
	const uint64_t *words, const struct transpose *c, uint64_t base, struct numbers *restrict to)
{
	return numbers_plain(words, c, base, to);
}

SIEVE_VARIANT(scalar, 0);
