/* SPDX-License-Identifier: MIT */
/*
 * triad.c - the kernel `triad`: adds one array to three times another, as in STREAM; the ceiling of
 * kernels that read twice as much as they write.
 */
#define STREAM_SOURCES 2
#include "kernels/ceilings/stream_problem.h"

#include "kernels/cpu.h"

static void plain(double *a, const double *b, const double *c, uint64_t words)
{
	for (uint64_t i = 0; i < words; i++)
		a[i] = b[i] + 3 * c[i];
}

STREAM_VARIANT(triad, reference, "reference", 0, plain);

static const struct demand demands[] = {{"flops", .per_item = 2}, {0}}; /* multiplied, and added */

/* From memory, and in L1, avx2 is 1.15 times as fast there as avx512; in L2 both are alike. */
static const struct preference preferences[] = {{CPU_HALF_VECTORS, &triad_avx2}, {0}};

const struct kernel kernel_triad = {
	.name = "triad",
	.summary = "a = b + 3 c over doubles as in STREAM: a memory-bandwidth ceiling",
	.item = "word",
	.checksum = "sum of one word of every 64th unit, read back",
	.parameters = (const char *const[]){"bytes", "seed", NULL},
	.item_bytes = item_bytes,
	.demands = demands,
	.ceiling = CEILING_TRAFFIC,
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.variants = (const struct variant *const[]){&triad_reference, &triad_neon_stream, &triad_neon,
		&triad_rvv, &triad_avx2_stream, &triad_avx2, &triad_avx512_stream, &triad_avx512, NULL},
	.preferences = preferences,
};
