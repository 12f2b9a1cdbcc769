/* SPDX-License-Identifier: MIT */
/* inverted_neon.c - inverted repeats with vectors of 16 bytes. */
#include "kernels/substrings/inverted.h"

#include "kernels/cpu.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#define INVERTED_VECTOR 16
#define INVERTED_ANY(v) (vmaxvq_u32(vreinterpretq_u32_u64((uint64x2_t)(v))) != 0)
#include "kernels/substrings/inverted_planes.h"

INVERTED_VARIANT(neon, CPU_NEON, inverted_setup);
#else
const struct variant inverted_neon = {.name = "neon", .missing = CPU_LACKS_NEON};
#endif
