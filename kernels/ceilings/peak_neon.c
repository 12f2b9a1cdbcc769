/* SPDX-License-Identifier: MIT */
/* peak_neon.c - 24 registers under way: large cores start four multiply-adds a cycle that take four. */
#include "kernels/ceilings/peak.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)

#include <arm_neon.h>

/* x m + c. FMLA overwrites its addend, which has to be copied: large cores rename such a move instead of executing
 * it. Written out, since compilers copy twice. */
static inline float64x2_t fused(float64x2_t x, float64x2_t m, float64x2_t c)
{
	float64x2_t sum;
	__asm__("mov %0.16b, %3.16b\n\tfmla %0.2d, %1.2d, %2.2d" : "=&w"(sum) : "w"(x), "w"(m), "w"(c));
	return sum;
}

#define PEAK_WHOLE uint64x2_t
#define PEAK_REAL float64x2_t
#define PEAK_WIDE 2
#define PEAK_REGISTERS 24
#define PEAK_KEEP_WHOLE "+w"
#define PEAK_KEEP_REAL "+w"
#define PEAK_FUSED(x, m, c) fused(x, m, c)
#define PEAK_TARGET
#include "kernels/ceilings/peak_vector.h"

PEAK_VARIANT(peak, neon, CPU_NEON, peak_chunk);
PEAK_VARIANT(flops, neon, CPU_NEON, flops_chunk);
PEAK_VARIANT(divide, neon, CPU_NEON, divide_chunk);

#else

PEAK_VARIANT_MISSING(peak, neon, CPU_LACKS_NEON);
PEAK_VARIANT_MISSING(flops, neon, CPU_LACKS_NEON);
PEAK_VARIANT_MISSING(divide, neon, CPU_LACKS_NEON);

#endif
