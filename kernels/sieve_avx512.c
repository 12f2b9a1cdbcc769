/* SPDX-License-Identifier: MIT */
/* sieve_avx512.c - the sieve with 512-bit vectors: 16 starts, 512 pre-sieved bits, 512 counted bits at a
 * time. */
#include "cpu.h"
#include "sieve.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

enum { presieve_limit = 251 };

static void starts(const struct sieve_input *in, const struct sieve_work *w, uint32_t from, uint32_t n,
	uint32_t offset, uint32_t before, uint32_t *x)
{
	const __m512i offsets = _mm512_set1_epi32((int)offset), befores = _mm512_set1_epi32((int)before);
	const __m512 offset_float = _mm512_set1_ps((float)offset);
	const __m512i zero = _mm512_setzero_si512();
	bool squared = from + n > w->squared;
	for (uint32_t i = 0; i < n; i += 16) {
		__m512i prime = _mm512_loadu_si512(in->prime + from + i);
		__m512i step = _mm512_loadu_si512(in->step + from + i);
		__m512i shift = _mm512_sub_epi32(_mm512_loadu_si512(w->start + from + i), befores);
		__m512i least = zero;
		if (squared) {
			least = _mm512_sub_epi32(_mm512_loadu_si512(w->square + from + i), befores);
			least = _mm512_max_epi32(least, zero);
			shift = _mm512_sub_epi32(shift, least);
		}
		/* The nearest quotient leaves a rest of at most (1/2 + 2^-7) p to either side; below 0 is
		 * above p as unsigned. */
		__m512 sum =
			_mm512_fmadd_ps(_mm512_cvtepi32_ps(step), offset_float, _mm512_cvtepi32_ps(shift));
		__m512i quotient =
			_mm512_cvtps_epi32(_mm512_mul_ps(sum, _mm512_loadu_ps(in->inverse + from + i)));
		__m512i rest = _mm512_add_epi32(_mm512_mullo_epi32(step, offsets), shift);
		rest = _mm512_sub_epi32(rest, _mm512_mullo_epi32(quotient, prime));
		rest = _mm512_min_epu32(rest, _mm512_add_epi32(rest, prime));
		_mm512_storeu_si512(x + i, _mm512_add_epi32(rest, least));
	}
}

static uint32_t keep_below(uint32_t *x, uint32_t n, uint32_t bits)
{
	const __m512i limit = _mm512_set1_epi32((int)bits);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i += 16) {
		__m512i at = _mm512_loadu_si512(x + i);
		__mmask16 rest = (__mmask16)(n - i < 16 ? (1u << (n - i)) - 1 : 0xffffu);
		__mmask16 below = _mm512_mask_cmplt_epu32_mask(rest, at, limit);
		_mm512_storeu_si512(x + kept, _mm512_maskz_compress_epi32(below, at));
		kept += (uint32_t)__builtin_popcount(below);
	}
	return kept;
}

static void presieve(const struct sieve_input *in, const uint32_t *phase, unsigned char *to, uint32_t bytes)
{
	uint32_t at[SIEVE_GROUPS];
	for (uint32_t g = 0; g < in->groups; g++)
		at[g] = phase[g];
	for (uint32_t done = 0; done < bytes; done += SIEVE_TILE) {
		__m512i tile[8];
		for (int i = 0; i < 8; i++)
			tile[i] = _mm512_setzero_si512();
		for (uint32_t g = 0; g < in->groups; g++) {
			const unsigned char *from = in->group[g].table + at[g];
			for (int i = 0; i < 8; i++)
				tile[i] = _mm512_or_si512(tile[i], _mm512_loadu_si512(from + 64 * i));
			uint32_t next = at[g] + in->group[g].stride, wrapped = next - in->group[g].period;
			at[g] = next < wrapped ? next : wrapped;
		}
		for (int i = 0; i < 8; i++)
			_mm512_storeu_si512(to + done + 64 * i, tile[i]);
	}
}

struct ones {
	uint64_t all, even;
};

__attribute__((target("avx512vpopcntdq"))) static struct ones count_ones_vpopcntdq(
	const unsigned char *bits, uint32_t bytes)
{
	const __m512i even_bits = _mm512_set1_epi8(0x55);
	__m512i all = _mm512_setzero_si512(), even = all;
	for (uint32_t i = 0; i < bytes; i += 64) {
		__m512i word = _mm512_loadu_si512(bits + i);
		all = _mm512_add_epi64(all, _mm512_popcnt_epi64(word));
		even = _mm512_add_epi64(even, _mm512_popcnt_epi64(_mm512_and_si512(word, even_bits)));
	}
	return (struct ones){(uint64_t)_mm512_reduce_add_epi64(all), (uint64_t)_mm512_reduce_add_epi64(even)};
}

static struct ones count_ones_words(const unsigned char *bits, uint32_t bytes)
{
	struct ones ones = {0, 0};
	for (uint32_t i = 0; i < bytes; i += 8) {
		uint64_t word = *(const uint64_t __attribute__((may_alias)) *)(const void *)(bits + i);
		ones.all += (uint64_t)__builtin_popcountll(word);
		ones.even += (uint64_t)__builtin_popcountll(word & UINT64_C(0x5555555555555555));
	}
	return ones;
}

static struct ones count_ones(const unsigned char *bits, uint32_t bytes)
{
	return cpu_features() & CPU_VPOPCNTDQ ? count_ones_vpopcntdq(bits, bytes)
					      : count_ones_words(bits, bytes);
}

#include "sieve_lines.h"

const struct variant sieve_avx512 = {
	.name = "avx512",
	.needs = CPU_AVX2 | CPU_AVX512,
	.setup = setup,
	.teardown = sieve_close,
	.units = sieve_units,
	.grain = sieve_grain,
	.scratch_bytes = sieve_scratch_bytes,
	.chunk = chunk,
	.emit = emit,
};

#else
const struct variant sieve_avx512 = {.name = "avx512", .missing = "this build is not for x86-64"};
#endif
