/* SPDX-License-Identifier: MIT */
/* rng.c - SplitMix64, and the Fisher-Yates shuffle that draws the order of launches. */
#include "base/rng.h"

uint64_t rng_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Fisher-Yates: place i - 1 gets one of the i numbers not yet placed. The modulo favours low places
 * by less than i / 2^64, which no order of a sweep can show. */
void shuffle(size_t *order, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)(rng_next(state) % i), kept = order[i - 1];
		order[i - 1] = order[j];
		order[j] = kept;
	}
}

void rng_shuffle(double *values, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		const size_t j = (size_t)(rng_next(state) % i);
		const double kept = values[i - 1];
		values[i - 1] = values[j];
		values[j] = kept;
	}
}
