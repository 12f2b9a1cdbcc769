/* SPDX-License-Identifier: MIT */
/*
 * primes.h - what kernels that find primes share: published counts, and what a found prime is worth. It finds
 * none.
 */
#ifndef PARSCALE_KERNELS_PRIMES_H
#define PARSCALE_KERNELS_PRIMES_H

#include "kernels/kernel.h"

/* How many primes lie below `end`, and in `check` how many of them leave 1 when divided by 4, where `end` is
 * a power of ten to 10^19; returns the source, or NULL where it is none. No power of ten is a prime, so that
 * `end` may count as inside or outside. */
const char *primes_below(uint64_t end, struct tally *known);

/* struct kernel_listing's `weigh` for a prime. */
void primes_weigh(uint64_t prime, struct tally *out);

#endif
