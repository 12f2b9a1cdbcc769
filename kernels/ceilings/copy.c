/* SPDX-License-Identifier: MIT */
/*
 * copy.c - the kernel `copy`: copies memory, as in STREAM; the ceiling of kernels that write as
 * much as they read.
 */
#define STREAM_SOURCES 1
#include "kernels/ceilings/stream_problem.h"

#include "kernels/cpu.h"

#include <string.h>

static void plain(double *a, const double *b, const double *c, uint64_t words)
{
	(void)c;
	memcpy(a, b, (size_t)words * sizeof *a);
}

STREAM_VARIANT(copy, reference, "reference", 0, plain);

/* From memory avx2 is 1.05 times as fast there as avx512; in caches both are alike. */
static const struct preference preferences[] = {{CPU_HALF_VECTORS, &copy_avx2}, {0}};

const struct kernel kernel_copy = {
	.name = "copy",
	.summary = "a = b over doubles as in STREAM: a memory-bandwidth ceiling",
	.item = "word",
	.checksum = "sum of one word of every 64th unit, read back",
	.parameters = (const char *const[]){"bytes", "seed", NULL},
	.item_bytes = item_bytes,
	.undemanding = "it only loads and stores",
	.ceiling = CEILING_TRAFFIC,
	.items = items,
	.resize = resize,
	.oracle = oracle,
	.variants = (const struct variant *const[]){&copy_reference, &copy_neon_stream, &copy_neon, &copy_rvv,
		&copy_avx2_stream, &copy_avx2, &copy_avx512_stream, &copy_avx512, NULL},
	.preferences = preferences,
};
