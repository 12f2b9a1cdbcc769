/* SPDX-License-Identifier: MIT */
/*
 * sieve_tuplets.h - prime k-tuplets: k primes as close together as infinitely often is possible.
 *
 *   2 twins        p, p+2
 *   3 triplets     p, p+2, p+6       p, p+4, p+6
 *   4 quadruplets  p, p+2, p+6, p+8
 *   5 quintuplets  p, p+2, p+6, p+8, p+12       p, p+4, p+6, p+10, p+12
 *   6 sextuplets   p, p+4, p+6, p+10, p+12, p+16
 *
 * A tuplet is known by its first prime, which tells its form: p+2 is a multiple of 3, or p+4 is. As
 * primesieve has it, those of small primes count too (3, 5; 5, 7, 11, 13, 17), and only tuplets that lie in
 * start..stop as a whole.
 *
 * Modulo 30 their members are neighbours among 7, 11, 13, 17, 19, 23, 29, 31: so are the lines that hold
 * them, for any modulus. A tuplet is a bit that is clear in k neighbouring lines, and lines that can hold
 * none need not be sieved: of the lines modulo 30030 twins are in half, sextuplets in one of 27.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_TUPLETS_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_TUPLETS_H

#include "kernels/sieve/sieve.h"

enum { TUPLETS_LONGEST = 6, TUPLETS_LINES = 6 /* most lines in a group: 7 to 23 modulo 30 */ };

/* Where they may begin: bit c is the c-th of 7, 11, 13, 17, 19, 23, 29, 31 modulo 30. */
extern const unsigned char tuplets_begin[TUPLETS_LONGEST + 1];

/* The greatest number up to n that is 2 modulo `modulus`, a multiple of 30: no tuplet straddles it. n > 1. */
uint64_t tuplets_align(uint64_t n, uint32_t modulus);

/* Keeps the primes that begin k-tuplets of these n consecutive primes, in place, and returns how many. */
uint32_t tuplets_keep(unsigned k, uint32_t *primes, uint32_t n);

/* Whether these k consecutive primes, ascending, are a k-tuplet. */
bool tuplets_form(unsigned k, const uint64_t *primes);

/* The groups of lines that hold k-tuplets, k > 1, of an input that is aligned; returns how many. `group` has
 * room for one a class. */
uint32_t tuplets_group(unsigned k, const uint16_t *offset, uint32_t classes, struct sieve_group *group);

/* How many lines these groups have, of a block of modulus 30, 210, 2310 or 30030; for k = 1 all. */
uint32_t tuplets_lines(unsigned k, uint32_t modulus);

/* How many k-tuplets, k > 1, lie below `end`, as published; returns the source, or NULL where nothing is. */
const char *tuplets_below(unsigned k, uint64_t end, uint64_t *known);

/* struct kernel_listing's `spell`, for an input that begins with its problem: a list in parentheses. */
size_t tuplets_spell(const void *input, uint64_t item, char *buffer, const char **text);

#endif
