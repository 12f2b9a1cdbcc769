/* SPDX-License-Identifier: MIT */
/*
 * sieve_simd.h - what an instruction set brings to the sieve: its file includes sieve_template.h, defines
 * the functions declared here, and ends in its `const struct variant`. Where a plain one will do, the headers
 * of the template have it: multiples_plain() and so on.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_SIMD_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_SIMD_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve.h"

/* Has the largest pre-sieved prime, about where a load of a table, or a shift, costs as much as crossing out in
 * as many bits; the rest is the template's. */
static const struct sieve_engine engine;

/* x[i] = first bit, counted from bit `before`, that prime[from + i] crosses out in the line at `offset`, not
 * before its square. May write 15 elements more. */
static void starts(const struct sieve_input *in, const struct sieve_scratch *w, uint32_t from, uint32_t n,
	uint32_t offset, uint32_t before, uint32_t *x);

/* Some bits of a line, at `to`: `bits` of them, the first being bit `before` of the line. */
struct stretch {
	unsigned char *to;
	uint32_t before, bits,
		spare;  /* from the bit `spare` on, counted from `to`, no bit stands for a number */
	uint32_t *next; /* [prime] starts that are carried from stretch to stretch; or NULL */
};

/* Whether vectors can be packed: then medium primes have their last hits in a list, else in the loop of the others. */
#if !defined(SIEVE_PACKS)
#define SIEVE_PACKS 0
#endif

/* The last hits of primes with so many sure ones (0, or anything if SIEVE_PACKS): writes those of
 * x[i] + hits * prime[i] that are below part->bits to last[], in order, and returns their number. Then, where starts
 * are carried, every x[i] becomes the first hit from there on, less part->bits. May write 15 elements of last more. */
static uint32_t last_hits(const struct stretch *part, const uint32_t *restrict prime, uint32_t *restrict x,
	uint32_t n, uint32_t hits, uint32_t *restrict last);

#if SIEVE_PACKS
/* Hits from .. to from + hits of n primes, below bit 2^19, those of prime i at to[i], to[PREPARED + i] and so on: the byte
 * in the lower half, and its mask in the byte above. n is at most PREPARED, and up to 15 elements more may be written. */
enum { PREPARED = 64 };
INLINE void prepare_hits(const uint32_t *prime, const uint32_t *x, uint32_t n, const uint32_t from,
	const uint32_t hits, uint32_t *to);
#endif

/* Writes a tile, the union of all tables, table g from its byte at[g] on, and of the hits of all shifted
 * primes, of which at[SIEVE_GROUPS + i] is the distance to the first hit, as a fraction of 2^16, twice; or less than a tile, `bytes`, a
 * multiple of 64. */
static void unite_tables(const struct sieve_tables *t, const uint32_t *at, unsigned char *to);
static void unite_tail(const struct sieve_tables *t, const uint32_t *at, unsigned char *to, uint32_t bytes);

/* Shifted primes that are woven into the crossing out of small ones (sieve_woven.h): so many turns of these for each of
 * them and SIEVE_SUMS vectors of the type SIEVE_VECTOR. struct shifted and the three are defined before the template. */
#if !defined(SIEVE_WOVEN)
#define SIEVE_WOVEN 0
#else
/* Shifted prime i, from byte `skip` of a tile on, at the beginning of which it has this fraction, doubled. */
INLINE struct shifted shifted_at(
	const struct sieve_tables *t, const uint32_t *doubled, uint32_t i, uint32_t skip);

/* Its hits in the next vector. */
INLINE SIEVE_VECTOR shifted_hits(struct shifted *s);
#endif

/* x[i] = prime * (factor[i] / 8) + place[factor[i] % 8] (sieve_products.h). May read and write
 * 15 elements more. */
static void multiply(
	uint32_t prime, const uint16_t *factor, uint32_t n, const uint32_t place[8], uint32_t *x);

/* Set bits, and those in even places. `bytes` is a multiple of 64. */
struct ones {
	uint64_t all, even;
};
static struct ones count_ones(const unsigned char *bits, uint32_t bytes);

/* Of bucketed primes (sieve_bucket.h). Writes number + modulus * i for every clear bit i < n, a multiple of 64, and
 * returns how many. May write 15 elements more. */
static uint32_t unpack(
	const unsigned char *bits, uint32_t n, uint32_t number, uint32_t modulus, uint32_t *primes);

/* Writes the offsets of the multiples of n <= 16 ascending primes in a window, from their squares on, that
 * are coprime to 210, and returns how many. May write 16 elements more. find_lines() makes n offsets hits, and
 * may change 15 elements more. */
struct window;
static uint32_t multiples(const struct window *v, const uint32_t *primes, uint32_t n, uint32_t *to);
static void find_lines(const struct window *v, uint32_t *x, uint32_t n);

/* Of lists (sieve_transpose.h). COLUMN_BYTES bytes of every line, made words of candidates in order; in memory
 * their least significant byte comes first. */
struct transpose;
static void turn(const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words);

/* Writes base + span * i + delta[b] for every bit b set in word i of WORDS_AT_ONCE to to->number, in order, and
 * returns how many. May write NUMBERS_MORE elements more. */
struct numbers;
static size_t numbers(
	const uint64_t *words, const struct transpose *c, uint64_t base, struct numbers *restrict to);

#endif
