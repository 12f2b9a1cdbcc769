/* SPDX-License-Identifier: MIT */
/*
 * peak.h - shared by `peak`, `flops` and `divide`: as many operations as registers can do.
 *
 * An operation is done to one 64-bit lane: `peak` adds, flips bits and clears bits of whole numbers, `flops`
 * multiplies by 1/2 and adds 1 to doubles (two operations), `divide` divides them. 96 lanes make a unit; they
 * depend on themselves alone, so that twelve (or 24) registers' worth of them are under way at once, enough for any
 * latency times any number of ports; and no two of the same register follow each other but in the order in
 * which they are written, with an empty instruction after each: nothing is folded, fused or made a vector
 * that was none (tests/cli/assembly.sh counts them). Every variant does the same to each lane, to the bit.
 *
 * Left out are what runs on one port alone, as comparing does on some CPUs: a mix with it would be slower
 * than what a kernel without it can do, and so no ceiling.
 */
#ifndef PARSCALE_KERNELS_CEILINGS_PEAK_H
#define PARSCALE_KERNELS_CEILINGS_PEAK_H

#include "kernels/kernel.h"

enum { PEAK_LANES = 96 };

/* How often each lane goes through the steps in a unit, and how many operations one passage is. */
enum {
	PEAK_ROUNDS = 64,
	PEAK_STEPS = 4,
	FLOPS_ROUNDS = 64,
	FLOPS_STEPS = 8,
	DIVIDE_ROUNDS = 16,
	DIVIDE_STEPS = 1
};

/* Operations of a unit. */
enum {
	PEAK_UNIT = PEAK_LANES * PEAK_ROUNDS * PEAK_STEPS,
	FLOPS_UNIT = PEAK_LANES * FLOPS_ROUNDS * FLOPS_STEPS,
	DIVIDE_UNIT = PEAK_LANES * DIVIDE_ROUNDS * DIVIDE_STEPS
};

/* The constants of the steps: of a kind that an instruction holds, but no small ones, which some CPUs add
 * before they are executed. */
#define PEAK_ADDED UINT64_C(0x1e3779b9)
#define PEAK_FLIPPED UINT64_C(0x5bd1e995)
#define PEAK_KEPT UINT64_C(0xfffffffffffeffff)

struct peak_input {
	uint64_t units, seed;
	_Alignas(64) uint64_t whole[PEAK_LANES]; /* what each lane starts from, less what the unit adds */
	_Alignas(64) double real[PEAK_LANES];
};

int peak_setup_peak(const struct problem *p, void **input, struct err *e);
int peak_setup_flops(const struct problem *p, void **input, struct err *e);
int peak_setup_divide(const struct problem *p, void **input, struct err *e);
uint64_t peak_units(const void *input);
uint64_t peak_grain(const void *input);
size_t peak_scratch_bytes(const void *input);

/* Operations of the problem, in whole units of so many; sized to them. */
uint64_t peak_whole(const struct problem *p, uint64_t unit);
void peak_resize(struct problem *p, uint64_t operations);

/* What unit u adds to every lane's start. */
static inline uint64_t peak_start(const struct peak_input *in, uint64_t u)
{
	return (in->seed + u * PEAK_LANES) * UINT64_C(0x9e3779b97f4a7c15);
}

static inline double peak_start_real(uint64_t u)
{
	return (double)(u % 1024);
}

/* The record <kernel>_<id>, whose chunks are `work`. */
#define PEAK_VARIANT(kernel, id, cpu_bits, work)                                                             \
	const struct variant kernel##_##id = {                                                               \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = peak_setup_##kernel,                                                                \
		.teardown = free,                                                                            \
		.units = peak_units,                                                                         \
		.grain = peak_grain,                                                                         \
		.scratch_bytes = peak_scratch_bytes,                                                         \
		.chunk = work,                                                                               \
	}

/* For compilers that cannot make it. */
#define PEAK_VARIANT_MISSING(kernel, id, why)                                                                \
	const struct variant kernel##_##id = {.name = #id, .missing = why}

extern const struct variant peak_scalar, peak_avx2, peak_avx512, peak_neon, flops_scalar, flops_avx2,
	flops_avx512, flops_neon, divide_scalar, divide_avx2, divide_avx512, divide_neon, peak_sve, flops_sve,
	divide_sve;

#endif
