/* SPDX-License-Identifier: MIT */
/* flops.c - multiplies and adds in registers, as one instruction where there is such: the ceiling of
 * arithmetic on doubles. Halves are exact, so that it is rounded once either way. */
#include "kernels/ceilings/peak.h"

#include <stdlib.h>
#include <string.h>

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct peak_input *in = input;
	(void)scratch;
	for (uint64_t u = s.lo; u < s.hi; u++)
		for (unsigned i = 0; i < PEAK_LANES; i++) {
			double x = in->real[i] + peak_start_real(u);
			uint64_t bits;
			for (unsigned r = 0; r < FLOPS_ROUNDS * FLOPS_STEPS / 2; r++)
				x = x * 0.5 + 1;
			memcpy(&bits, &x, sizeof bits);
			out->checksum += bits;
		}
	out->count += (s.hi - s.lo) * FLOPS_UNIT;
}

static PEAK_VARIANT(flops, reference, 0, chunk);

static uint64_t items(const struct problem *p)
{
	return peak_whole(p, FLOPS_UNIT);
}

static const struct demand demands[] = {{"flops", .per_item = 1}, {0}};

const struct kernel kernel_flops = {
	.name = "flops",
	.summary = "multiplies and adds doubles in registers: the ceiling of arithmetic on them",
	.item = "operation",
	.checksum = "sum of all lanes' bit patterns, modulo 2^64",
	.parameters = (const char *const[]){"operations", "seed", NULL},
	.demands = demands,
	.ceiling = CEILING_OPERATIONS,
	.items = items,
	.resize = peak_resize,
	.variants = (const struct variant *const[]){&flops_reference, &flops_scalar, &flops_avx2,
		&flops_avx512, NULL},
};
