/* SPDX-License-Identifier: MIT */
/*
 * draw.h - random draws for simulations: the same from the same seed, on every machine.
 */
#ifndef PARSCALE_TESTS_BASE_DRAW_H
#define PARSCALE_TESTS_BASE_DRAW_H

#include <stdint.h>

/* The next 64 random bits. */
uint64_t draw_bits(uint64_t *seed);

/* In (0, 1). */
double draw_uniform(uint64_t *seed);

/* Normal with mean 0 and variance 1. */
double draw_normal(uint64_t *seed);

#endif
