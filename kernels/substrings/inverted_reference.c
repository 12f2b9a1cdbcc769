/* SPDX-License-Identifier: MIT */
/*
 * inverted_reference.c - inverted repeats by their definition: every place, every gap, pair by pair.
 */
#include "kernels/substrings/inverted.h"

enum { PLACES = 64 * INVERTED_WORDS };

/* Letters, times gaps: half a second. */
static const uint64_t most_looks = 100000000;

static int setup(const struct problem *p, void **input, struct err *e)
{
	if (dna_letters(p) > most_looks / (p->gap + 1))
		return err_set(e, ERR_ABSENT,
			"inverted: reference takes at most 10^8 letters times gaps; take another variant");
	return inverted_setup(p, input, e);
}

static void visit(
	const struct inverted_input *in, struct span s, struct tally *out, kernel_sink_fn *sink, void *ctx)
{
	for (uint64_t last = s.lo * PLACES; last < s.hi * PLACES && last < in->count; last++)
		for (uint64_t gap = 0; gap <= in->gap && last + gap + 1 < in->count; gap++) {
			if (!inverted_is(in, last, gap))
				continue;
			const uint64_t item = last << INVERTED_GAP_BITS | gap;
			if (out)
				inverted_add(UINT64_C(1) << last % 64, last / 64, gap, out);
			else if (sink(ctx, &item, 1) != 0)
				return;
		}
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	(void)scratch;
	visit(input, s, out, NULL, NULL);
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	(void)scratch;
	visit(input, s, NULL, sink, ctx);
}

INVERTED_VARIANT(reference, 0, setup);
