/* SPDX-License-Identifier: MIT */
#include "draw.h"

#include <math.h>

uint64_t draw_bits(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
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
