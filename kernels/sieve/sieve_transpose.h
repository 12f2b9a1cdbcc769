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

/* Vectors as compilers offer them. Where the CPU has none, they are two words, and bytes of them are dear. */
#if defined(__SSE2__) || defined(__ARM_NEON) || defined(__VEC__) || defined(__loongarch_sx)
#define HAS_VECTORS 1
#else
#define HAS_VECTORS 0
#endif
typedef unsigned char vector_of_8 __attribute__((vector_size(16)));
typedef uint16_t vector_of_16 __attribute__((vector_size(16)));
typedef uint64_t vector_of_64 __attribute__((vector_size(16)));

/* Elements of two vectors, those of the second after those of the first; `type` is of as many integers as they have. */
#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(type, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(type, a, b, ...) __builtin_shuffle(a, b, (type){__VA_ARGS__})
#endif

/* Rows of bits, which are turned round: one part of 16 bytes, or two, that are never mixed. */
#if !defined(SIEVE_ROW_PARTS)
#define SIEVE_ROW_PARTS 1
#endif
typedef unsigned char row_of_8 __attribute__((vector_size(16 * SIEVE_ROW_PARTS)));
typedef uint64_t row_of_64 __attribute__((vector_size(16 * SIEVE_ROW_PARTS)));
/* One in memory: memcpy would go by halves, and who loads the whole from them waits. */
typedef row_of_64 row_anywhere __attribute__((aligned(1), may_alias));

/* Of both rows' parts the lower or the upper halves, byte by byte and word by word. */
#define BYTES(at, n)                                                                                         \
	at, at + n, at + 1, at + 1 + n, at + 2, at + 2 + n, at + 3, at + 3 + n, at + 4, at + 4 + n, at + 5,  \
		at + 5 + n, at + 6, at + 6 + n, at + 7, at + 7 + n
#if SIEVE_ROW_PARTS == 2
#define LOW_BYTES BYTES(0, 32), BYTES(16, 32)
#define HIGH_BYTES BYTES(8, 32), BYTES(24, 32)
#define LOW_WORDS 0, 4, 2, 6
#define HIGH_WORDS 1, 5, 3, 7
#else
#define LOW_BYTES BYTES(0, 16)
#define HIGH_BYTES BYTES(8, 16)
#define LOW_WORDS 0, 2
#define HIGH_WORDS 1, 3
#endif

/* Exchanges the bits of *a that `mask` << shift has with those of *b that `mask` has. */
INLINE void exchange(row_of_64 *a, row_of_64 *b, const int shift, const uint64_t mask)
{
	const row_of_64 differ = (*a >> shift ^ *b) & mask;
	*b ^= differ;
	*a ^= differ << shift;
}

/* Exchanges rows that are four, two and one apart (H. S. Warren, Hacker's Delight, 7-3). */
INLINE void exchange_all(row_of_64 *rows, const int shift, const uint64_t *masks)
{
	UNROLL
	for (int j = 0; j < 4; j++)
		exchange(rows + j, rows + j + 4, 4 * shift, masks[0]);
	UNROLL
	for (int j = 0; j < 8; j += j % 2 ? 3 : 1)
		exchange(rows + j, rows + j + 2, 2 * shift, masks[1]);
	UNROLL
	for (int j = 0; j < 8; j += 2)
		exchange(rows + j, rows + j + 1, shift, masks[2]);
}

/* A row's bytes of eight lines: bit c of byte b of row k becomes the candidate, a clear bit, of line c in column
 * 8 * b + k. */
INLINE void turn_octet(const unsigned char *lines, size_t stride, row_of_64 *rows)
{
	static const uint64_t masks[] = {
		UINT64_C(0x0f0f0f0f0f0f0f0f), UINT64_C(0x3333333333333333), UINT64_C(0x5555555555555555)};
	UNROLL
	for (size_t c = 0; c < 8; c++) {
		rows[c] = ~*(const row_anywhere *)(const void *)(lines + c * stride);
	}
	exchange_all(rows, 1, masks);
}

/* Bytes of eight rows, interleaved: the words of row i become bytes 2 * i and 2 * i + 1 of all rows, and those of a
 * second part the bytes 16 later. */
INLINE void interleave_rows(row_of_64 *rows)
{
	row_of_64 next[8];
#if HAS_VECTORS
	UNROLL
	for (int round = 0; round < 3; round++) {
		UNROLL
		for (int i = 0; i < 4; i++) {
			const row_of_8 a = (row_of_8)rows[i], b = (row_of_8)rows[i + 4];
			next[2 * i] = (row_of_64)SHUFFLE(row_of_8, a, b, LOW_BYTES);
			next[2 * i + 1] = (row_of_64)SHUFFLE(row_of_8, a, b, HIGH_BYTES);
		}
		memcpy(rows, next, sizeof next);
	}
#else
	static const uint64_t masks[] = {
		UINT64_C(0x00000000ffffffff), UINT64_C(0x0000ffff0000ffff), UINT64_C(0x00ff00ff00ff00ff)};
	for (int i = 0; i < 8; i++)
		rows[i] = (row_of_64){sieve_in_memory(rows[i][0]), sieve_in_memory(rows[i][1])};
	exchange_all(rows, 8, masks);
	for (int i = 0; i < 8; i++) {
		const row_of_64 a = rows[2 * i % 8], b = rows[2 * i % 8 + 1];
		next[i] = (row_of_64){sieve_in_memory(a[i / 4]), sieve_in_memory(b[i / 4])};
	}
	memcpy(rows, next, sizeof next);
#endif
}

