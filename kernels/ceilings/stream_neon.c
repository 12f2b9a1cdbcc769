/* SPDX-License-Identifier: MIT */
/* stream_neon.c - two registers at a time: the store that goes past the caches (STNP) takes a pair. It is a
 * hint, which some cores do not heed. */
#include "kernels/ceilings/stream.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)

#include <arm_neon.h>

#define STREAM_VECTOR float64x2x2_t
#define STREAM_LANES 4
#define STREAM_KEEP(pair) "+w"((pair).val[0]), "+w"((pair).val[1])
#define STREAM_FENCE() (void)0

static inline float64x2x2_t stream_load(const double *p)
{
	return (float64x2x2_t){{vld1q_f64(p), vld1q_f64(p + 2)}};
}

static inline void stream_store(double *p, float64x2x2_t pair)
{
	vst1q_f64(p, pair.val[0]);
	vst1q_f64(p + 2, pair.val[1]);
}

static inline void stream_past(double *p, float64x2x2_t pair)
{
	__asm__ volatile("stnp %q1, %q2, [%0]" : : "r"(p), "w"(pair.val[0]), "w"(pair.val[1]) : "memory");
}

static inline float64x2x2_t stream_triple(float64x2x2_t b, float64x2x2_t c)
{
	const float64x2_t three = vdupq_n_f64(3);
	return (float64x2x2_t){{vaddq_f64(b.val[0], vmulq_f64(three, c.val[0])),
		vaddq_f64(b.val[1], vmulq_f64(three, c.val[1]))}};
}

#include "kernels/ceilings/stream_vector.h"

STREAM_VARIANTS(neon, CPU_NEON);

#else

STREAM_VARIANTS_MISSING(neon, CPU_LACKS_NEON);

#endif
