/* SPDX-License-Identifier: MIT */
/*
 * inverted_planes.h - the search for inverted repeats in vectors of INVERTED_VECTOR bytes, 16 to 64, which the file that
 * includes this defines. That file ends in the record of its variant.
 *
 * Bit i of a word stands for the repeat whose left arm ends with letter i, of one gap g. In round r it lives on if
 * letters i - r and i + g + 1 + r pair: both bits of their codes differ. Those letters of 64 places are a word of a plane
 * shifted by r to the left, and by g + 1 + r to the right. In random letters one in four lives on, so after
 * INVERTED_ROUNDS rounds most vectors are done with. The loop is unrolled for these, and shifts are constants where
 * there is no gap. What is left is then asked for more: the other rounds, whether all letters are bases, and whether
 * the repeat has no pair inside.
 *
 * The vectors are GCC's and Clang's own; INVERTED_ANY(v), whether any bit is set, and INVERTED_SHIFT(a, b, n), the lanes
 * of a shifted down by n, 1 to 63, and filled up from those of b, may be defined as something better than what is here,
 * for a CPU that functions are then compiled for by INVERTED_TARGET, an attribute.
 */
#include "kernels/inline.h"
#include "kernels/substrings/inverted.h"

#include <string.h>

#ifndef INVERTED_SHIFT
#define INVERTED_SHIFT(a, b, n) ((a) >> (n) | (b) << (64 - (n)))
#endif
#ifndef INVERTED_TARGET
#define INVERTED_TARGET
#endif

/* Rounds that are always played, of arms so long or longer: so many that one vector in 16 at most is asked for more;
 * the file that includes this may define INVERTED_SURE, if others are better. */
#ifndef INVERTED_SURE
#define INVERTED_SURE INVERTED_MANY
#endif
enum {
	INVERTED_LANES = INVERTED_VECTOR / 8,
	INVERTED_FEW = 4,
	INVERTED_MANY = 6,
	INVERTED_ROUNDS = INVERTED_SURE
};

typedef uint64_t inverted_lanes __attribute__((vector_size(INVERTED_VECTOR)));

#ifndef INVERTED_ANY
static inline bool inverted_any(inverted_lanes v)
{
	uint64_t any = 0;
	for (unsigned i = 0; i < INVERTED_LANES; i++)
		any |= v[i];
	return any != 0;
}
#define INVERTED_ANY(v) inverted_any(v)
#endif

/* The bits of 64 * INVERTED_LANES letters of a plane: from the first of `word` on, shifted by so many. */
INVERTED_TARGET INLINE inverted_lanes inverted_bits(const uint64_t *word, int64_t letters)
{
	const uint64_t shift = (uint64_t)letters & 63;
	inverted_lanes a, b;
	word += letters >> 6;
	memcpy(&a, word, sizeof a);
	memcpy(&b, word + 1, sizeof b);
	return shift ? INVERTED_SHIFT(a, b, shift) : a;
}

/* The places of word w on for which the letters so far to the left and to the right pair, if they are bases. */
INVERTED_TARGET INLINE inverted_lanes inverted_pairs(
	const struct inverted_input *in, int64_t w, int64_t left, int64_t right)
{
	return (inverted_bits(in->low + w, -left) ^ inverted_bits(in->low + w, right)) &
	       (inverted_bits(in->high + w, -left) ^ inverted_bits(in->high + w, right));
}

/* Those for which they are. */
INVERTED_TARGET INLINE inverted_lanes inverted_bases(
	const struct inverted_input *in, int64_t w, int64_t left, int64_t right)
{
	return inverted_bits(in->bases + w, -left) & inverted_bits(in->bases + w, right);
}

