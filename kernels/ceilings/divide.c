/* SPDX-License-Identifier: MIT */
/* divide.c - divides in registers: the ceiling of what is bound by division. */
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
			for (unsigned r = 0; r < DIVIDE_ROUNDS; r++)
				x = 1.7 / x;
			memcpy(&bits, &x, sizeof bits);
			out->checksum += bits;
		}
	out->count += (s.hi - s.lo) * DIVIDE_UNIT;
}

static PEAK_VARIANT(divide, reference, 0, chunk);

static uint64_t items(const struct problem *p)
{
	return peak_whole(p, DIVIDE_UNIT);
}

static const struct demand demands[] = {{"divide", .per_item = 1}, {0}};

const struct kernel kernel_divide = {
	.name = "divide",
	.summary = "divides doubles in registers: the ceiling of what is bound by division",
	.item = "division",
	.checksum = "sum of all lanes' bit patterns, modulo 2^64",
	.parameters = (const char *const[]){"operations", "seed", NULL},
	.demands = demands,
	.ceiling = CEILING_OPERATIONS,
	.items = items,
	.resize = peak_resize,
	.variants = (const struct variant *const[]){&divide_reference, &divide_scalar, &divide_avx2,
		&divide_avx512, NULL},
};
