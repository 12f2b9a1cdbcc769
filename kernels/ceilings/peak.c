/* SPDX-License-Identifier: MIT */
/*
 * peak.c - the kernel `peak`: operations on integers; the ceiling of kernels bound by instructions.
 * And the input that `flops` and `divide` share with it.
 */
#include "kernels/ceilings/peak.h"

#include <stdlib.h>

static int setup(const struct problem *p, uint64_t unit, void **input, struct err *e)
{
	struct peak_input *in = aligned_alloc(64, (sizeof *in + 63) / 64 * 64);
	if (!in)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	in->units = peak_whole(p, unit) / unit;
	in->seed = p->seed;
	for (unsigned i = 0; i < PEAK_LANES; i++) {
		in->whole[i] = i * UINT64_C(0x9e3779b97f4a7c15);
		in->real[i] = 1 + i / 128.0;
	}
	*input = in;
	return 0;
}

int peak_setup_peak(const struct problem *p, void **input, struct err *e)
{
	return setup(p, PEAK_UNIT, input, e);
}

int peak_setup_flops(const struct problem *p, void **input, struct err *e)
{
	return setup(p, FLOPS_UNIT, input, e);
}

int peak_setup_divide(const struct problem *p, void **input, struct err *e)
{
	return setup(p, DIVIDE_UNIT, input, e);
}

uint64_t peak_units(const void *input)
{
	return ((const struct peak_input *)input)->units;
}

uint64_t peak_grain(const void *input)
{
	(void)input;
	return 1;
}

size_t peak_scratch_bytes(const void *input)
{
	(void)input;
	return 0;
}

uint64_t peak_whole(const struct problem *p, uint64_t unit)
{
	return (p->operations + unit - 1) / unit * unit;
}

void peak_resize(struct problem *p, uint64_t operations)
{
	p->operations = operations;
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct peak_input *in = input;
	(void)scratch;
	for (uint64_t u = s.lo; u < s.hi; u++)
		for (unsigned i = 0; i < PEAK_LANES; i++) {
			uint64_t x = in->whole[i] + peak_start(in, u);
			for (unsigned r = 0; r < PEAK_ROUNDS; r++)
				x = (((x + PEAK_ADDED) ^ PEAK_FLIPPED) + PEAK_ADDED) & PEAK_KEPT;
			out->checksum += x;
		}
	out->count += (s.hi - s.lo) * PEAK_UNIT;
}

static PEAK_VARIANT(peak, reference, 0, chunk);

static uint64_t items(const struct problem *p)
{
	return peak_whole(p, PEAK_UNIT);
}

static const struct demand demands[] = {{"peak", .per_item = 1}, {0}};

const struct kernel kernel_peak = {
	.name = "peak",
	.summary = "integer and bit operations in registers: the instruction-throughput ceiling",
	.item = "operation",
	.checksum = "sum of all lanes, modulo 2^64",
	.parameters = (const char *const[]){"operations", "seed", NULL},
	.demands = demands,
	.ceiling = CEILING_OPERATIONS,
	.items = items,
	.resize = peak_resize,
	.variants = (const struct variant *const[]){&peak_reference, &peak_scalar, &peak_neon, &peak_sve,
		&peak_avx2, &peak_avx512, NULL},
};