/* What of `alive`, which are after `rounds` rounds, is a repeat of this gap. */
INVERTED_TARGET __attribute__((noinline)) static inverted_lanes inverted_confirm(
	const struct inverted_input *in, int64_t w, int64_t gap, int64_t rounds, inverted_lanes alive)
{
	const int64_t arm = (int64_t)in->arm;
	for (int64_t r = rounds; r < arm; r++) {
		alive &= inverted_pairs(in, w, r, gap + 1 + r);
		if (r % INVERTED_ROUNDS == 0 && !INVERTED_ANY(alive))
			return alive;
	}
	for (int64_t r = 0; r < arm; r++)
		alive &= inverted_bases(in, w, r, gap + 1 + r);
	if (gap >= 2)
		alive &= ~(inverted_pairs(in, w, -1, gap) & inverted_bases(in, w, -1, gap));
	return alive;
}

/* The repeats of this gap at the places from word w on. */
INVERTED_TARGET INLINE inverted_lanes inverted_search(
	const struct inverted_input *in, int64_t w, int64_t gap, int64_t rounds)
{
	inverted_lanes alive = ~(inverted_lanes){0};
	UNROLL
	for (int64_t r = 0; r < rounds; r++)
		alive &= inverted_pairs(in, w, r, gap + 1 + r);
	return INVERTED_ANY(alive) ? inverted_confirm(in, w, gap, rounds, alive) : alive;
}

INVERTED_TARGET INLINE void inverted_scan(
	const struct inverted_input *in, struct span s, int64_t most_gap, int64_t rounds, struct tally *out)
{
	struct tally t = {0};
	for (uint64_t w = s.lo * INVERTED_WORDS; w < s.hi * INVERTED_WORDS; w += INVERTED_LANES)
		for (int64_t gap = 0; gap <= most_gap; gap++) {
			const inverted_lanes found = inverted_search(in, (int64_t)w, gap, rounds);
			if (INVERTED_ANY(found))
				for (unsigned i = 0; i < INVERTED_LANES; i++)
					inverted_add(found[i], w + i, (uint64_t)gap, &t);
		}
	tally_add(out, t);
}

INVERTED_TARGET static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct inverted_input *in = input;
	(void)scratch;
	const int64_t gap = (int64_t)in->gap;
	if (in->arm < INVERTED_FEW)
		inverted_scan(in, s, gap, 1, out);
	else if (gap && in->arm < INVERTED_ROUNDS)
		inverted_scan(in, s, gap, INVERTED_FEW, out);
	else if (gap)
		inverted_scan(in, s, gap, INVERTED_ROUNDS, out);
	else if (in->arm == 4)
		inverted_scan(in, s, 0, 4, out);
	else if (in->arm == 5)
		inverted_scan(in, s, 0, 5, out);
	else if (in->arm < INVERTED_ROUNDS)
		inverted_scan(in, s, 0, INVERTED_MANY, out);
	else
		inverted_scan(in, s, 0, INVERTED_ROUNDS, out);
}

/* Lists the repeats of `places` of word w, which have at least one each. */
static int inverted_list(
	const struct inverted_input *in, uint64_t w, uint64_t places, kernel_sink_fn *sink, void *ctx)
{
	for (; places; places &= places - 1) {
		const uint64_t last = 64 * w + (uint64_t)__builtin_ctzll(places);
		for (uint64_t gap = 0; gap <= in->gap; gap++) {
			const uint64_t item = last << INVERTED_GAP_BITS | gap;
			if (inverted_is(in, last, gap) && sink(ctx, &item, 1) != 0)
				return 1;
		}
	}
	return 0;
}

/* In the order of places: first where any are, then which. */
INVERTED_TARGET static void emit(
	const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	const struct inverted_input *in = input;
	(void)scratch;
	for (uint64_t w = s.lo * INVERTED_WORDS; w < s.hi * INVERTED_WORDS; w += INVERTED_LANES) {
		inverted_lanes found = {0};
		for (int64_t gap = 0; gap <= (int64_t)in->gap; gap++)
			found |= inverted_search(in, (int64_t)w, gap, 1);
		for (unsigned i = 0; i < INVERTED_LANES; i++)
			if (inverted_list(in, w + i, found[i], sink, ctx) != 0)
				return;
	}
}
