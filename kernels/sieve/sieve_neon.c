/* SPDX-License-Identifier: MIT */
/* sieve_neon.c - the sieve with 128-bit vectors: 8 starts and 256 bytes of pre-sieved bits at a time, counts
 * of bits by bytes. */
#include "kernels/cpu.h"
#include "kernels/sieve/sieve.h"

#if defined(__aarch64__) && !defined(__AARCH64EB__)
#include "kernels/sieve/sieve_template.h"

#include <arm_neon.h>

static const struct sieve_engine engine = {
	{.limit = 163}, {.limit = 163}, {.limit = 0}, UINT32_MAX, leave_line, emit, steps};

static inline uint32x4_t starts_of_four(const struct sieve_input *in, const struct sieve_scratch *w,
	uint32_t i, uint32_t offset, uint32_t before, bool squared)
{
	const uint32x4_t prime = vld1q_u32(in->prime + i), step = vld1q_u32(in->step + i);
	const int32x4_t befores = vdupq_n_s32((int32_t)before);
	int32x4_t shift = vsubq_s32(vreinterpretq_s32_u32(vld1q_u32(w->start + i)), befores);
	int32x4_t least = vdupq_n_s32(0);
	if (squared) {
		const int32x4_t square = vreinterpretq_s32_u32(vld1q_u32(w->square + i));
		least = vmaxq_s32(vsubq_s32(square, befores), least);
		shift = vsubq_s32(shift, least);
	}
	/* The nearest quotient leaves a rest of at most (1/2 + 2^-7) p to either side; below 0 is above p as
	 * unsigned. */
	const float32x4_t sum = vfmaq_n_f32(vcvtq_f32_s32(shift), vcvtq_f32_u32(step), (float)offset);
	const int32x4_t quotient = vcvtnq_s32_f32(vmulq_f32(sum, vld1q_f32(in->inverse + i)));
	uint32x4_t rest = vmlaq_u32(vreinterpretq_u32_s32(shift), step, vdupq_n_u32(offset));
	rest = vmlsq_u32(rest, vreinterpretq_u32_s32(quotient), prime);
	rest = vminq_u32(rest, vaddq_u32(rest, prime));
	return vaddq_u32(rest, vreinterpretq_u32_s32(least));
}

static void starts(const struct sieve_input *in, const struct sieve_scratch *w, uint32_t from, uint32_t n,
	uint32_t offset, uint32_t before, uint32_t *x)
{
	const bool squared = sieve_has_square(w, from, n, before);
	for (uint32_t i = 0; i < n; i += 8) {
		const uint32x4_t low = starts_of_four(in, w, from + i, offset, before, squared);
		const uint32x4_t high = starts_of_four(in, w, from + i + 4, offset, before, squared);
		vst1q_u32(x + i, low);
		vst1q_u32(x + i + 4, high);
	}
}

static uint32_t last_hits(const struct stretch *part, const uint32_t *restrict prime, uint32_t *restrict x,
	uint32_t n, uint32_t hits, uint32_t *restrict last)
{
	return last_hits_plain(part, prime, x, n, hits, last);
}

/* Places are looked up as bytes, four of each: number 4 * class + 0 to 3. */
static void multiply(uint32_t prime, const uint16_t *factor, uint32_t n, const uint32_t place[8], uint32_t *x)
{
	const uint8x16x2_t places = {
		{vreinterpretq_u8_u32(vld1q_u32(place)), vreinterpretq_u8_u32(vld1q_u32(place + 4))}};
	for (uint32_t i = 0; i < n; i += 4) {
		const uint32x4_t q = vmovl_u16(vld1_u16(factor + i));
		const uint32x4_t class = vandq_u32(q, vdupq_n_u32(7));
		const uint32x4_t bytes = vmlaq_n_u32(vdupq_n_u32(0x03020100), class, 0x04040404);
		const uint32x4_t at = vreinterpretq_u32_u8(vqtbl2q_u8(places, vreinterpretq_u8_u32(bytes)));
		vst1q_u32(x + i, vmlaq_n_u32(at, vshrq_n_u32(q, 3), prime));
	}
}

INLINE void unite(const struct sieve_tables *t, const uint32_t *at, uint32_t skip, unsigned char *to,
	const unsigned vectors)
{
	uint8x16_t sum[16];
	for (unsigned i = 0; i < vectors; i++)
		sum[i] = vdupq_n_u8(0);
	for (uint32_t g = 0; g < t->count; g++) {
		const unsigned char *from = t->table[g] + at[g] + skip;
		for (unsigned i = 0; i < vectors; i++)
			sum[i] = vorrq_u8(sum[i], vld1q_u8(from + 16 * i));
	}
	for (unsigned i = 0; i < vectors; i++)
		vst1q_u8(to + skip + 16 * i, sum[i]);
}

static void unite_tables(const struct sieve_tables *t, const uint32_t *at, unsigned char *to)
{
	for (uint32_t skip = 0; skip < SIEVE_TILE; skip += SIEVE_TILE / 2)
		unite(t, at, skip, to, SIEVE_TILE / 2 / 16);
}

static void unite_tail(const struct sieve_tables *t, const uint32_t *at, unsigned char *to, uint32_t bytes)
{
	for (uint32_t skip = 0; skip < bytes; skip += 64)
		unite(t, at, skip, to, 4);
}

static struct ones count_ones(const unsigned char *bits, uint32_t bytes)
{
	uint32x4_t all = vdupq_n_u32(0), even = all; /* a line has less than 2^32 */
	for (uint32_t i = 0; i < bytes; i += 64) {
		uint8x16_t some = vdupq_n_u8(0), some_even = some;
		for (uint32_t j = 0; j < 64; j += 16) {
			const uint8x16_t word = vld1q_u8(bits + i + j);
			some = vaddq_u8(some, vcntq_u8(word));
			some_even = vaddq_u8(some_even, vcntq_u8(vandq_u8(word, vdupq_n_u8(0x55))));
		}
		all = vpadalq_u16(all, vpaddlq_u8(some));
		even = vpadalq_u16(even, vpaddlq_u8(some_even));
	}
	return (struct ones){vaddlvq_u32(all), vaddlvq_u32(even)};
}

static uint32_t unpack(
	const unsigned char *bits, uint32_t n, uint32_t number, uint32_t modulus, uint32_t *primes)
{
	return unpack_plain(bits, n, number, modulus, primes);
}

static uint32_t multiples(const struct window *v, const uint32_t *primes, uint32_t n, uint32_t *to)
{
	return multiples_plain(v, primes, n, to);
}

static void find_lines(const struct window *v, uint32_t *x, uint32_t n)
{
	find_lines_plain(v, x, n);
}

static void turn(const unsigned char *lines, size_t stride, const struct transpose *c, uint64_t *words)
{
	turn_plain(lines, stride, c, words);
}

static size_t numbers(
	const uint64_t *words, const struct transpose *c, uint64_t base, struct numbers *restrict to)
{
	return numbers_plain(words, c, base, to);
}

SIEVE_VARIANT(neon, CPU_NEON);

#else
const struct variant sieve_neon = {.name = "neon", .missing = CPU_LACKS_NEON};
#endif
