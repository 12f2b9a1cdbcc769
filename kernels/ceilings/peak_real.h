/* SPDX-License-Identifier: MIT */
/*
 * peak_real.h - a ceiling of arithmetic on doubles: its reference and its record. For who includes it once with
 *
 *   REAL_NAME         of the kernel
 *   REAL_UNIT         operations of a unit
 *   REAL_STEPS        how often a lane goes through the step in a unit
 *   REAL_STEP(x)      the step
 *   REAL_ITEM, REAL_SUMMARY   what an operation is called; what the kernel is
 */
#include "kernels/ceilings/peak.h"

#include <stdlib.h>
#include <string.h>

#define REAL_TEXT(x) REAL_TEXT_(x)
#define REAL_TEXT_(x) #x
#define REAL_PASTE(a, b) REAL_PASTE_(a, b)
#define REAL_PASTE_(a, b) a##b
/* PEAK_VARIANT pastes its first argument, which must be expanded before. */
#define REAL_VARIANT(...) PEAK_VARIANT(__VA_ARGS__)

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct peak_input *in = input;
	(void)scratch;
	for (uint64_t u = s.lo; u < s.hi; u++)
		for (unsigned i = 0; i < PEAK_LANES; i++) {
			double x = in->real[i] + peak_start_real(u);
			uint64_t bits;
			for (unsigned r = 0; r < REAL_STEPS; r++)
				x = REAL_STEP(x);
			memcpy(&bits, &x, sizeof bits);
			out->checksum += bits;
		}
	out->count += (s.hi - s.lo) * REAL_UNIT;
}

static REAL_VARIANT(REAL_NAME, reference, 0, chunk);

static uint64_t items(const struct problem *p)
{
	return peak_whole(p, REAL_UNIT);
}

static const struct demand demands[] = {{REAL_TEXT(REAL_NAME), .per_item = 1}, {0}};

const struct kernel REAL_PASTE(kernel_, REAL_NAME) = {
	.name = REAL_TEXT(REAL_NAME),
	.summary = REAL_SUMMARY,
	.item = REAL_ITEM,
	.checksum = "sum of all lanes' bit patterns, modulo 2^64",
	.parameters = (const char *const[]){"operations", "seed", NULL},
	.demands = demands,
	.ceiling = CEILING_OPERATIONS,
	.items = items,
	.resize = peak_resize,
	.variants = (const struct variant *const[]){&REAL_PASTE(REAL_NAME, _reference),
		&REAL_PASTE(REAL_NAME, _scalar), &REAL_PASTE(REAL_NAME, _neon), &REAL_PASTE(REAL_NAME, _sve),
		&REAL_PASTE(REAL_NAME, _avx2), &REAL_PASTE(REAL_NAME, _avx512), NULL},
};
