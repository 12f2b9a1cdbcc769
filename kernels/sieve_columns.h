/* SPDX-License-Identifier: MIT */
/*
 * sieve_columns.h - the part of the template that looks at several lines at once: k-tuplets, and lists in
 * order.
 *
 * Tuplets are counted in groups of neighbouring lines: the union of k lines is clear where a tuplet begins.
 * Lists are made of all lines of a block, which are turned round (sieve_turn.h).
 */
#ifndef PARSCALE_SIEVE_COLUMNS_H
#define PARSCALE_SIEVE_COLUMNS_H

#include "sieve_turn.h"

/* Sieves some lines of a block and keeps them side by side. */
static void keep_lines(
	const struct sieve_input *in, struct sieve_work *w, uint64_t block, uint32_t class, uint32_t lines)
{
	enter(in, w, block);
	for (uint32_t j = 0; j < lines; j++) {
		w->line = w->lines + j * w->stride;
		sieve_line(in, w, block, class + j, NULL);
	}
}

/* Makes the first of n lines the union of all. */
static void unite_lines(unsigned char *lines, size_t stride, size_t bytes, uint32_t n)
{
	for (uint32_t j = 1; j < n; j++) {
		const unsigned char *restrict from = lines + j * stride;
		unsigned char *restrict to = lines;
		for (size_t i = 0; i < bytes; i++)
			to[i] |= from[i];
	}
}

static void count_tuplets(
	const struct sieve_input *in, struct sieve_work *w, struct span s, struct tally *out)
{
	uint32_t groups = in->by_block ? in->groups : 1;
	size_t bytes = in->line_bits / 8;
	for (uint64_t unit = s.lo * groups; unit < s.hi * groups; unit++) {
		uint64_t block = unit / in->groups;
		struct sieve_group g = in->group[unit % in->groups];
		keep_lines(in, w, block, g.class, g.lines);
		for (uint32_t j = 0; j < g.lines; j++)
			if (g.starts >> j & 1) {
				unsigned char *line = w->lines + j * w->stride;
				unite_lines(line, w->stride, bytes, (uint32_t)in->asked.tuplet);
				count_primes(line, in->line_bits,
					sieve_base(in, block) + in->offset[g.class + j], out);
			}
	}
}

#if !defined(SIEVE_HAS_TURN)
static void turn(const unsigned char *lines, size_t stride, const struct columns *c, uint64_t *words)
{
	turn_plain(lines, stride, c, words);
}
#endif

#if !defined(SIEVE_HAS_NUMBERS)
static size_t numbers(const uint64_t *words, const struct columns *c, uint64_t base, uint64_t *to)
{
	return numbers_plain(words, c, base, to);
}
#endif

/* Leaves the first primes of k-tuplets. */
static void keep_tuplets(uint64_t *words, const struct columns *c, unsigned k)
{
	for (uint32_t i = 0; i < c->words; i++) {
		uint64_t x = in_memory(words[i]), all = x & c->begin;
		for (unsigned n = 1; n < k; n++)
			all &= x >> n;
		words[i] = in_memory(all);
	}
}

enum { EMIT_BATCH = 1024, EMIT_ROOM = EMIT_BATCH + WORDS_AT_ONCE * 64 + NUMBERS_MORE };

/* Lists a block from its lines side by side. */
static int emit_block(const struct sieve_input *in, struct sieve_work *w, uint64_t block, struct columns *c,
	kernel_take_fn *take, void *ctx)
{
	uint64_t batch[EMIT_ROOM], words[COLUMN_WORDS], number = sieve_base(in, block);
	size_t n = 0, used = (sieve_valid(in, block, 0) + 7) / 8;
	c->usual = 1;
	for (size_t at = 0; at < used; at += COLUMN_BYTES) {
		turn(w->lines + at, w->stride, c, words);
		if (in->asked.tuplet > 1)
			keep_tuplets(words, c, (unsigned)in->asked.tuplet);
		else
			c->usual = usual_primes(c, number);
		for (uint32_t i = 0; i < c->words; i += WORDS_AT_ONCE, number += WORDS_AT_ONCE * c->span) {
			n += numbers(words + i, c, number, batch + n);
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
	struct columns c;
	if (s.lo == 0 && s.hi > 0)
		for (uint32_t i = 0; i < in->listed_count; i++) {
			uint64_t item = in->listed[i];
			if (take(ctx, &item, 1))
				return;
		}
	if (s.lo < in->blocks)
		columns_init(&c, in);
	for (uint64_t block = s.lo; block < s.hi && block < in->blocks; block++) {
		keep_lines(in, w, block, 0, in->classes);
		if (emit_block(in, w, block, &c, take, ctx))
			return;
	}
}

#endif
