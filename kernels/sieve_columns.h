/* SPDX-License-Identifier: MIT */
/*
 * sieve_columns.h - the part of the template that looks at several lines at once: k-tuplets, and lists in order.
 *
 * Tuplets are counted in groups of neighbouring lines: the union of k lines is clear where a tuplet begins.
 *
 * Lists are made of the eight lines modulo 30 side by side. Their bits are turned round, 64 columns of eight bits at a time, so that a
 * word has the candidates of 240 numbers in order; then the set bits of words become numbers. First numbers are 2 modulo 30, so
 * that the tuplets of a word are the word itself, shifted and united.
 *
 * SIEVE_HAS_NUMBERS: the instruction set has its own `numbers`, with the tables of struct columns; else the portable one here is used.
 */
#ifndef PARSCALE_SIEVE_COLUMNS_H
#define PARSCALE_SIEVE_COLUMNS_H

#include "sieve_tuplets.h"

/* Sieves some lines of a block and keeps them side by side. */
static void keep_lines(const struct sieve_input *in, struct sieve_work *w, uint64_t block, uint32_t class, uint32_t lines)
{
	enter(in, w, block);
	for (uint32_t j = 0; j < lines; j++) {
		sieve_line(in, w, block, class + j, NULL);
		memcpy(w->lines + (size_t)j * (in->line_bits / 8), w->line, in->line_bits / 8);
	}
}

/* to = union of n lines */
static void unite_lines(unsigned char *restrict to, const unsigned char *restrict lines, size_t bytes, uint32_t n)
{
	memcpy(to, lines, bytes);
	for (uint32_t j = 1; j < n; j++)
		for (size_t i = 0; i < bytes; i++)
			to[i] |= lines[j * bytes + i];
}

static void count_tuplets(const struct sieve_input *in, struct sieve_work *w, struct span s, struct tally *out)
{
	uint32_t groups = in->by_block ? in->groups : 1;
	size_t bytes = in->line_bits / 8;
	for (uint64_t unit = s.lo * groups; unit < s.hi * groups; unit++) {
		uint64_t block = unit / in->groups;
		struct sieve_group g = in->group[unit % in->groups];
		keep_lines(in, w, block, g.class, g.lines);
		for (uint32_t j = 0; j < g.lines; j++)
			if (g.starts >> j & 1) {
				unite_lines(w->line, w->lines + j * bytes, bytes, (uint32_t)in->asked.tuplet);
				count_primes(w->line, in->line_bits, sieve_base(in, block) + in->offset[g.class + j], out);
			}
	}
}

enum {
	COLUMN_BYTES = 64,                   /* of each of the eight lines at a time */
	COLUMN_NUMBERS = COLUMN_BYTES * 240, /* that they stand for */
	WORDS_AT_ONCE = 16,                  /* of these 64 made into numbers at a time */
	EMIT_BATCH = 1024,
	EMIT_ROOM = EMIT_BATCH + WORDS_AT_ONCE * 64 + 16
};

/* What bits of a word stand for. */
struct columns {
	unsigned char delta[64];      /* bit b: so much after the word's first number */
	unsigned char packed[256][8]; /* the deltas of the bits set in the first byte, in order */
};

static void columns_init(struct columns *c, const uint16_t *offset)
{
	for (uint32_t b = 0; b < 64; b++)
		c->delta[b] = (unsigned char)(b / 8 * 30 + offset[b % 8]);
	memset(c->packed, 0, sizeof c->packed);
	for (uint32_t byte = 0; byte < 256; byte++)
		for (uint32_t b = 0, n = 0; b < 8; b++)
			if (byte >> b & 1)
				c->packed[byte][n++] = c->delta[b];
}

/* Writes base + 240 * i + delta[b] for every bit b set in word i of WORDS_AT_ONCE, in order, and returns how many. May write 16
 * elements more. */
