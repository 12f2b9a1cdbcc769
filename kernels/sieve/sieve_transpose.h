/* SPDX-License-Identifier: MIT */
/*
 * sieve_transpose.h - lines side by side, made numbers in order.
 *
 * Byte b of eight lines modulo 30 has the candidates of 240 numbers, column by column: turned round, they are
 * a word, a bit a candidate, in ascending order. Of the 48 lines modulo 210 a column is 48 bits, which are a
 * word of their own. Words are made from 64 bytes of every line at a time; then the set bits of words become
 * numbers.
 *
 * First numbers are 2 modulo M, so that the tuplets of a word are the word itself, shifted and united.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_TRANSPOSE_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_TRANSPOSE_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve_tuplets.h"

#include <math.h>
#include <string.h>

enum {
	COLUMN_BYTES = 64,  /* of each line at a time */
	COLUMN_WORDS = 512, /* most words that they make */
	WORDS_AT_ONCE = 64, /* of these made numbers at a time; they stand for fewer than 2^16 */
	NUMBERS_MORE = 64   /* may be written past the last */
};

/* What bits of a word stand for. */
struct transpose {
	uint32_t octets; /* lines / 8: 1, a word is eight columns; or 6, a word is one */
	uint32_t words;  /* made at a time, a multiple of WORDS_AT_ONCE */
	uint32_t bytes;  /* of a word that have candidates */
	uint32_t span;   /* numbers that a word stands for */
	uint32_t usual;  /* few words have more than eight times as many primes */
	uint64_t begin;  /* bits where tuplets may begin */
	const struct sieve_deltas *deltas;
};

static void transpose_init(struct transpose *c, const struct sieve_input *in)
{
	*c = (struct transpose){.deltas = in->deltas};
	c->octets = in->classes / 8;
	c->words = c->octets == 1 ? COLUMN_BYTES : COLUMN_WORDS;
	c->bytes = c->octets == 1 ? 8 : c->octets;
	c->span = c->octets == 1 ? 8 * in->modulus : in->modulus;
	if (in->asked.tuplet > 1) {
		struct sieve_group group[64] = {0};
		uint16_t delta[64];
		const uint32_t bits = 8 * c->bytes;
		for (uint32_t b = 0; b < bits; b++)
			delta[b] = c->deltas->delta[b];
		for (uint32_t n = tuplets_group((unsigned)in->asked.tuplet, delta, bits, group); n-- > 0;)
			c->begin |= (uint64_t)group[n].starts << group[n].class;
	}
}

/* How many times eight primes few words about `number` have more of: their mean, and a standard deviation or
 * so. */
static inline uint32_t usual_primes(const struct transpose *c, uint64_t number)
{
	const double log_number = 0.6931 * (63.5 - __builtin_clzll(number)), mean = c->span / log_number;
	return (uint32_t)((mean + 1.1 * sqrt(mean)) / 8) + 1;
}

/* Exchanges the bits of *a that `mask` << shift has with those of *b that `mask` has, in eight words. */
INLINE void exchange(uint64_t *a, uint64_t *b, const int shift, const uint64_t mask)
{
	for (int i = 0; i < 8; i++) {
		uint64_t t = (a[i] >> shift ^ b[i]) & mask;
		b[i] ^= t;
		a[i] ^= t << shift;
	}
}

/* Byte k of word j becomes byte j of word k, in eight times eight words (H. S. Warren, Hacker's Delight,
 * 7-3). */
INLINE void turn_bytes(uint64_t (*words)[8])
{
	for (int c = 0; c < 4; c++)
		exchange(words[c], words[c + 4], 32, UINT64_C(0x00000000ffffffff));
	for (int c = 0; c < 8; c += c % 2 ? 3 : 1)
		exchange(words[c], words[c + 2], 16, UINT64_C(0x0000ffff0000ffff));
	for (int c = 0; c < 8; c += 2)
		exchange(words[c], words[c + 1], 8, UINT64_C(0x00ff00ff00ff00ff));
}

