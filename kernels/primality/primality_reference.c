/* SPDX-License-Identifier: MIT */
/*
 * primality_reference.c - trial division as it is taught: counts a divisor up until its square is
 * beyond the number, or it divides.
 */
#include "kernels/primality/primality.h"

static bool is_prime(uint64_t n)
{
	uint64_t counter = 2;
	while (counter * counter <= n && n % counter != 0)
		counter++;
	return n >= 2 && counter * counter > n;
}

/* Its own loops: nothing is shared with the variants that it is to check. */
static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct primality_input *in = input;
	(void)scratch;
	for (uint64_t n = s.lo * PRIMALITY_UNIT; n < s.hi * PRIMALITY_UNIT && n < in->numbers; n++)
		if (is_prime(n)) {
			out->count++;
			out->checksum += n % 4 == 1;
		}
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	const struct primality_input *in = input;
	(void)scratch;
	for (uint64_t n = s.lo * PRIMALITY_UNIT; n < s.hi * PRIMALITY_UNIT && n < in->numbers; n++)
		if (is_prime(n) && sink(ctx, &n, 1) != 0)
			return;
}

const struct variant primality_reference = {
	.name = "reference",
	.setup = primality_setup,
	.teardown = primality_teardown,
	.units = primality_units,
	.grain = primality_grain,
	.scratch_bytes = primality_scratch_bytes,
	.chunk = chunk,
	.emit = emit,
};
