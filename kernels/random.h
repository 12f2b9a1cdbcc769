/* SPDX-License-Identifier: MIT */
/*
 * random.h - letters drawn by number: draw n of a seed depends on n and the seed alone.
 *
 * The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA
 * 2014) read by position: its state is a counter, so any draw can be had without those before it.
 */
#ifndef PARSCALE_KERNELS_RANDOM_H
#define PARSCALE_KERNELS_RANDOM_H

#include <stdint.h>

/* Draw n of the stream `seed`: 64 uniform bits. */
static inline uint64_t random_draw(uint64_t seed, uint64_t n)
{
	uint64_t z = seed * UINT64_C(0xD1342543DE82EF95) + (n + 1) * UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/* Eight letters of an alphabet of `size` <= 32 symbols out of one draw, as numbers below `size`, in
 * letters[0..7]: the leading digits of a 59-bit fraction in base `size`. Each is uniform within 2^-19 (size
 * 32; 2^-21 for 26). */
static inline void random_letters(uint64_t draw, uint64_t size, unsigned char letters[8])
{
	uint64_t fraction = draw >> 5;
	for (unsigned i = 0; i < 8; i++) {
		fraction *= size;
		letters[i] = (unsigned char)(fraction >> 59);
		fraction &= (UINT64_C(1) << 59) - 1;
	}
}

#endif
