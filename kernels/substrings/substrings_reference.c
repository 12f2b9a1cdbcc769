/* SPDX-License-Identifier: MIT */
/*
 * substrings_reference.c - Manacher's algorithm ("A new linear-time on-line algorithm for finding
 * the smallest initial palindrome of a string", JACM 22, 1975): a centre inside a known palindrome
 * has as many pairs as its mirror image, as far as that palindrome reaches; only beyond it are
 * letters compared, and each comparison moves the reach on. So it is linear in the string, from its
 * beginning to the last centre that is asked for.
 */
#include "kernels/substrings/substrings.h"

static const uint64_t most_letters = 100000000;

static int setup(const struct problem *p, void **input, struct err *e)
{
	if (substrings_letters(p) > most_letters)
		return err_set(e, ERR_ABSENT,
			"substrings: reference takes at most 10^8 letters; take another variant");
	return substrings_setup(p, input, e);
}

/* The pairs of every centre. */
static size_t scratch_bytes(const void *input)
{
	const struct substrings_input *in = input;
	return 2 * (size_t)in->count * sizeof(uint32_t);
}

static void visit(const struct substrings_input *in, struct span s, uint32_t *pairs, struct tally *out,
	kernel_sink_fn *sink, void *ctx)
{
	const unsigned char *text = in->text;
	const uint64_t step = in->flip ? 2 : 1;
	const uint64_t first = s.lo ? 2 * s.lo * SUBSTRINGS_BLOCK - 1 : 0, end = 2 * s.hi * SUBSTRINGS_BLOCK;
	uint64_t middle = 0, reach = 0; /* of the palindrome that goes furthest: its centre, its end */
	for (uint64_t z = in->flip ? 1 : 0; z + 1 < end && z + 1 < 2 * in->count; z += step) {
		const struct substrings_centre c = substrings_centre(z);
		uint64_t n = 0;
		if (c.right < reach) {
			n = pairs[2 * middle - z];
			if (n > reach - c.right)
				n = reach - c.right;
		}
		while (n < c.left && c.right + n < in->count &&
			(text[c.left - 1 - n] ^ in->flip) == text[c.right + n])
			n++;
		pairs[z] = (uint32_t)n;
		if (c.right + n > reach) {
			reach = c.right + n;
			middle = z;
		}
		if (z < first)
			continue;
		if (out)
			substrings_add(z, n, out);
		else if (substrings_longest(z, n) >= in->peak && sink(ctx, &z, 1) != 0)
			return;
	}
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	visit(input, s, scratch, out, NULL, NULL);
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	visit(input, s, scratch, NULL, sink, ctx);
}

const struct variant substrings_reference = {
	.name = "reference",
	.setup = setup,
	.teardown = substrings_teardown,
	.units = substrings_units,
	.grain = substrings_grain,
	.scratch_bytes = scratch_bytes,
	.chunk = chunk,
	.emit = emit,
};
