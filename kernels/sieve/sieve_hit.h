/* SPDX-License-Identifier: MIT */
/* sieve_hit.h - one hit: a bit of a line is set. */
#ifndef PARSCALE_KERNELS_SIEVE_SIEVE_HIT_H
#define PARSCALE_KERNELS_SIEVE_SIEVE_HIT_H

#include "kernels/inline.h"

#include <stdint.h>

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
#else
INLINE void cross(unsigned char *line, uint32_t x)
{
	line[x / 8] |= (unsigned char)(1u << x % 8);
}
#endif

#endif
