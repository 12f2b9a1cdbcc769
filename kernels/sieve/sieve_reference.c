/* SPDX-License-Identifier: MIT */
/*
 * sieve_reference.c - the textbook sieve, as in the article that parscale took its example from:
 * odd numbers only, one unsegmented array, each prime striking out every p-th of them from 3 p on.
 * One bit per number replaces the article's list of integers. Other variants are checked against
 * it, so it stays plain.
 *
 * The algorithm has no parts that could run side by side, so there is one unit.
 */
#include "kernels/memory.h"
#include "kernels/primes.h"
#include "kernels/sieve/sieve_tuplets.h"

#include <string.h>

static const uint64_t highest = 1000000000;

static int setup(const struct problem *p, void **input, struct err *e)
{
	if (p->stop > highest)
		return err_set(e, ERR_ABSENT,
			"sieve: variant reference keeps all numbers in memory and takes --stop up to 1e9 "
			"only");
	struct problem *copy = memory_alloc(1, sizeof *copy, "sieve", e);
	if (!copy)
		return -1;
	*copy = *p;
	*input = copy;
	return 0;
}

static uint64_t one(const void *input)
{
	(void)input;
	return 1;
}

/* Odd numbers 3, 5, 7, ... up to stop; index i is the number 2 * i + 3. */
static uint64_t odd_numbers(const struct problem *p)
{
	return p->stop < 3 ? 0 : (p->stop - 1) / 2;
}

static size_t scratch_bytes(const void *input)
{
	return (size_t)odd_numbers(input) / 8 + 1;
}

static void strike_out(unsigned char *struck, uint64_t size)
{
	for (uint64_t i = 0; i < size / 8 + 1; i++)
		struck[i] = 0;
	for (uint64_t i = 0; 2 * i * (i + 3) + 3 < size; i++) { /* (2i + 3)^2 is number 2i(i + 3) + 3 */
		if (struck[i / 8] >> i % 8 & 1)
			continue;
		uint64_t prime = 2 * i + 3;
		for (uint64_t j = i + prime; j < size; j += prime)
			struck[j / 8] |= (unsigned char)(1u << j % 8);
	}
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	const struct problem *p = input;
	unsigned char *struck = scratch;
	uint64_t size = odd_numbers(p), batch[512], two = 2, last[TUPLETS_LONGEST] = {0};
	size_t n = 0, k = (size_t)p->tuplet, found = 0;
	if (s.lo >= s.hi)
		return;
	strike_out(struck, size);
	if (k == 1 && p->start <= 2 && p->stop >= 2 && sink(ctx, &two, 1))
		return;
	for (uint64_t i = p->start < 3 ? 0 : (p->start - 2) / 2; i < size; i++) {
		if (struck[i / 8] >> i % 8 & 1)
			continue;
		memmove(last, last + 1, (k - 1) * sizeof *last); /* the last k primes */
		last[k - 1] = 2 * i + 3;
		if (++found < k || !tuplets_form((unsigned)k, last))
			continue;
		batch[n++] = last[0];
		if (n == 512) {
			if (sink(ctx, batch, n))
				return;
			n = 0;
		}
	}
	if (n)
		sink(ctx, batch, n);
}

static int count_up(void *ctx, const uint64_t *primes, size_t n)
{
	struct tally *out = ctx;
	for (size_t i = 0; i < n; i++)
		primes_weigh(primes[i], out);
	return 0;
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	emit(input, s, scratch, count_up, out);
}

const struct variant sieve_reference = {
	.name = "reference",
	.setup = setup,
	.teardown = memory_free,
	.units = one,
	.grain = one,
	.scratch_bytes = scratch_bytes,
	.chunk = chunk,
	.emit = emit,
};
