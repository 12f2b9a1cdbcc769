/* SPDX-License-Identifier: MIT */
/*
 * sieve_bucket.h - primes that hit few lines of a block, or none: instead of asking each prime in
 * every line, the multiples of each prime in the whole block are enumerated, and each is put into
 * the bucket of its line; the bucket is crossed out when the line's turn comes.
 *
 * Asking costs one start per prime and line, most of them in vain if a prime has fewer multiples in
 * the block than there are lines; enumerating costs one step and two stores per multiple coprime to
 * 210. These are p * q where q is coprime to 210, and so q goes through a wheel of 48 gaps. Bucket
 * sieves are by T. Oliveira e Silva; here no list of next multiples is carried from block to block,
 * so blocks stay independent.
 *
 * The primes themselves are kept as sieved lines, 1/20 of the memory of a list of numbers, and are
 * unpacked each time. A bucket has room for the mean number of hits plus 16 standard deviations. If
 * one overflows all the same, what does not fit is dropped, and its line asks every prime besides:
 * slow, but right.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_BUCKET_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_BUCKET_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_hit.h"
#include "kernels/sieve/sieve_simd.h"

#include <string.h>

enum {
	THROWN_AT_ONCE = 1024, /* or those of 16 primes more, which are half of their multiples at most */
	WHEEL = 210,
	WHEEL_CLASSES = 48, /* coprime to it */
};

/* A block as bucketed primes see it. */
struct window {
	uint64_t base;    /* its first number */
	uint32_t room;    /* its last number, less base: below 2^31 */
	uint32_t modulus; /* 30 or 210 */
	/* [x / 2] the line of the number base + x, where x is below the modulus */
	uint16_t line[128];
	/* [q modulo 210] how far it is to the next number that is coprime to 210, and so many times 256 the
	 * number of its class; 210 is as 0 */
	uint16_t to_coprime[256];
	uint16_t gap[64]; /* [class] from there to the next */
};

static void make_window(const struct sieve_input *in, uint64_t block, struct window *v)
{
	uint64_t room = (uint64_t)in->line_bits * in->modulus - 1;
	memset(v, 0, sizeof *v);
	v->base = sieve_base(in, block);
	v->room = (uint32_t)(room < in->last - v->base ? room : in->last - v->base);
	v->modulus = in->modulus;
	for (uint32_t c = 0; c < in->classes; c++)
		v->line[in->offset[c] / 2] = (uint16_t)c;
	/* from the last number to the first; the next after 209 is 211, of class 0 */
	for (uint32_t q = WHEEL + 1, next = q, class = WHEEL_CLASSES; q-- > 0;) {
		if (q % 2 && q % 3 && q % 5 && q % 7) {
			v->gap[--class] = (uint16_t)(next - q);
			next = q;
		}
		v->to_coprime[q] = (uint16_t)(class % WHEEL_CLASSES << 8 | (next - q));
	}
}

/* Makes numbers hits: x is in bit x / M of line x modulo M, which becomes the bit times 256 and the number of
 * the line. */
static inline void find_lines_plain(const struct window *v, uint32_t *x, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t bit = v->modulus == 30 ? x[i] / 30 : x[i] / 210;
		x[i] = bit << 8 | v->line[(x[i] - bit * v->modulus) / 2];
	}
}