/* Eight lines: byte k of words[j][i] becomes the candidates, clear bits, of column 8 * (8 * i + j) + k. */
INLINE void turn_octet(const unsigned char *lines, size_t stride, uint64_t (*words)[8])
{
	for (size_t c = 0; c < 8; c++) {
		memcpy(words[c], lines + c * stride, COLUMN_BYTES);
		for (int i = 0; i < 8; i++)
			words[c][i] = sieve_in_memory(words[c][i]);
	}
	turn_bytes(words);
	for (int j = 0; j < 8; j++)
		for (int i = 0; i < 8; i++) {
			uint64_t x = ~words[j][i], t;
			t = (x ^ x >> 7) & UINT64_C(0x00aa00aa00aa00aa);
			x ^= t ^ t << 7;
			t = (x ^ x >> 14) & UINT64_C(0x0000cccc0000cccc);
			x ^= t ^ t << 14;
			t = (x ^ x >> 28) & UINT64_C(0x00000000f0f0f0f0);
			words[j][i] = x ^ t ^ t << 28;
		}
}

static inline void turn_plain(
	const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words)
{
	uint64_t octets[6][8][8], column[8][8];
	for (uint32_t o = 0; o < c->octets; o++)
		turn_octet(lines + 8 * o * stride, stride, octets[o]);
	if (c->octets == 1) {
		for (int i = 0; i < 8; i++)
			for (int j = 0; j < 8; j++)
				words[8 * i + j] = sieve_in_memory(octets[0][j][i]);
		return;
	}
	for (int j = 0; j < 8; j++) {
		memset(column, 0, sizeof column);
		for (int o = 0; o < 6; o++)
			memcpy(column[o], octets[o][j], sizeof column[o]);
		turn_bytes(column);
		for (int i = 0; i < 8; i++)
			for (int k = 0; k < 8; k++)
				words[64 * i + 8 * j + k] = sieve_in_memory(column[k][i]);
	}
}

/* Where numbers are made: the distance of each from the first number of WORDS_AT_ONCE words, and then the number
 * itself. Distances begin 512 bytes after the beginning of a page, if numbers begin where one does. Half a page or
 * more further than these, modulo a page, they take up to 1.1 times as long on Zen 4. */
struct numbers {
	_Alignas(64) uint64_t number[WORDS_AT_ONCE * 64 + NUMBERS_MORE];
	uint16_t distance[WORDS_AT_ONCE * 64 + NUMBERS_MORE];
};

typedef unsigned char vector_of_bytes __attribute__((vector_size(16)));
typedef uint16_t vector_of_words __attribute__((vector_size(16)));
typedef uint64_t vector_of_longs __attribute__((vector_size(16)));

/* Eight bytes in memory, as many words: bytes and zeros by turns. Shuffled, because gcc makes of a conversion five
 * instructions instead of two, and of a loop forty. */
INLINE vector_of_words widen_bytes(const void *from)
{
	const vector_of_bytes zeros = {0};
	vector_of_longs bytes = {0};
	memcpy(&bytes, from, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (vector_of_words)__builtin_shufflevector(
		(vector_of_bytes)bytes, zeros, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#else
	return (vector_of_words)__builtin_shufflevector(
		zeros, (vector_of_bytes)bytes, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#endif
}

/* Writes the distances of all words, one after the other, and returns how many. May write eight more. A table has
 * those of each byte from its word. */
INLINE size_t distances_of_bytes(const uint64_t *restrict words, const struct transpose *c,
	uint16_t *restrict to, const uint32_t bytes)
{
	const struct sieve_deltas *deltas = c->deltas;
	vector_of_words base = {0};
	uint16_t *next = to;
	for (uint32_t i = 0; i < WORDS_AT_ONCE; i++, base += (uint16_t)c->span) {
		uint64_t word = sieve_in_memory(words[i]);
		UNROLL
		for (uint32_t j = 0; j < bytes; j++) {
			const unsigned char byte = (unsigned char)(j % 2 ? word >> 8 : word);
			const vector_of_words x = widen_bytes(&deltas->packed[j][byte]) + base;
			memcpy(next, &x, sizeof x);
			next += deltas->ones[byte];
			if (j % 2)
				word >>= 16;
		}
	}
	return (size_t)(next - to);
}

/* Distances lie side by side, whatever words they are of: none is widened in vain, and no trip count depends on a
 * word. */
INLINE size_t numbers_plain(
	const uint64_t *words, const struct transpose *c, uint64_t base, struct numbers *restrict to)
{
	const size_t n = c->bytes == 6 ? distances_of_bytes(words, c, to->distance, 6)
				       : distances_of_bytes(words, c, to->distance, 8);
	for (size_t i = 0; i < n; i += 8)
		for (size_t j = i; j < i + 8; j++)
			to->number[j] = base + to->distance[j];
	return n;
}

#endif
