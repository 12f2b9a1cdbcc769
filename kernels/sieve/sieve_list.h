/* SPDX-License-Identifier: MIT */
/* sieve_list.h - lists primes or tuplets in order, from all lines of a block, transposed. */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_LIST_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_LIST_H

#include "kernels/sieve/sieve_block.h"
#include "kernels/sieve/sieve_transpose.h"

/* Leaves the first primes of k-tuplets. */
static void keep_tuplets(uint64_t *words, const struct transpose *c, unsigned k)
{
	for (uint32_t i = 0; i < c->words; i++) {
		uint64_t x = sieve_in_memory(words[i]), all = x & c->begin;
		for (unsigned n = 1; n < k; n++)
			all &= x >> n;
		words[i] = sieve_in_memory(all);
	}
}

/* Lists what is listed in the plan. */
static int emit_listed(const struct sieve_input *in, kernel_sink_fn *sink, void *ctx)
{
	enum { BATCH = 512 };
	uint64_t batch[BATCH];
	for (uint32_t from = 0, n; from < in->listed_count; from += n) {
		n = in->listed_count - from < BATCH ? in->listed_count - from : BATCH;
		for (uint32_t i = 0; i < n; i++)
			batch[i] = in->listed[from + i];
		if (sink(ctx, batch, n))
			return 1;
	}
	return 0;
}

/* Lists a block from its lines side by side. */
static int emit_block(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block,
	struct transpose *c, kernel_sink_fn *sink, void *ctx)
{
	struct numbers made;
	uint64_t words[COLUMN_WORDS], number = sieve_base(in, block);
	const size_t used = (sieve_valid(in, block, 0) + 7) / 8;
	c->usual = 1;
	for (size_t at = 0; at < used; at += COLUMN_BYTES) {
		turn(w->lines + at, w->stride, c, words);
		if (in->asked.tuplet > 1)
			keep_tuplets(words, c, (unsigned)in->asked.tuplet);
		else
			c->usual = usual_primes(c, number);
		for (uint32_t i = 0; i < c->words; i += WORDS_AT_ONCE, number += WORDS_AT_ONCE * c->span) {
			const size_t n = numbers(words + i, c, number, &made);
			if (n && sink(ctx, made.number, n))
				return 1;
		}
	}
	return 0;
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	const struct sieve_input *in = input;
	struct sieve_scratch *w = scratch;
	struct transpose c;
	if (s.lo == 0 && s.hi > 0 && emit_listed(in, sink, ctx))
		return;
	if (s.lo < in->blocks)
		transpose_init(&c, in);
	for (uint64_t block = s.lo; block < s.hi && block < in->blocks; block++) {
		keep_lines(in, w, block, 0, in->classes);
		if (emit_block(in, w, block, &c, sink, ctx))
			return;
	}
}

#endif
