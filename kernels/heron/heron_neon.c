/* SPDX-License-Identifier: MIT */
/* heron_neon.c - four roots at a time, until the last of them is found; two vectors, so that one divides
 * while the other is added up. */
#include "kernels/heron/heron.h"

#include "kernels/cpu.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include <arm_neon.h>

struct two {
	float64x2_t number, root;
	uint64x2_t falling; /* all bits: not there yet */
	uint64x2_t steps;
};

static inline struct two begin(const double *number)
{
	const float64x2_t a = vld1q_f64(number);
	const uint64x2_t plain = vandq_u64(vcgtzq_f64(a), vcleq_f64(a, vdupq_n_f64(__DBL_MAX__)));
	const float64x2_t special = vbslq_f64(vcgezq_f64(a), a, vdupq_n_f64(__builtin_nan("")));
	const float64x2_t first = vmulq_f64(vaddq_f64(vdupq_n_f64(1), a), vdupq_n_f64(0.5));
	return (struct two){a, vbslq_f64(plain, first, special), plain, vshrq_n_u64(plain, 63)};
}

static inline void step(struct two *t)
{
	const float64x2_t sum = vaddq_f64(t->root, vdivq_f64(t->number, t->root));
	const float64x2_t x = vmulq_f64(sum, vdupq_n_f64(0.5));
	t->steps = vsubq_u64(t->steps, t->falling);
	t->falling = vandq_u64(t->falling, vcltq_f64(x, t->root));
	t->root = vbslq_f64(t->falling, x, t->root);
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct heron_input *in = input;
	uint64x2_t steps = vdupq_n_u64(0), bits = steps;
	(void)scratch;
	for (uint64_t i = s.lo * HERON_UNIT; i < s.hi * HERON_UNIT; i += 4) {
		struct two a = begin(in->number + i), b = begin(in->number + i + 2);
		while (vmaxvq_u32(vreinterpretq_u32_u64(vorrq_u64(a.falling, b.falling)))) {
			step(&a);
			step(&b);
		}
		steps = vaddq_u64(steps, vaddq_u64(a.steps, b.steps));
		bits = vaddq_u64(
			bits, vaddq_u64(vreinterpretq_u64_f64(a.root), vreinterpretq_u64_f64(b.root)));
	}
	out->count += vaddvq_u64(steps);
	out->checksum += vaddvq_u64(bits);
}

HERON_VARIANT(neon, CPU_NEON, chunk);

#else

const struct variant heron_neon = {.name = "neon", .missing = CPU_LACKS_NEON};

#endif
