/* SPDX-License-Identifier: MIT */
/* inline.h - what must be inlined or unrolled, because constants come in as parameters. */
#ifndef PARSCALE_KERNELS_INLINE_H
#define PARSCALE_KERNELS_INLINE_H

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

#endif
