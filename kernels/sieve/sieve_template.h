/* SPDX-License-Identifier: MIT */
/*
 * sieve_template.h - the sieve itself, which every instruction set's file includes first. sieve.h
 * explains the algorithm; from the bottom up it is
 *
 *   sieve_simd.h       what the instruction set brings
 *   sieve_hit.h        one hit
 *   sieve_presieve.h   pre-sieved primes
 *   sieve_small.h      small primes
 *   sieve_woven.h      these, and pre-sieved ones meanwhile
 *   sieve_medium.h     medium and large primes
 *   sieve_bucket.h     bucketed primes
 *   sieve_products.h   primes that are multiplied with each other
 *   sieve_class.h      a line, by all of these, and its count
 *   sieve_block.h      what is the same for all lines of a block
 *   sieve_groups.h     k-tuplets, from neighbouring lines
 *   sieve_transpose.h  lines transposed to words, and words made numbers
 *   sieve_list.h       lists, from these
 *
 * and here the functions of a variant's record. A header includes what it needs.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_TEMPLATE_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_TEMPLATE_H

#include "kernels/sieve/sieve_block.h"
#include "kernels/sieve/sieve_groups.h"
#include "kernels/sieve/sieve_list.h"

/* With s = 1/p mod M, step -1/M mod p is (p * s - 1) / M, which is a whole number, below 2^25; fractions of p
 * / M are at least 1 / M. */
static void steps(const uint32_t *restrict prime, uint32_t n, uint32_t modulus,
	const int32_t *restrict reciprocal, uint32_t *restrict step, float *restrict inverse)
{
	const double part = 1.0 / modulus;
	for (uint32_t i = 0; i < n; i++) {
		int32_t p = (int32_t)prime[i], rest = p - (int32_t)(p * part) * (int32_t)modulus;
		step[i] = (uint32_t)(int32_t)(((double)p * reciprocal[rest] - 1) * part + 0.5);
		inverse[i] = 1.0f / (float)p;
	}
}

static const unsigned char *leave_line(
	const struct sieve_input *in, struct sieve_scratch *w, uint64_t block, uint32_t class)
{
	enter(in, w, block);
	sieve_class(in, w, block, class, NULL);
	return w->line;
}

static void add_listed(const struct sieve_input *in, struct tally *out)
{
	uint64_t check = 0;
	for (uint32_t i = 0; i < in->listed_count; i++)
		check += in->listed[i] % 4 == 1;
	out->count += in->listed_count;
	out->checksum += check;
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct sieve_input *in = input;
	struct sieve_scratch *w = scratch;
	if (s.lo == 0 && s.hi > 0)
		add_listed(in, out);
	if (!in->blocks)
		return;
	if (in->groups) {
		count_tuplets(in, w, s, out);
		return;
	}
	uint32_t lines = in->by_block ? in->classes : 1;
	for (uint64_t line = s.lo * lines; line < s.hi * lines; line++) {
		enter(in, w, line / in->classes);
		sieve_class(in, w, line / in->classes, (uint32_t)(line % in->classes), out);
	}
}

static int setup(const struct problem *p, void **input, struct err *e)
{
	struct sieve_input *in;
	if (sieve_open(p, &engine, &in, e))
		return -1;
	*input = in;
	return 0;
}

/* The record of the variant `id`, which ends the file of its instruction set. */
#define SIEVE_VARIANT(id, cpu_bits)                                                                          \
	const struct variant sieve_##id = {                                                                  \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = setup,                                                                              \
		.teardown = sieve_close,                                                                     \
		.units = sieve_units,                                                                        \
		.grain = sieve_grain,                                                                        \
		.scratch_bytes = sieve_scratch_bytes,                                                        \
		.chunk = chunk,                                                                              \
		.emit = emit,                                                                                \
	}

#endif
