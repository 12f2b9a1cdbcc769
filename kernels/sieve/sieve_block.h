/* SPDX-License-Identifier: MIT */
/*
 * sieve_block.h - origins and buckets, which are the same for all lines of a block, and several of
 * its lines side by side.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_BLOCK_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_BLOCK_H

#include "kernels/sieve/sieve_class.h"

/* x modulo p, where `inverse` is 1/p: the quotient may be one off, and so is put right. |x / p| < 2^34. */
INLINE int64_t modulo(int64_t x, int64_t p, double inverse)
{
	int64_t rest = x - (int64_t)((double)x * inverse) * p;
	rest = rest < 0 ? rest + p : rest;
	return rest >= p ? rest - p : rest;
}

/* Of any block. A loop that compilers turn into vectors, without a division of integers. */
static void origins(const struct sieve_input *in, uint64_t base, uint32_t *restrict start)
{
	const uint32_t *restrict prime = in->prime, *restrict step = in->step;
	int64_t high = (int64_t)(base >> 32), low = (int64_t)(base & UINT32_MAX);
	for (uint32_t i = 0; i < in->primes; i++) {
		int64_t p = prime[i];
		double inverse = 1.0 / (double)p;
		int64_t rest = modulo(modulo(high, p, inverse) << 32 | low, p, inverse);
		start[i] = (uint32_t)modulo(rest * step[i], p, inverse);
	}
}

/* The origins of the next block: bits of a line go on by its length. */
static void next_origins(const struct sieve_input *in, struct sieve_scratch *w)
{
	const uint32_t squared = w->squared;
	w->squared = in->primes; /* wherever the squares are */
	for (uint32_t i = 0; i < in->primes; i += SIEVE_BATCH) {
		uint32_t n = in->primes - i < SIEVE_BATCH ? in->primes - i : SIEVE_BATCH;
		starts(in, w, i, n, 0, in->line_bits, w->batch);
		memcpy(w->start + i, w->batch, n * sizeof *w->start);
	}
	w->squared = squared;
}

static void enter(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block)
{
	enum { NEAR = 8 }; /* so many blocks further is less work than anew */
	if (w->ready == block + 1)
		return;
	const bool near = w->ready && w->ready <= block && block - w->ready < NEAR;
	for (uint64_t b = w->ready; near && b <= block; b++)
		next_origins(in, w);
	sieve_enter(in, w, block, near ? NULL : origins);
	if (in->bucketed.blocks)
		fill_buckets(in, w, block);
}

/* Sieves some lines of a block and keeps them side by side. */
static void keep_lines(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, uint32_t class, uint32_t lines)
{
	enter(in, w, block);
	for (uint32_t j = 0; j < lines; j++) {
		w->line = w->lines + j * w->stride;
		sieve_class(in, w, block, class + j, NULL);
	}
}

#endif
