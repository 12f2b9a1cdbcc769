/* SPDX-License-Identifier: MIT */
/*
 * sieve_hit.h - one hit: a bit of a line is set.
 *
 * On x86-64 there are two forms, and which is faster depends on the CPU. Intel's BTS of a register is
 * one micro-operation; AMD's is two, but AMD's OR to memory takes one place of the six that are
 * dispatched in a cycle, where Intel's takes two. sieve_plan.c chooses (sieve_input.or_to_memory);
 * loops that hit are compiled for both.
 */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_HIT_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_HIT_H

#include "kernels/inline.h"
#include "kernels/sieve/sieve.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Bit x of a line is bit x % 8 of byte x / 8. x86-64 is little endian, so that a word does as well. There a
 * hit is written out, as what compilers make of C takes six or seven micro-operations: with SHRX (a copy and
 * a shift in one) they are five, and one store a cycle, the bound of the crossing loops, is within reach. */
#if defined(__x86_64__)
INLINE uint64_t word_of(uint64_t x)
{
#if defined(__BMI2__)
	uint64_t i;
	__asm__("shrx %2, %1, %0" : "=r"(i) : "r"(x), "r"((uint64_t)6));
	return i;
#else
	return x / 64;
#endif
}

INLINE void cross(unsigned char *line, uint32_t x)
{
	uint64_t word;
	__asm__ volatile("movq (%1, %2, 8), %0\n\tbtsq %3, %0\n\tmovq %0, (%1, %2, 8)"
			 : "=&r"(word)
			 : "r"(line), "r"(word_of(x)), "r"((uint64_t)x)
			 : "cc", "memory");
}
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
/* The same words: shifts take their distance modulo 64 by themselves, of bytes it has to be masked. */
INLINE void cross(unsigned char *line, uint32_t x)
{
	uint64_t word;
	unsigned char *at = line + (size_t)(x / 64) * 8;
	memcpy(&word, at, sizeof word);
	word |= UINT64_C(1) << x % 64;
	memcpy(at, &word, sizeof word);
}
#else
INLINE void cross(unsigned char *line, uint32_t x)
{
	line[x / 8] |= (unsigned char)(1u << x % 8);
}
#endif

/* The same by an OR to memory, as a double word: fewer hits follow one to the same place, which they
 * would have to wait for. */
#if defined(__BMI2__)
INLINE void cross_or(unsigned char *line, uint64_t x)
{
	uint64_t i, wide = x; /* once: of both widths gcc would make a copy */
	uint32_t mask;
	__asm__("shrx %2, %1, %0" : "=r"(i) : "r"(wide), "r"((uint64_t)5));
	__asm__("shlx %k1, %2, %0" : "=r"(mask) : "r"(wide), "r"(1u));
	__asm__ volatile("orl %0, (%1, %2, 4)" : : "r"(mask), "r"(line), "r"(i) : "cc", "memory");
}
#elif defined(__x86_64__)
INLINE void cross_or(unsigned char *line, uint64_t x)
{
	__asm__ volatile("orl %0, (%1, %2, 4)"
			 :
			 : "r"(1u << x % 32), "r"(line), "r"(x / 32)
			 : "cc", "memory");
}
#else
INLINE void cross_or(unsigned char *line, uint64_t x)
{
	cross(line, (uint32_t)x);
}
#endif

/* One hit in the form that is wanted, a constant. */
INLINE void hit(unsigned char *line, uint32_t x, const bool or_to_memory)
{
	if (or_to_memory)
		cross_or(line, x);
	else
		cross(line, x);
}

enum { HITS_AT_ONCE = 8 };

/* All of x[]. A loop of a single hit would take half as long again. */
INLINE void cross_hits(unsigned char *line, const uint32_t *x, uint32_t n, const bool or_to_memory)
{
	const uint32_t *end = x + n, *whole = x + n / HITS_AT_ONCE * HITS_AT_ONCE;
	for (; x < whole; x += HITS_AT_ONCE) {
		UNROLL
		for (uint32_t i = 0; i < HITS_AT_ONCE; i++)
			hit(line, x[i], or_to_memory);
	}
	for (; x < end; x++)
		hit(line, *x, or_to_memory);
}

/* Functions of their own: tests/cli/assembly.sh reads them. */
static __attribute__((noinline)) void cross_hits_bts(unsigned char *line, const uint32_t *x, uint32_t n)
{
	cross_hits(line, x, n, false);
}

static __attribute__((noinline)) void cross_hits_or(unsigned char *line, const uint32_t *x, uint32_t n)
{
	cross_hits(line, x, n, true);
}

static inline void cross_list_of_hits(
	const struct sieve_input *in, unsigned char *line, const uint32_t *x, uint32_t n)
{
	(in->or_to_memory ? cross_hits_or : cross_hits_bts)(line, x, n);
}

/* Several hits of a prime p at x, x + p, ...: the j-th is bit sieve_hit_masks[p / 2 % 4][x % 8][j % 8] of
 * its byte, and eight hits on is p bytes on, with the same mask. */
#define MASK(x) (unsigned char)(1u << (x) % 8)
#define MASKS(x, p)                                                                                          \
	{                                                                                                    \
		MASK(x), MASK(x + p), MASK(x + 2 * p), MASK(x + 3 * p), MASK(x + 4 * p), MASK(x + 5 * p),    \
			MASK(x + 6 * p), MASK(x + 7 * p)                                                     \
	}
#define MASKS_OF(p)                                                                                          \
	{                                                                                                    \
		MASKS(0, p), MASKS(1, p), MASKS(2, p), MASKS(3, p), MASKS(4, p), MASKS(5, p), MASKS(6, p),   \
			MASKS(7, p)                                                                          \
	}
static const unsigned char sieve_hit_masks[4][8][8] = {MASKS_OF(1), MASKS_OF(3), MASKS_OF(5), MASKS_OF(7)};
#undef MASK
#undef MASKS
#undef MASKS_OF

INLINE void or_byte(unsigned char *at, unsigned char mask)
{
#if defined(__x86_64__)
	__asm__ volatile("orb %1, %0" : "+m"(*at) : "q"(mask) : "cc");
#else
	*at |= mask;
#endif
}

#endif
