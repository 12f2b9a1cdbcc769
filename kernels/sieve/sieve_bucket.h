/* SPDX-License-Identifier: MIT */
/*
 * sieve_bucket.h - primes that hit few lines of a block, or none: instead of asking each prime in
 * every line, the multiples of each prime in the whole block are enumerated, and each is put into
 * the bucket of its line; the bucket is crossed out when the line's turn comes.
 *
 * Asking costs one start per prime and line, most of them in vain if a prime has fewer multiples in
 * the block than there are lines; enumerating costs one step per odd multiple and one store per
 * multiple coprime to 210. Bucket sieves are by T. Oliveira e Silva; here no list of next multiples
 * is carried from block to block, so blocks stay independent.
 *
 * The primes themselves are kept as sieved lines, 1/20 of the memory of a list of numbers, and are
 * unpacked each time. A bucket has room for the mean number of hits plus 16 standard deviations. If
 * one overflows all the same, it is dropped, and its line asks every prime instead: slow, but
 * right.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_BUCKET_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_BUCKET_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_hit.h"
#include "kernels/sieve/sieve_simd.h"

#include <string.h>

enum {
	UNPACK_BITS = 2048, /* of a line of primes at a time */
	THROWN_AT_ONCE = 16 * (SIEVE_MULTIPLES + 1) + 16
};

/* A block as bucketed primes see it. */
struct window {
	uint64_t base; /* its first number */
	uint32_t room; /* its last number, less base: below 2^31 */
	/* bit x, for x = (number - base) mod 210, tells whether the number is coprime to 210 */
	uint16_t coprime[32];
};

/* Of one prime. */
static inline uint32_t multiples_of(const struct window *v, uint64_t p, uint32_t *to)
{
	uint32_t n = 0;
	uint64_t at = p * p > v->base ? p * p - v->base : (p - v->base % p) % p;
	for (; at <= v->room; at += p) {
		uint32_t x = (uint32_t)at % 210;
		to[n] = (uint32_t)at;
		n += v->coprime[x / 16] >> x % 16 & 1;
	}
	return n;
}

static inline uint32_t multiples_plain(
	const struct window *v, const uint32_t *primes, uint32_t n, uint32_t *to)
{
	uint32_t all = 0;
	for (uint32_t i = 0; i < n; i++)
		all += multiples_of(v, primes[i], to + all);
	return all;
}

static inline uint32_t unpack_plain(
	const unsigned char *bits, uint32_t n, uint32_t number, uint32_t modulus, uint32_t *primes)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < n; i++) {
		primes[found] = number + modulus * i;
		found += !(bits[i / 8] >> i % 8 & 1);
	}
	return found;
}

/* A hit in a bucket, and a byte behind it. */
INLINE void put_hit(unsigned char *to, uint32_t bit)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	bit = __builtin_bswap32(bit);
#endif
	memcpy(to, &bit, sizeof bit);
}

INLINE uint32_t get_hit(const unsigned char *from)
{
	uint32_t bit;
	memcpy(&bit, from, sizeof bit);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	bit = __builtin_bswap32(bit);
#endif
	return bit & 0xffffff;
}

INLINE unsigned char *bucket_of(const struct sieve_input *in, const struct sieve_scratch *w, uint32_t class)
{
	return w->bucket + class * sieve_bucket_bytes(in);
}

/* Puts hits into the buckets of their lines, which grow side by side: too many streams for hardware to fetch
 * ahead. A full bucket keeps its last place for what does not fit. */
INLINE void throw_hits(const struct sieve_input *in, struct sieve_scratch *w, const uint32_t *offsets,
	uint32_t n, const uint32_t modulus)
{
	const uint16_t *class_of = in->class_of;
	uint32_t *used = w->bucket_used, size = in->bucket_size;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t bit = offsets[i] / modulus, class = class_of[offsets[i] - bit * modulus],
			 at = used[class];
		unsigned char *to = bucket_of(in, w, class) + (size_t)at * SIEVE_HIT;
		put_hit(to, bit);
		__builtin_prefetch(to + 192, 1);
		used[class] = at + (at + 1 < size);
	}
}

/* What becomes of the multiples. */
struct sink {
	bool one_line; /* cross them out in this line of w, instead of throwing them all */
	uint32_t class;
};

static void take_hits(const struct sieve_input *in, struct sieve_scratch *w, const uint32_t *offsets,
	uint32_t n, struct sink sink)
{
	if (sink.one_line) {
		for (uint32_t i = 0; i < n; i++)
			if (in->class_of[offsets[i] % in->modulus] == sink.class)
				cross(w->line, offsets[i] / in->modulus);
	} else if (in->modulus == 30) {
		throw_hits(in, w, offsets, n, 30);
	} else {
		throw_hits(in, w, offsets, n, 210);
	}
}

/* Enumerates the multiples of all bucketed primes in a block. */
static void for_bucketed_primes(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, struct sink sink)
{
	const struct sieve_store *bucketed = &in->bucketed;
	struct window v = {.base = sieve_base(in, block)};
	uint64_t room = (uint64_t)in->line_bits * in->modulus - 1;
	uint32_t primes[UNPACK_BITS + 16], offsets[THROWN_AT_ONCE];
	v.room = (uint32_t)(room < in->last - v.base ? room : in->last - v.base);
	for (uint32_t x = 0; x < 210; x++) {
		uint64_t n = v.base % 210 + x;
		if (n % 2 && n % 3 && n % 5 && n % 7)
			v.coprime[x / 16] |= (uint16_t)(1u << x % 16);
	}
	for (uint64_t line = 0; line < (uint64_t)bucketed->blocks * bucketed->classes; line++) {
		const unsigned char *bits = bucketed->bits + line * (bucketed->line_bits / 8);
		uint64_t number = bucketed->first + bucketed->offset[line % bucketed->classes] +
				  line / bucketed->classes * bucketed->line_bits * bucketed->modulus;
		for (uint32_t i = 0; i < bucketed->line_bits; i += UNPACK_BITS) {
			uint32_t n =
				bucketed->line_bits - i < UNPACK_BITS ? bucketed->line_bits - i : UNPACK_BITS;
			/* Past the last prime numbers wrap, and no bit is clear. */
			n = unpack(bits + i / 8, n, (uint32_t)(number + (uint64_t)i * bucketed->modulus),
				bucketed->modulus, primes);
			for (uint32_t j = 0; j < n; j += 16)
				take_hits(in, w, offsets,
					multiples(&v, primes + j, n - j < 16 ? n - j : 16, offsets), sink);
		}
	}
}

static void fill_buckets(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block)
{
	memset(w->bucket_used, 0, in->classes * sizeof *w->bucket_used);
	for_bucketed_primes(in, w, block, (struct sink){.one_line = false});
}

static void cross_buckets(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, uint32_t class)
{
	const unsigned char *hits = bucket_of(in, w, class);
	uint32_t n = w->bucket_used[class];
	if (n + 1 == in->bucket_size)
		for_bucketed_primes(in, w, block, (struct sink){.one_line = true, .class = class});
	if (in->or_to_memory)
		for (uint32_t i = 0; i < n; i++)
			cross_or(w->line, get_hit(hits + (size_t)i * SIEVE_HIT));
	else
		for (uint32_t i = 0; i < n; i++)
			cross(w->line, get_hit(hits + (size_t)i * SIEVE_HIT));
}

#endif
