/* SPDX-License-Identifier: MIT */
/*
 * draw.h - what tests draw at random.
 *
 * A test program draws from a seed of its own in every run, so that runs try different inputs. The seed is
 * printed at the first draw; PARSCALE_TEST_SEED sets it, and so repeats a run. Simulations whose verdict
 * depends on the draws keep a seed of their own instead, and give it to the functions that take one.
 */
#ifndef PARSCALE_TESTS_BASE_DRAW_H
#define PARSCALE_TESTS_BASE_DRAW_H

#include <stdint.h>

/* The seed of this run. The first call prints it; a PARSCALE_TEST_SEED that is no number ends the program. */
uint64_t draw_seed(void);

/* From the seed of this run: 64 bits; below n, which is at least 1; and of any magnitude up to `most`: every
 * number of bits is as likely as another. */
uint64_t random_bits(void);
uint64_t random_below(uint64_t n);
uint64_t random_magnitude(uint64_t most);

/* Begins the draws anew, as the seed of this run and `name` say: what follows repeats alone. */
void random_restart(const char *name);

/* The next 64 bits of a seed of one's own; in (0, 1); normal with mean 0 and variance 1. */
uint64_t draw_bits(uint64_t *seed);
double draw_uniform(uint64_t *seed);
double draw_normal(uint64_t *seed);

#endif
