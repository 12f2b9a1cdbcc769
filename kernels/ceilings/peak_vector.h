/* SPDX-License-Identifier: MIT */
/*
 * peak_vector.h - the loops of `peak`, `flops` and `divide`, for the registers of the file that includes
 * this.
 *
 * Before: PEAK_WHOLE and PEAK_REAL, types of as many 64-bit lanes as a register has (vectors of the
 * compiler's, or a number), PEAK_WIDE how many; PEAK_KEEP_WHOLE and PEAK_KEEP_REAL, the constraints of their
 * registers; PEAK_FUSED(x, m, c), which is x m + c; PEAK_TARGET, attributes of a function that uses it;
 * PEAK_REGISTERS 24 where so many shall be under way instead of 12.
 * After: the chunk functions peak_chunk, flops_chunk and divide_chunk.
 */
#include "kernels/ceilings/peak.h"

#include <stdlib.h>
#include <string.h>

#define PEAK_TWELVE(do_it)                                                                                   \
	do_it(0) do_it(1) do_it(2) do_it(3) do_it(4) do_it(5) do_it(6) do_it(7) do_it(8) do_it(9) do_it(10)  \
		do_it(11)

#ifndef PEAK_REGISTERS
#define PEAK_REGISTERS 12
#define PEAK_EACH(do_it) PEAK_TWELVE(do_it)
#else
#define PEAK_EACH(do_it)                                                                                     \
	PEAK_TWELVE(do_it)                                                                                   \
	do_it(12) do_it(13) do_it(14) do_it(15) do_it(16) do_it(17) do_it(18) do_it(19) do_it(20) do_it(21)  \
		do_it(22) do_it(23)
#endif

/* A register of lanes from `lane` on. */
static inline PEAK_WHOLE load_whole(const uint64_t *lane, uint64_t start)
{
	PEAK_WHOLE x;
	memcpy(&x, lane, sizeof x);
	return x + start;
}

static inline PEAK_REAL load_real(const double *lane, double start)
{
	PEAK_REAL x;
	memcpy(&x, lane, sizeof x);
	return x + start;
}

/* What a register adds to the check: its bits, lane by lane. */
static inline PEAK_WHOLE bits_of(const void *x)
{
	PEAK_WHOLE bits;
	memcpy(&bits, x, sizeof bits);
	return bits;
}

static inline uint64_t sum_of(PEAK_WHOLE x)
{
	uint64_t lane[PEAK_WIDE], sum = 0;
	memcpy(lane, &x, sizeof lane);
	for (unsigned i = 0; i < PEAK_WIDE; i++)
		sum += lane[i];
	return sum;
}

#define KEEP_WHOLE(x) __asm__ volatile("" : PEAK_KEEP_WHOLE(x));
#define KEEP_REAL(x) __asm__ volatile("" : PEAK_KEEP_REAL(x));

/* A chunk function: for every unit and every PEAK_REGISTERS registers of its lanes, `rounds` times `steps`. */
#define PEAK_CHUNK(name, load, rounds, steps_of_a_round, steps, ...)                                         \
	PEAK_TARGET static void name(const void *input, struct span s, void *scratch, struct tally *out)     \
	{                                                                                                    \
		const struct peak_input *in = input;                                                         \
		PEAK_WHOLE check = {0};                                                                      \
		__VA_ARGS__;                                                                                 \
		(void)scratch;                                                                               \
		for (uint64_t u = s.lo; u < s.hi; u++)                                                       \
			for (unsigned i = 0; i < PEAK_LANES; i += PEAK_REGISTERS * PEAK_WIDE) {              \
				PEAK_EACH(load)                                                              \
				for (unsigned r = 0; r < rounds; r++) {                                      \
					steps                                                                \
				}                                                                            \
				PEAK_EACH(PEAK_SUM)                                                          \
			}                                                                                    \
		out->count += (s.hi - s.lo) * PEAK_LANES * rounds * steps_of_a_round;                        \
		out->checksum += sum_of(check);                                                              \
	}

#define PEAK_SUM(k) check += bits_of(&x##k);

#define WHOLE_LOAD(k) PEAK_WHOLE x##k = load_whole(in->whole + i + k * PEAK_WIDE, peak_start(in, u));
#define WHOLE_ADD(k)                                                                                         \
	x##k += added;                                                                                       \
	KEEP_WHOLE(x##k)
#define WHOLE_FLIP(k)                                                                                        \
	x##k ^= flipped;                                                                                     \
	KEEP_WHOLE(x##k)
#define WHOLE_CLEAR(k)                                                                                       \
	x##k &= kept;                                                                                        \
	KEEP_WHOLE(x##k)
#define REAL_LOAD(k) PEAK_REAL x##k = load_real(in->real + i + k * PEAK_WIDE, peak_start_real(u));
#define REAL_FUSED(k)                                                                                        \
	x##k = PEAK_FUSED(x##k, half, one);                                                                  \
	KEEP_REAL(x##k)
#define REAL_DIVIDE(k)                                                                                       \
	x##k = dividend / x##k;                                                                              \
	KEEP_REAL(x##k)

/* clang-format off */
PEAK_CHUNK(peak_chunk, WHOLE_LOAD, PEAK_ROUNDS, PEAK_STEPS,
	PEAK_EACH(WHOLE_ADD) PEAK_EACH(WHOLE_FLIP) PEAK_EACH(WHOLE_ADD) PEAK_EACH(WHOLE_CLEAR),
	const PEAK_WHOLE none = {0}, added = none + PEAK_ADDED, flipped = none + PEAK_FLIPPED, kept = none + PEAK_KEPT)
PEAK_CHUNK(flops_chunk, REAL_LOAD, FLOPS_ROUNDS, FLOPS_STEPS,
	PEAK_EACH(REAL_FUSED) PEAK_EACH(REAL_FUSED) PEAK_EACH(REAL_FUSED) PEAK_EACH(REAL_FUSED),
	const PEAK_REAL none = {0}, half = none + 0.5, one = none + 1.0)
PEAK_CHUNK(divide_chunk, REAL_LOAD, DIVIDE_ROUNDS, DIVIDE_STEPS,
	PEAK_EACH(REAL_DIVIDE), const PEAK_REAL none = {0}, dividend = none + 1.7)
/* clang-format on */
