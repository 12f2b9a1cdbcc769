/* SPDX-License-Identifier: MIT */
/* draw.c - uniform and normal draws for simulations, the same on every machine. */
#include "tests/base/draw.h"

#include "base/rng.h"

#include <math.h>

uint64_t draw_bits(uint64_t *seed)
{
	return rng_next(seed);
}

double draw_uniform(uint64_t *seed)
{
	return ((double)(draw_bits(seed) >> 12) + 0.5) * 0x1p-52;
}

double draw_normal(uint64_t *seed)
{
	double r = sqrt(-2 * log(draw_uniform(seed)));
	return r * cos(2 * 3.14159265358979323846 * draw_uniform(seed));
}
