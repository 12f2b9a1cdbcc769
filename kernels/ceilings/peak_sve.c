/* SPDX-License-Identifier: MIT */
/*
 * peak_sve.c - vectors of whatever length: as many registers under way as the lanes of a unit fill, 24 of up
 * to 256 bits, else 12. Vectors have no known size, and so no operators everywhere: the loops of peak_vector.h
 * are written out.
 */
#include "kernels/ceilings/peak.h"

#include "kernels/cpu.h"

#ifdef __ARM_FEATURE_SVE

#include <arm_sve.h>
#include <stdlib.h>

#define TWELVE(do_it)                                                                                        \
	do_it(0) do_it(1) do_it(2) do_it(3) do_it(4) do_it(5) do_it(6) do_it(7) do_it(8) do_it(9) do_it(10)  \
		do_it(11)
#define TWENTY_FOUR(do_it)                                                                                   \
	TWELVE(do_it)                                                                                        \
	do_it(12) do_it(13) do_it(14) do_it(15) do_it(16) do_it(17) do_it(18) do_it(19) do_it(20) do_it(21)  \
		do_it(22) do_it(23)

/* An empty instruction: nothing is folded over it. */
#define KEEP(x) __asm__ volatile("" : "+w"(x));

/* The lanes from `first` on that there are: lanes behind the last are left out. */
static inline svbool_t lanes_from(uint64_t first)
{
	return svwhilelt_b64_u64(first, PEAK_LANES);
}

/* A chunk function, as PEAK_CHUNK of peak_vector.h. */
#define CHUNK(name, each, registers, load, sum, rounds, steps_of_a_round, steps, ...)                        \
	static void name(const struct peak_input *in, struct span s, struct tally *out)                      \
	{                                                                                                    \
		const svbool_t all = svptrue_b64();                                                          \
		const uint64_t wide = svcntd();                                                              \
		svuint64_t check = svdup_u64(0);                                                             \
		__VA_ARGS__;                                                                                 \
		for (uint64_t u = s.lo; u < s.hi; u++)                                                       \
			for (uint64_t i = 0; i < PEAK_LANES; i += registers * wide) {                        \
				each(load) for (unsigned r = 0; r < rounds; r++){steps} each(sum)            \
			}                                                                                    \
		out->count += (s.hi - s.lo) * PEAK_LANES * rounds * steps_of_a_round;                        \
		out->checksum += svaddv_u64(all, check);                                                     \
	}

#define WHOLE_LOAD(k)                                                                                        \
	svuint64_t x##k = svadd_u64_x(all, svld1_u64(lanes_from(i + k * wide), in->whole + i + k * wide),    \
		svdup_u64(peak_start(in, u)));
#define WHOLE_SUM(k) check = svadd_u64_m(lanes_from(i + k * wide), check, x##k);
#define WHOLE_ADD(k)                                                                                         \
	x##k = svadd_u64_x(all, x##k, added);                                                                \
	KEEP(x##k)
#define WHOLE_FLIP(k)                                                                                        \
	x##k = sveor_u64_x(all, x##k, flipped);                                                              \
	KEEP(x##k)
#define WHOLE_CLEAR(k)                                                                                       \
	x##k = svand_u64_x(all, x##k, kept);                                                                 \
	KEEP(x##k)
#define REAL_LOAD(k)                                                                                         \
	svfloat64_t x##k = svadd_f64_x(all, svld1_f64(lanes_from(i + k * wide), in->real + i + k * wide),    \
		svdup_f64(peak_start_real(u)));
#define REAL_SUM(k) check = svadd_u64_m(lanes_from(i + k * wide), check, svreinterpret_u64_f64(x##k));
#define REAL_FUSED(k)                                                                                        \
	x##k = svmad_f64_x(all, x##k, half, one);                                                            \
	KEEP(x##k)
#define REAL_DIVIDE(k)                                                                                       \
	x##k = svdivr_f64_x(all, x##k, dividend);                                                            \
	KEEP(x##k)

/* clang-format off */
#define CHUNKS(each, registers)                                                                              \
	CHUNK(peak_##registers, each, registers, WHOLE_LOAD, WHOLE_SUM, PEAK_ROUNDS, PEAK_STEPS,             \
		each(WHOLE_ADD) each(WHOLE_FLIP) each(WHOLE_ADD) each(WHOLE_CLEAR),                          \
		const svuint64_t added = svdup_u64(PEAK_ADDED), flipped = svdup_u64(PEAK_FLIPPED),           \
			kept = svdup_u64(PEAK_KEPT))                                                         \
	CHUNK(flops_##registers, each, registers, REAL_LOAD, REAL_SUM, FLOPS_ROUNDS, FLOPS_STEPS,            \
		each(REAL_FUSED) each(REAL_FUSED) each(REAL_FUSED) each(REAL_FUSED),                         \
		const svfloat64_t half = svdup_f64(0.5), one = svdup_f64(1))                                 \
	CHUNK(divide_##registers, each, registers, REAL_LOAD, REAL_SUM, DIVIDE_ROUNDS, DIVIDE_STEPS,         \
		each(REAL_DIVIDE), const svfloat64_t dividend = svdup_f64(1.7))
/* clang-format on */

CHUNKS(TWELVE, 12)
CHUNKS(TWENTY_FOUR, 24)

#define CHOOSE(kernel)                                                                                       \
	static void kernel##_chunk(const void *input, struct span s, void *scratch, struct tally *out)       \
	{                                                                                                    \
		(void)scratch;                                                                               \
		if (svcntd() <= PEAK_LANES / 24)                                                             \
			kernel##_24(input, s, out);                                                          \
		else                                                                                         \
			kernel##_12(input, s, out);                                                          \
	}                                                                                                    \
	PEAK_VARIANT(kernel, sve, CPU_SVE, kernel##_chunk)

CHOOSE(peak);
CHOOSE(flops);
CHOOSE(divide);

#else

PEAK_VARIANT_MISSING(peak, sve, CPU_LACKS_SVE);
PEAK_VARIANT_MISSING(flops, sve, CPU_LACKS_SVE);
PEAK_VARIANT_MISSING(divide, sve, CPU_LACKS_SVE);

#endif