/* Stores the parts of a row, `apart` words from each other. */
INLINE void store_parts(uint64_t *to, size_t apart, row_of_64 row)
{
	UNROLL
	for (size_t i = 0; i < SIEVE_ROW_PARTS; i++) {
		memcpy(to + apart * i, (const unsigned char *)&row + 16 * i, 16);
	}
}

/* Byte b of all rows has eight columns. */
static inline void turn_8(const unsigned char *lines, size_t stride, uint64_t *words)
{
	row_of_64 rows[8];
	for (const unsigned char *end = lines + COLUMN_BYTES; lines < end;
		lines += sizeof *rows, words += sizeof *rows) {
		turn_octet(lines, stride, rows);
		interleave_rows(rows);
		UNROLL
		for (int i = 0; i < 8; i++)
			store_parts(words + 2 * i, 16, rows[i]);
	}
}

/* Byte b of row k of six octets has one, 8 * b + k. */
static inline void turn_48(const unsigned char *lines, size_t stride, uint64_t *words)
{
	row_of_64 rows[6][8], even[8], odd[8];
	for (const unsigned char *end = lines + COLUMN_BYTES; lines < end;
		lines += sizeof *even, words += 8 * sizeof *even) {
		for (size_t o = 0; o < 6; o++)
			turn_octet(lines + 8 * o * stride, stride, rows[o]);
		for (int k = 0; k < 8; k += 2) {
			UNROLL
			for (int o = 0; o < 8; o++) {
				even[o] = o < 6 ? rows[o][k] : (row_of_64){0};
				odd[o] = o < 6 ? rows[o][k + 1] : (row_of_64){0};
			}
			interleave_rows(even);
			interleave_rows(odd);
			UNROLL
			for (int i = 0; i < 8; i++) {
				uint64_t *to = words + 16 * i + k;
				store_parts(to, 128, SHUFFLE(row_of_64, even[i], odd[i], LOW_WORDS));
				store_parts(to + 8, 128, SHUFFLE(row_of_64, even[i], odd[i], HIGH_WORDS));
			}
		}
	}
}

static inline void turn_plain(
	const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words)
{
	(c->octets == 1 ? turn_8 : turn_48)(lines, stride, words);
}

/* Where numbers are made: the distance of each from the first number of WORDS_AT_ONCE words, and then the number
 * itself. Distances begin 512 bytes after the beginning of a page, if numbers begin where one does. Half a page or
 * more further than these, modulo a page, they take up to 1.1 times as long on Zen 4. */
struct numbers {
	_Alignas(64) uint64_t number[WORDS_AT_ONCE * 64 + NUMBERS_MORE];
	uint16_t distance[WORDS_AT_ONCE * 64 + NUMBERS_MORE];
};

#if HAS_VECTORS
/* Eight bytes in memory, as many words: bytes and zeros by turns. Shuffled, because gcc makes of a conversion five
 * instructions instead of two, and of a loop forty. */
INLINE vector_of_16 widen_bytes(const void *from)
{
	const vector_of_8 zeros = {0};
	vector_of_64 bytes = {0};
	memcpy(&bytes, from, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (vector_of_16)SHUFFLE(vector_of_8, (vector_of_8)bytes, zeros, BYTES(0, 16));
#else
	return (vector_of_16)SHUFFLE(vector_of_8, zeros, (vector_of_8)bytes, BYTES(0, 16));
#endif
}

/* Writes the distances of all words, one after the other, and returns how many. May write eight more. A table has
 * those of each byte from its word. */
INLINE size_t distances_of_bytes(const uint64_t *restrict words, const struct transpose *c,
	uint16_t *restrict to, const uint32_t bytes)
{
	const struct sieve_deltas *deltas = c->deltas;
	vector_of_16 base = {0};
	uint16_t *next = to;
	for (uint32_t i = 0; i < WORDS_AT_ONCE; i++, base += (uint16_t)c->span) {
		uint64_t word = sieve_in_memory(words[i]);
		UNROLL
		for (uint32_t j = 0; j < bytes; j++) {
			const unsigned char byte = (unsigned char)(j % 2 ? word >> 8 : word);
			const vector_of_16 x = widen_bytes(&deltas->packed[j][byte]) + base;
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

#else

/* Without vectors, word by word: a distance less to write and to read for each number. */
INLINE size_t numbers_plain(
	const uint64_t *words, const struct transpose *c, uint64_t base, struct numbers *restrict to)
{
	const struct sieve_deltas *deltas = c->deltas;
	unsigned char some[64 + 8];
	size_t n = 0;
	for (uint32_t i = 0; i < WORDS_AT_ONCE; i++, base += c->span) {
		const unsigned char *byte = (const unsigned char *)(words + i);
		uint32_t found = 0;
		for (uint32_t j = 0; j < c->bytes; j++) {
			memcpy(some + found, &deltas->packed[j][byte[j]], 8);
			found += deltas->ones[byte[j]];
		}
		for (uint32_t j = 0; j < found; j++)
			to->number[n + j] = base + some[j];
		n += found;
	}
	return n;
}

#endif

#endif
