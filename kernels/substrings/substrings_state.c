/* SPDX-License-Identifier: MIT */
/*
 * substrings_state.c - runs, and the comb: a run of so short a period that a block has several of
 * its centres. Those are counted by arithmetic: their pairs form an arithmetic progression, so
 * count and checksum are sums over bit positions, computed from six masked population counts.
 */
#include "kernels/substrings/substrings_state.h"

#include "kernels/ones.h"

#include <stddef.h>
#include <string.h>

void substrings_state_begin(struct substrings_state *state, struct span s)
{
	if (s.lo < state->next)
		memset(state, 0, offsetof(struct substrings_state, mirror.few));
	state->next = s.hi;
}

uint64_t substrings_run_pairs(const struct substrings_run *run, uint64_t z, uint64_t reach, bool *exact)
{
	const struct substrings_centre c = substrings_centre(z);
	const uint64_t apart = z > run->centre ? z - run->centre : run->centre - z;
	if (!run->period || c.left < run->begin + reach || c.right + reach > run->end || apart % run->period)
		return 0;
	const uint64_t before = c.left - run->begin, behind = run->end - c.right;
	*exact = before != behind;
	return before < behind ? before : behind;
}

void substrings_comb_make(struct substrings_comb *comb, const struct substrings_run *run)
{
	if (run->period > SUBSTRINGS_BLOCK)
		return;
	*comb = (struct substrings_comb){.run = *run};
	const uint64_t p = run->period;
	comb->step = p % 2 ? p : p / 2;
	for (uint64_t bit = 0; bit < 64; bit += comb->step)
		comb->teeth |= UINT64_C(1) << bit;
	for (unsigned gaps = 0; gaps < 2; gaps++) /* i with 2i - gaps = centre, modulo p */
		for (comb->offset[gaps] = 0; comb->offset[gaps] < comb->step; comb->offset[gaps]++)
			if ((2 * comb->offset[gaps] + p - gaps) % p == run->centre % p)
				break;
}

bool substrings_comb_covers(const struct substrings_comb *comb, uint64_t base)
{
	const struct substrings_run *run = &comb->run;
	const uint64_t middle = run->begin + run->end - 1;
	return base >= run->begin + SUBSTRINGS_BLOCK && base + 2 * SUBSTRINGS_BLOCK < run->end &&
	       (2 * base > middle + 1 || 2 * (base + SUBSTRINGS_BLOCK) < middle);
}

uint64_t substrings_comb_bits(const struct substrings_comb *comb, uint64_t base, bool gaps)
{
	if (comb->offset[gaps] == comb->step)
		return 0;
	/* the least bit >= 0 that is offset - base, modulo step */
	return comb->teeth << (comb->offset[gaps] + comb->step - base % comb->step) % comb->step;
}

/* The bits i of a word whose number i has bit k. */
static const uint64_t with_bit[] = {UINT64_C(0xAAAAAAAAAAAAAAAA), UINT64_C(0xCCCCCCCCCCCCCCCC),
	UINT64_C(0xF0F0F0F0F0F0F0F0), UINT64_C(0xFF00FF00FF00FF00), UINT64_C(0xFFFF0000FFFF0000),
	UINT64_C(0xFFFFFFFF00000000)};

/* The sum of 2^i * i over the set bits i, modulo 2^64. */
static uint64_t weighted_sum(uint64_t bits)
{
	uint64_t sum = 0;
	for (unsigned k = 0; k < 6; k++)
		sum += (bits & with_bit[k]) << k;
	return sum;
}

/* The sum of i over the set bits i. */
static uint64_t sum_of_places(uint64_t bits)
{
	uint64_t sum = 0;
	for (unsigned k = 0; k < 6; k++)
		sum += ones_of(bits & with_bit[k]) << k;
	return sum;
}

void substrings_comb_add(
	const struct substrings_comb *comb, uint64_t base, bool gaps, uint64_t bits, struct tally *out)
{
	if (!bits)
		return;
	/* palindromes of the centre at bit i: first + i before the middle of the run, first - i behind it */
	const struct substrings_run *run = &comb->run;
	const bool rising = 2 * base < run->begin + run->end;
	const uint64_t first = rising ? base - run->begin + !gaps : run->end - base;
	const uint64_t number = ones_of(bits), places = sum_of_places(bits), weighted = weighted_sum(bits);
	const uint64_t best = rising ? first + 63 - (uint64_t)__builtin_clzll(bits)
				     : first - (uint64_t)__builtin_ctzll(bits);
	const uint64_t longest = 2 * best - !gaps;
	out->count += first * number + (rising ? places : -places);
	out->checksum +=
		(first * bits + (rising ? weighted : -weighted)) * substrings_weight(base / 64, gaps);
	out->longest = longest > out->longest ? longest : out->longest;
}