/* Of one prime. */
static inline uint32_t multiples_of(const struct window *v, uint64_t p, uint32_t *to)
{
	uint64_t q = p * p > v->base ? p : v->base / p + (v->base % p != 0), at = q * p - v->base;
	uint32_t next = v->to_coprime[q % WHEEL], class = next >> 8, n = 0;
	at += p * (next & 255);
	while (at <= v->room) {
		to[n++] = (uint32_t)at;
		at += p * v->gap[class];
		class = class + 1 < WHEEL_CLASSES ? class + 1 : 0;
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

/* Puts hits into the buckets of their lines, which grow side by side: too many streams for hardware to fetch
 * ahead. */
static void throw_hits(struct sieve_scratch *w, const uint32_t *hits, uint32_t n)
{
	unsigned char *bucket = w->bucket;
	uint32_t *end = w->bucket_end;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t line = hits[i] & 255, at = end[line];
		put_hit(bucket + at, hits[i] >> 8);
		__builtin_prefetch(bucket + at + 192, 1);
		end[line] = at + SIEVE_HIT;
	}
}

/* A full bucket drops what it has no room for: it lies behind, before the next. */
static void clip_buckets(const struct sieve_input *in, struct sieve_scratch *w)
{
	const uint32_t classes = in->classes, step = (uint32_t)sieve_bucket_bytes(in);
	uint32_t *end = w->bucket_end, most = in->bucket_size * SIEVE_HIT;
	for (uint32_t c = 0; c < classes; c++, most += step)
		end[c] = end[c] < most ? end[c] : most;
}

/* What becomes of the multiples. */
struct sink {
	bool one_line; /* cross them out in this line of w, instead of throwing them all */
	uint32_t class;
};

static void take_hits(
	const struct window *v, struct sieve_scratch *w, uint32_t *hits, uint32_t n, struct sink sink)
{
	find_lines(v, hits, n);
	if (!sink.one_line) {
		throw_hits(w, hits, n);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		if ((hits[i] & 255) == sink.class)
			cross(w->line, hits[i] >> 8);
}

/* Enumerates the multiples of all bucketed primes in a block. */
static void for_bucketed_primes(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, struct sink sink)
{
	const struct sieve_store *bucketed = &in->bucketed;
	struct window v;
	uint32_t primes[SIEVE_UNPACK + 16], hits[THROWN_AT_ONCE + 16 * SIEVE_MULTIPLES];
	make_window(in, block, &v);
	for (uint64_t line = 0; line < (uint64_t)bucketed->blocks * bucketed->classes; line++) {
		const unsigned char *bits = bucketed->bits + line * (bucketed->line_bits / 8);
		uint64_t number = bucketed->first + bucketed->offset[line % bucketed->classes] +
				  line / bucketed->classes * bucketed->line_bits * bucketed->modulus;
		for (uint32_t i = 0; i < bucketed->line_bits; i += SIEVE_UNPACK) {
			/* Past the last prime numbers wrap, and no bit is clear. */
			uint32_t n = unpack(bits + i / 8, SIEVE_UNPACK,
				(uint32_t)(number + (uint64_t)i * bucketed->modulus), bucketed->modulus,
				primes);
			uint32_t used = 0;
			for (uint32_t j = 0; j < n; j += 16) {
				used += multiples(&v, primes + j, n - j < 16 ? n - j : 16, hits + used);
				if (used >= THROWN_AT_ONCE) {
					take_hits(&v, w, hits, used, sink);
					used = 0;
				}
			}
			take_hits(&v, w, hits, used, sink);
			clip_buckets(in, w);
		}
	}
}

static void fill_buckets(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block)
{
	for (uint32_t c = 0; c < in->classes; c++)
		w->bucket_end[c] = c * (uint32_t)sieve_bucket_bytes(in);
	for_bucketed_primes(in, w, block, (struct sink){.one_line = false});
}

INLINE void cross_bucket(unsigned char *line, const unsigned char *from, uint32_t n, const bool or_to_memory)
{
	for (uint32_t i = 0; i < n; i++)
		hit(line, get_hit(from + (size_t)i * SIEVE_HIT), or_to_memory);
}

static __attribute__((noinline)) void cross_bucket_bts(
	unsigned char *line, const unsigned char *from, uint32_t n)
{
	cross_bucket(line, from, n, false);
}

static __attribute__((noinline)) void cross_bucket_or(
	unsigned char *line, const unsigned char *from, uint32_t n)
{
	cross_bucket(line, from, n, true);
}

static void cross_buckets(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, uint32_t class)
{
	const unsigned char *hits = w->bucket + class * sieve_bucket_bytes(in);
	uint32_t n = sieve_bucket_hits(in, w, class);
	if (n == in->bucket_size)
		for_bucketed_primes(in, w, block, (struct sink){.one_line = true, .class = class});
	(in->or_to_memory ? cross_bucket_or : cross_bucket_bts)(w->line, hits, n);
}

#endif
