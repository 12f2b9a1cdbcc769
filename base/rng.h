/* SPDX-License-Identifier: MIT */
/* rng.h - random orders from a recorded seed: the same seed, the same order. */
#ifndef PARSCALE_BASE_RNG_H
#define PARSCALE_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* The next of a sequence of 64 uniform bits: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), since the order
 * needs no better generator. */
uint64_t rng_next(uint64_t *state);

/* Puts the n numbers of `order` into random order. */
void shuffle(size_t *order, size_t n, uint64_t *state);

/* The same of measured values, for permutation tests. */
void rng_shuffle(double *values, size_t n, uint64_t *state);

#endif
