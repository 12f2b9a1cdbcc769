/* SPDX-License-Identifier: MIT */
/* peak_neon.c - 24 registers under way: large cores start four multiply-adds a cycle that take four. */
#include "kernels/ceilings/peak.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)

#include <arm_neon.h>

#define PEAK_WHOLE uint64x2_t
#define PEAK_REAL float64x2_t
#define PEAK_WIDE 2
#define PEAK_REGISTERS 24
#define PEAK_KEEP_WHOLE "+w"
#define PEAK_KEEP_REAL "+w"
#define PEAK_FUSED(x, m, c) vfmaq_f64(c, x, m)
#define PEAK_TARGET
#include "kernels/ceilings/peak_vector.h"

PEAK_VARIANT(peak, neon, CPU_NEON, peak_chunk);
PEAK_VARIANT(flops, neon, CPU_NEON, flops_chunk);
PEAK_VARIANT(divide, neon, CPU_NEON, divide_chunk);

#else

PEAK_VARIANT_MISSING(peak, neon, "AArch64");
PEAK_VARIANT_MISSING(flops, neon, "AArch64");
PEAK_VARIANT_MISSING(divide, neon, "AArch64");

#endif
