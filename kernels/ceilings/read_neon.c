/* SPDX-License-Identifier: MIT */
/* read_neon.c - `read` with 128-bit loads (read_vector.h). */
#include "kernels/ceilings/read.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)

#include <arm_neon.h>

#define READ_VECTOR uint64x2_t
#define READ_BYTES 16

static inline uint64x2_t read_load(const unsigned char *p)
{
	return vreinterpretq_u64_u8(vld1q_u8(p));
}

static inline uint64x2_t read_add(uint64x2_t a, uint64x2_t b)
{
	return vaddq_u64(a, b);
}

static inline uint64x2_t read_zero(void)
{
	return vdupq_n_u64(0);
}

static inline uint64_t read_sum(uint64x2_t v)
{
	return vaddvq_u64(v);
}

#include "kernels/ceilings/read_vector.h"

READ_VARIANT(neon, "neon", CPU_NEON, read_plain);
READ_VARIANT(neon_pages, "neon-pages", CPU_NEON, read_pages);

#else

READ_VARIANT_MISSING(neon, "neon", CPU_NEON, CPU_LACKS_NEON);
READ_VARIANT_MISSING(neon_pages, "neon-pages", CPU_NEON, CPU_LACKS_NEON);

#endif
