/* SPDX-License-Identifier: MIT */
/* sieve_class.h - one line of one block, from the pre-sieve to counting, by all kinds of primes. */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_CLASS_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_CLASS_H

#include "kernels/sieve/sieve_bucket.h"
#include "kernels/sieve/sieve_hit.h"
#include "kernels/sieve/sieve_medium.h"
#include "kernels/sieve/sieve_presieve.h"
#include "kernels/sieve/sieve_products.h"
#include "kernels/sieve/sieve_simd.h"
#include "kernels/sieve/sieve_small.h"
#include "kernels/sieve/sieve_woven.h"

#include <string.h>

/* Composites behind the last number. */
static void close_line(unsigned char *bits, uint32_t valid, uint32_t end)
{
	for (; valid < end && valid % 8; valid++)
		cross(bits, valid);
	if (valid < end)
		memset(bits + valid / 8, 0xff, (end - valid) / 8);
}

/* Adds the primes, zero bits, of whole vectors of a line whose bit 0 is `number`; M = 2 (mod 4), so bits
 * alternate between 1 and 3. */
static void count_primes(const unsigned char *bits, uint32_t size, uint64_t number, struct tally *out)
{
	struct ones ones = count_ones(bits, size / 8);
	uint64_t even = size / 2 - ones.even;
	out->count += size - ones.all;
	out->checksum += number % 4 == 1 ? even : size - ones.all - even;
}

/* Crosses out the numbers left that are no primes. */
static void test_line(unsigned char *line, uint32_t valid, uint64_t number, uint32_t modulus)
{
	for (uint32_t i = 0; i < valid; i++)
		if (!(line[i / 8] >> i % 8 & 1) && !sieve_is_prime(number + (uint64_t)modulus * i))
			cross(line, i);
}

/* What is the same for all lines that are whole. */
static void finish_line(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, uint32_t class,
	struct tally *out)
{
	uint32_t valid = sieve_valid(in, block, class);
	uint64_t number = sieve_base(in, block) + in->offset[class]; /* meaningless where valid == 0 */
	close_line(w->line, valid, in->line_bits);
	/* `first` is less than a modulus below what counts: that is one bit, and adding the modulus to its number
	 * may pass 2^64 */
	if (valid && number < in->from)
		cross(w->line, 0);
	if (in->tested)
		test_line(w->line, valid, number, in->modulus);
	if (out)
		count_primes(w->line, in->line_bits, number, out);
}

/* Sieves a line, and adds its primes to *out unless that is NULL. Where primes are multiplied, the first line
 * of a block brings the others. */
static void sieve_class(const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, uint32_t class,
	struct tally *out)
{
	uint32_t offset = in->offset[class], valid = sieve_valid(in, block, class);
	uint64_t number = sieve_base(in, block) + offset; /* meaningless where valid == 0 */
	if (in->factors) {
		if (class == 0)
			sieve_products(in, w, block);
		w->line = w->lines + class * w->stride;
		finish_line(in, w, block, class, out);
		return;
	}
	uint32_t *next = in->segments > 1 ? w->next : NULL;
	w->begun = in->small;
	for (uint32_t s = 0; s < in->segments; s++) {
		uint32_t before = s * in->segment_bits;
		unsigned char *to = w->line + (in->whole ? before / 8 : 0);
		uint32_t spare = in->whole ? in->line_bits - before : in->segment_bits;
		presieve(in, w, offset, before, to);
		(in->tables->woven ? weave_small : cross_small)(in, w, offset, before, to);
		cross_runs(in, w, offset, (struct stretch){to, before, in->segment_bits, spare, next},
			sieve_segment_runs(in, w, s), in->small);
		if (w->spans && (s + 1) % in->span == 0) {
			const uint32_t bits = in->span * in->segment_bits,
				       from = before + in->segment_bits - bits;
			cross_runs(in, w, offset,
				(struct stretch){w->line + from / 8, from, bits, in->line_bits - from, next},
				&w->wide, in->local);
		}
		if (in->whole)
			continue;
		close_line(w->line, valid < before ? 0 : valid - before, in->segment_bits);
		count_primes(w->line, in->segment_bits, number, out);
	}
	if (!in->whole)
		return;
	cross_runs(in, w, offset, (struct stretch){w->line, 0, in->line_bits, in->line_bits, NULL}, &w->whole,
		w->spans ? in->wide : in->local);
	if (in->bucketed.blocks)
		cross_buckets(in, w, block, class);
	finish_line(in, w, block, class, out);
}

#endif