static inline size_t numbers_by_bit(const uint64_t *words, const struct columns *c, uint64_t base, uint64_t *to)
{
	size_t found = 0;
	for (uint32_t i = 0; i < WORDS_AT_ONCE; i++, base += 240)
		for (uint64_t word = words[i]; word; word &= word - 1)
			to[found++] = base + c->delta[__builtin_ctzll(word)];
	return found;
}

#if !defined(SIEVE_HAS_NUMBERS)
static size_t numbers(const uint64_t *words, const struct columns *c, uint64_t base, uint64_t *to)
{
	return numbers_by_bit(words, c, base, to);
}
#endif

/* Eight words, the least significant byte first in memory. */
INLINE void load_words(uint64_t *to, const unsigned char *from)
{
	memcpy(to, from, 8 * sizeof *to);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	for (int i = 0; i < 8; i++)
		to[i] = __builtin_bswap64(to[i]);
#endif
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

/* COLUMN_BYTES bytes of eight lines, made words of primes in order: word 8 * i + j goes to words[j][i]. Bytes are turned round between
 * lines, then bits in words (H. S. Warren, Hacker's Delight, 7-3). */
INLINE void turn_columns(const unsigned char *lines, size_t line_bytes, uint64_t (*words)[8])
{
	for (size_t c = 0; c < 8; c++)
		load_words(words[c], lines + c * line_bytes);
	for (int c = 0; c < 4; c++)
		exchange(words[c], words[c + 4], 32, UINT64_C(0x00000000ffffffff));
	for (int c = 0; c < 8; c += c % 2 ? 3 : 1)
		exchange(words[c], words[c + 2], 16, UINT64_C(0x0000ffff0000ffff));
	for (int c = 0; c < 8; c += 2)
		exchange(words[c], words[c + 1], 8, UINT64_C(0x00ff00ff00ff00ff));
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

/* Leaves the first primes of k-tuplets. */
INLINE void keep_tuplets(uint64_t (*words)[8], unsigned k)
{
	uint64_t begin = (uint64_t)tuplets_begin[k] * UINT64_C(0x0101010101010101);
	for (int j = 0; j < 8; j++)
		for (int i = 0; i < 8; i++) {
			uint64_t x = words[j][i], all = x;
			for (unsigned n = 1; n < k; n++)
				all &= x >> n;
			words[j][i] = all & begin;
		}
}

/* Lists a block from its lines side by side. */
static int emit_block(const struct sieve_input *in, struct sieve_work *w, uint64_t block, kernel_take_fn *take, void *ctx)
{
	uint64_t batch[EMIT_ROOM], words[8][8], in_order[64], number = sieve_base(in, block);
	struct columns c;
	size_t n = 0, line_bytes = in->line_bits / 8, used = (sieve_valid(in, block, 0) + 7) / 8;
	columns_init(&c, in->offset);
	for (size_t at = 0; at < used; at += COLUMN_BYTES, number += COLUMN_NUMBERS) {
		turn_columns(w->lines + at, line_bytes, words);
		if (in->asked.tuplet > 1)
			keep_tuplets(words, (unsigned)in->asked.tuplet);
		for (int i = 0; i < 64; i++)
			in_order[i] = words[i % 8][i / 8];
		for (uint32_t i = 0; i < 64; i += WORDS_AT_ONCE) {
			n += numbers(in_order + i, &c, number + 240 * i, batch + n);
			if (n >= EMIT_BATCH) {
				if (take(ctx, batch, n))
					return 1;
				n = 0;
			}
		}
	}
	return n ? take(ctx, batch, n) : 0;
}

static void emit(const void *input, struct span s, void *scratch, kernel_take_fn *take, void *ctx)
{
	const struct sieve_input *in = input;
	struct sieve_work *w = scratch;
	if (s.lo == 0 && s.hi > 0)
		for (uint32_t i = 0; i < in->listed_count; i++) {
			uint64_t item = in->listed[i];
			if (take(ctx, &item, 1))
				return;
		}
	for (uint64_t block = s.lo; block < s.hi && block < in->blocks; block++) {
		keep_lines(in, w, block, 0, in->classes);
		if (emit_block(in, w, block, take, ctx))
			return;
	}
}

#endif
