/* SPDX-License-Identifier: MIT */
/*
 * primality.c - the kernel `primality`: its table of divisors, its published answers, and its
 * record.
 */
#include "kernels/primality/primality.h"

#include "kernels/primes.h"

#include <stdlib.h>

/* Fewer numbers would be handed out faster than they are tried only where they are small. */
enum { GRAIN = 2048 / PRIMALITY_UNIT };

/* Of an odd number, modulo 2^32: each step doubles the bits that are right, from three. */
static uint32_t inverse_of(uint32_t d)
{
	uint32_t x = d;
	for (int bits = 3; bits < 32; bits *= 2)
		x *= 2 - d * x;
	return x;
}

int primality_setup(const struct problem *p, void **input, struct err *e)
{
	struct primality_input *in = calloc(1, sizeof *in);
	if (!in)
		return err_blame(e, CAUSE_MEMORY, "primality: out of memory");
	in->numbers = p->numbers;
	for (uint64_t d = 3; d * d < in->numbers; d += 2)
		in->count++;
	in->divisor = calloc(in->count + PRIMALITY_PADDING, sizeof *in->divisor);
	if (!in->divisor) {
		free(in);
		return err_blame(e, CAUSE_MEMORY, "primality: out of memory");
	}
	for (uint32_t i = 0; i < in->count; i++) {
		uint32_t d = 3 + 2 * i;
		in->divisor[i] = (struct primality_divisor){inverse_of(d), UINT32_MAX / d};
	}
	for (uint32_t i = 0; i < PRIMALITY_PADDING; i++)
		in->divisor[in->count + i] = (struct primality_divisor){1, 0};
	*input = in;
	return 0;
}

void primality_teardown(void *input)
{
	struct primality_input *in = input;
	free(in->divisor);
	free(in);
}

uint64_t primality_units(const void *input)
{
	const struct primality_input *in = input;
	return (in->numbers + PRIMALITY_UNIT - 1) / PRIMALITY_UNIT;
}

uint64_t primality_grain(const void *input)
{
	(void)input;
	return GRAIN;
}

size_t primality_scratch_bytes(const void *input)
{
	(void)input;
	return 0;
}

static uint64_t items(const struct problem *p)
{
	return p->numbers;
}

static void resize(struct problem *p, uint64_t size)
{
	p->numbers = size;
}

static const char *oracle(const struct problem *p, struct tally *known, bool *check_known)
{
	*check_known = true;
	return primes_below(p->numbers, known);
}

const struct kernel kernel_primality = {
	.name = "primality",
	.summary = "trial division of each number: irregular work per item, bound by integer multiplication",
	.item = "number",
	.checksum = "primes that leave 1 when divided by 4",
	.parameters = (const char *const[]){"numbers", NULL},
	.undemanding = "its operation count per number depends on the smallest factor",
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.listing = &(const struct kernel_listing){.weigh = primes_weigh},
	.variants = (const struct variant *const[]){&primality_reference, &primality_scalar, &primality_neon,
		&primality_avx2, &primality_avx512, NULL},
};
