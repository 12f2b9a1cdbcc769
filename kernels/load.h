/* SPDX-License-Identifier: MIT */
/* load.h - bytes as numbers, in the order of memory on any machine. */
#ifndef PARSCALE_KERNELS_LOAD_H
#define PARSCALE_KERNELS_LOAD_H

#include <stdint.h>
#include <string.h>

/* The eight bytes at p, of any alignment, the first in the lowest bits. */
static inline uint64_t load_8(const unsigned char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

#endif
