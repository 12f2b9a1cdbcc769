/* SPDX-License-Identifier: MIT */
/*
 * substrings_state.h - what a worker remembers of centres with long palindromes, so that periodic
 * strings take no longer than others.
 *
 * The search from centres is quadratic for a^n. Manacher's algorithm is linear but serial: it needs
 * the pairs of all centres before. What replaces it uses only a constant amount of memory, and only
 * facts about the string itself, so every worker can find them anew.
 *
 * Two palindromes of at least `reach` pairs whose centres are near each other make the string
 * around them periodic: to mirror twice is to shift. A run is such a stretch, extended as far as it
 * goes. Inside a run the centres at every multiple of its period (in z, half a period in letters)
 * have palindromes up to the nearer end of the run, exactly; only the one in its middle may go on.
 * All other centres have fewer pairs than a period. (Runs: Main 1989, Kolpakov and Kucherov 1999;
 * palindromes in them: Galil 1978.)
 *
 * The budget. Level k is about palindromes of 64 * 2^k pairs, and periods to half of that. At each
 * level a worker keeps the last centre with so many pairs and the last run found. A centre with so
 * many pairs that is neither in that run nor within a quarter of them from the last one is searched
 * on to the next level. So each level takes at most n / 16 comparisons of 64 letters for such
 * centres, and as much for its runs, which overlap by less than one palindrome: with 42 levels for
 * 2^48 letters that is linear, whatever the string.
 *
 * The state is forgotten where units go back to lower ones, which is where another measured run
 * begins, so that each run finds its own.
 */
#ifndef PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_STATE_H
#define PARSCALE_KERNELS_SUBSTRINGS_SUBSTRINGS_STATE_H

#include "kernels/substrings/substrings.h"

enum { SUBSTRINGS_LEVELS = 42, SUBSTRINGS_FIRST_LEVEL = 64 };

/* text[begin, end) has this period, and no further; around `centre` it is mirrored. period 0: none. */
struct substrings_run {
	uint64_t begin, end, period, centre;
};

/* A run of a period so short that blocks have several of its centres. */
struct substrings_comb {
	struct substrings_run run;
	uint64_t step;      /* letters between its centres of a kind */
	uint64_t teeth;     /* bits 0, step, 2 step, ... */
	uint64_t offset[2]; /* its letters, its gaps: i modulo step; `step` where there are none */
};

/* The pairs of the centres just searched, where strings have many palindromes, and one of those: what lies
 * behind its centre is the mirror image of what lies before. Letters are kept by their offsets modulo
 * SUBSTRINGS_KEPT. */
enum { SUBSTRINGS_KEPT = 32768, SUBSTRINGS_MANY = 255 };
struct substrings_mirror {
	unsigned heat;       /* of the blocks before, how many had many palindromes, about */
	uint64_t begin, end; /* the letters that are kept, as far as they are not overwritten */
	uint64_t centre;     /* of the palindrome that reaches furthest of those met */
	uint64_t reach;      /* the first offset behind it; 0: none */
	/* of letters and of gaps; SUBSTRINGS_MANY: so many or more, to be read in `many`. The first block is
	 * there again behind the last. */
	unsigned char few[2][SUBSTRINGS_KEPT + SUBSTRINGS_BLOCK];
	uint32_t many[2][SUBSTRINGS_KEPT]; /* UINT32_MAX: so many or more */
};

struct substrings_state {
	uint64_t next;                    /* the first unit that was not yet asked for */
	uint64_t last[SUBSTRINGS_LEVELS]; /* centre + 1; 0: none yet */
	struct substrings_run run[SUBSTRINGS_LEVELS];
	struct substrings_comb comb;
	struct substrings_mirror mirror; /* last: what is kept is not cleared */
};

/* Begins with units s. */
void substrings_state_begin(struct substrings_state *state, struct span s);

/* The pairs of centre z by a run that holds it and `reach` letters on either side; 0: it tells nothing.
 * *exact: no more than these. */
uint64_t substrings_run_pairs(const struct substrings_run *run, uint64_t z, uint64_t reach, bool *exact);

/* Makes a run the comb, if its period is short enough. */
void substrings_comb_make(struct substrings_comb *comb, const struct substrings_run *run);

/* The bits of the comb's letters or gaps in the block that begins at `base`, provided that they are well
 * inside the run and on one side of its middle: else false. */
bool substrings_comb_covers(const struct substrings_comb *comb, uint64_t base);
uint64_t substrings_comb_bits(const struct substrings_comb *comb, uint64_t base, bool gaps);

/* Adds the palindromes of centres `bits`, letters or gaps, of a block that the comb covers. */
void substrings_comb_add(
	const struct substrings_comb *comb, uint64_t base, bool gaps, uint64_t bits, struct tally *out);

#endif
