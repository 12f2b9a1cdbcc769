/* SPDX-License-Identifier: MIT */
/* heron_avx512.c - sixteen roots at a time, until the last of them is found; two vectors, so that one divides
 * while the other is added up. */
#include "kernels/heron/heron.h"

#include "kernels/cpu.h"

#if defined(__AVX512F__)
#include <immintrin.h>

struct eight {
	__m512d number, root;
	__mmask8 falling; /* not there yet */
	__m512i steps;
};

static inline struct eight begin(const double *number)
{
	const __m512d a = _mm512_load_pd(number), zero = _mm512_setzero_pd();
	const __mmask8 plain = _mm512_cmp_pd_mask(a, zero, _CMP_GT_OQ) &
			       _mm512_cmp_pd_mask(a, _mm512_set1_pd(__DBL_MAX__), _CMP_LE_OQ);
	const __m512d special = _mm512_mask_blend_pd(
		_mm512_cmp_pd_mask(a, zero, _CMP_GE_OQ), _mm512_set1_pd(__builtin_nan("")), a);
	const __m512d first = _mm512_mul_pd(_mm512_add_pd(_mm512_set1_pd(1), a), _mm512_set1_pd(0.5));
	return (struct eight){
		a, _mm512_mask_blend_pd(plain, special, first), plain, _mm512_maskz_set1_epi64(plain, 1)};
}

static inline void step(struct eight *f)
{
	const __m512d sum = _mm512_add_pd(f->root, _mm512_div_pd(f->number, f->root));
	const __m512d x = _mm512_mul_pd(sum, _mm512_set1_pd(0.5));
	f->steps = _mm512_mask_add_epi64(f->steps, f->falling, f->steps, _mm512_set1_epi64(1));
	f->falling = _mm512_mask_cmp_pd_mask(f->falling, x, f->root, _CMP_LT_OQ);
	f->root = _mm512_mask_mov_pd(f->root, f->falling, x);
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct heron_input *in = input;
	__m512i steps = _mm512_setzero_si512(), bits = steps;
	(void)scratch;
	for (uint64_t i = s.lo * HERON_UNIT; i < s.hi * HERON_UNIT; i += 16) {
		struct eight a = begin(in->number + i), b = begin(in->number + i + 8);
		while (a.falling | b.falling) {
			step(&a);
			step(&b);
		}
		steps = _mm512_add_epi64(steps, _mm512_add_epi64(a.steps, b.steps));
		bits = _mm512_add_epi64(
			bits, _mm512_add_epi64(_mm512_castpd_si512(a.root), _mm512_castpd_si512(b.root)));
	}
	out->count += (uint64_t)_mm512_reduce_add_epi64(steps);
	/* bits add up modulo 2^64, where the intrinsic for sums would overflow as signed */
	uint64_t lanes[8];
	_mm512_storeu_si512(lanes, bits);
	for (unsigned i = 0; i < 8; i++)
		out->checksum += lanes[i];
}

HERON_VARIANT(avx512, CPU_AVX512, chunk);

#else

const struct variant heron_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};

#endif
