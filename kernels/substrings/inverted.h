/* SPDX-License-Identifier: MIT */
/*
 * inverted.h - inverted repeats in DNA: two arms of at least `arm` letters that pair base by base, with at most `gap`
 * letters between them. GAATTC is one with arms of 3 and no gap; GGAT.TA.ATCC one with arms of 4 and a gap of 2.
 *
 * The arms of a repeat are as long as they go. Inwards: its innermost letters have at most one letter between them, or
 * those next to the gap do not pair. So a pair of letters belongs to one repeat, and each repeat is one place and one
 * gap: `last`, the last letter of its left arm, and the letters from there to the right arm. An item is
 * last << INVERTED_GAP_BITS | gap.
 *
 * Letters are bits in planes: bit i of `low` and `high` is that of the code of letter i (dna.h), so that two bases pair
 * where both bits differ, and bit i of `bases` tells whether letter i is a base. What is none has code 0 in the other
 * planes. Arms of 64 places and a gap are found by shifts of words.
 *
 * Between two records are gap + 1 places that are no bases, so that no repeat is in both.
 *
 * The unit of work is INVERTED_WORDS words of 64 places each, by `last`.
 */
#ifndef PARSCALE_KERNELS_SUBSTRINGS_INVERTED_H
#define PARSCALE_KERNELS_SUBSTRINGS_INVERTED_H

#include "kernels/kernel.h"
#include "kernels/ones.h"
#include "kernels/substrings/dna.h"

enum { INVERTED_WORDS = 8, INVERTED_GAP_BITS = 16 };

/* Read-only once made. Of every plane, letters may be asked for from gap + arm before the first to as many behind the
 * last unit: they are no bases. */
struct inverted_input {
	uint64_t *low, *high, *bases; /* the word of letters 0 to 63 */
	uint64_t *room;               /* all of them */
	uint64_t count;               /* letters, with the places between records */
	uint64_t gap, arm;
	struct dna dna;    /* of listings */
	unsigned features; /* cpu_features() at setup */
};

/* What every variant's record has, however it searches for arms. */
int inverted_setup(const struct problem *p, void **input, struct err *e);
void inverted_teardown(void *input);
uint64_t inverted_units(const void *input);
uint64_t inverted_grain(const void *input);
size_t inverted_scratch_bytes(const void *input);

/* Do letters i and j pair? Slow. */
static inline bool inverted_pair(const struct inverted_input *in, int64_t i, int64_t j)
{
	const uint64_t a = (uint64_t)i % 64, b = (uint64_t)j % 64;
	const int64_t v = i >> 6, w = j >> 6;
	return ((in->low[v] >> a ^ in->low[w] >> b) & (in->high[v] >> a ^ in->high[w] >> b) &
		       in->bases[v] >> a & in->bases[w] >> b & 1) != 0;
}

/* Letters of each arm, no more than `most`, whose innermost are `last` and the one behind the gap. */
static inline uint64_t inverted_arm(
	const struct inverted_input *in, uint64_t last, uint64_t gap, uint64_t most)
{
	uint64_t n = 0;
	while (n < most && n <= last && inverted_pair(in, (int64_t)(last - n), (int64_t)(last + gap + 1 + n)))
		n++;
	return n;
}

/* Is there a repeat? Slow. */
static inline bool inverted_is(const struct inverted_input *in, uint64_t last, uint64_t gap)
{
	return inverted_arm(in, last, gap, in->arm) == in->arm &&
	       (gap < 2 || !inverted_pair(in, (int64_t)last + 1, (int64_t)(last + gap)));
}

/* Adds to *out the repeats of this gap whose `last` are the set bits of a word of places. */
static inline void inverted_add(uint64_t bits, uint64_t word, uint64_t gap, struct tally *out)
{
	out->count += ones_of(bits);
	out->checksum += bits * (2 * word + 1) * (2 * gap + 1);
}

/* The record of the variant `id`, which ends its file. */
#define INVERTED_VARIANT(id, cpu_bits, own_setup)                                                            \
	const struct variant inverted_##id = {                                                               \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = own_setup,                                                                          \
		.teardown = inverted_teardown,                                                               \
		.units = inverted_units,                                                                     \
		.grain = inverted_grain,                                                                     \
		.scratch_bytes = inverted_scratch_bytes,                                                     \
		.chunk = chunk,                                                                              \
		.emit = emit,                                                                                \
	}

/* What the variant avx512 has on CPUs with VBMI2. */
kernel_chunk_fn inverted_vbmi2_chunk;
kernel_emit_fn inverted_vbmi2_emit;

extern const struct variant inverted_reference, inverted_scalar, inverted_avx2, inverted_avx512,
	inverted_neon;

#endif
