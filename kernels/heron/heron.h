/* SPDX-License-Identifier: MIT */
/*
 * heron.h - square roots by Heron's iteration x <- (x + a / x) / 2, from 1, until it no longer
 * falls.
 *
 * After its first step x is at or above the root, since the arithmetic mean of x and a / x is at
 * least their geometric mean, sqrt(a). From there it falls, until rounding ends that within 2 ulp
 * of the root. Far from the root each step halves x; near it the number of correct digits doubles:
 * six steps for numbers near 1, five hundred for the largest and smallest. So items cost unequally,
 * and by an amount that no schedule can know beforehand.
 *
 * Zero and infinity are their own roots; negative numbers and NaN have none, which is one fixed
 * NaN; these take no step. Every variant does the same IEEE 754 operations in the same order, so
 * that results and numbers of steps are equal to the bit.
 */
#ifndef PARSCALE_KERNELS_HERON_HERON_H
#define PARSCALE_KERNELS_HERON_HERON_H

#include "kernels/kernel.h"

#include <string.h>

enum { HERON_UNIT = 64 };

/* Read-only once made. */
struct heron_input {
	double *number; /* 64-byte aligned; a whole number of units, those beyond `count` are 0 */
	uint64_t count;
};

int heron_setup(const struct problem *p, void **input, struct err *e);
void heron_teardown(void *input);
uint64_t heron_units(const void *input);
uint64_t heron_grain(const void *input);
size_t heron_scratch_bytes(const void *input);

static inline uint64_t heron_bits(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

/* Has it a root that takes steps to find? */
static inline bool heron_is_plain(double a)
{
	return a > 0 && a <= __DBL_MAX__;
}

/* The root of a number that has no such: itself, or NaN. */
static inline double heron_special(double a)
{
	return a == 0 || a > 0 ? a : __builtin_nan("");
}

/* Defines the record heron_<id>, whose chunks are `work`. */
#define HERON_VARIANT(id, cpu_bits, work)                                                                    \
	const struct variant heron_##id = {                                                                  \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = heron_setup,                                                                        \
		.teardown = heron_teardown,                                                                  \
		.units = heron_units,                                                                        \
		.grain = heron_grain,                                                                        \
		.scratch_bytes = heron_scratch_bytes,                                                        \
		.chunk = work,                                                                               \
	}

extern const struct variant heron_reference, heron_avx2, heron_avx512, heron_neon;

#endif
