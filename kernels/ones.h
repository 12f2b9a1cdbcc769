/* SPDX-License-Identifier: MIT */
/* ones.h - how many bits are set, where the compiler may not count on an instruction for it. */
#ifndef PARSCALE_KERNELS_ONES_H
#define PARSCALE_KERNELS_ONES_H

#include <stdint.h>

/* Without POPCNT compilers call a function with a table, three times as slow. */
static inline uint64_t ones_of(uint64_t x)
{
#if defined(__x86_64__) && !defined(__POPCNT__)
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return x * UINT64_C(0x0101010101010101) >> 56;
#else
	return (uint64_t)__builtin_popcountll(x);
#endif
}

#endif
