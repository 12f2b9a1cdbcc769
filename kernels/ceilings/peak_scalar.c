/* SPDX-License-Identifier: MIT */
/*
 * peak_scalar.c - `peak`, `flops` and `divide` with one lane per register (peak_vector.h); a
 * multiply-add is two instructions.
 */
#define PEAK_WHOLE uint64_t
#define PEAK_REAL double
#define PEAK_WIDE 1
#define PEAK_KEEP_WHOLE "+r"
#if defined(__x86_64__)
#define PEAK_KEEP_REAL "+x"
#elif defined(__aarch64__)
#define PEAK_KEEP_REAL "+w"
#else
#define PEAK_KEEP_REAL "+m"
#endif
#define PEAK_FUSED(x, m, c) ((x) * (m) + (c))
#define PEAK_TARGET
#include "kernels/ceilings/peak_vector.h"

PEAK_VARIANT(peak, scalar, 0, peak_chunk);
PEAK_VARIANT(flops, scalar, 0, flops_chunk);
PEAK_VARIANT(divide, scalar, 0, divide_chunk);
