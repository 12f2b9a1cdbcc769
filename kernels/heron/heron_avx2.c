/* SPDX-License-Identifier: MIT */
/*
 * heron_avx2.c - Heron's roots with 256-bit vectors: eight at a time, until the last of them is
 * found; in two vectors, so that one divides while the other is added up.
 */
#include "kernels/heron/heron.h"

#include "kernels/cpu.h"

#if defined(__AVX2__)
#include <immintrin.h>

struct four {
	__m256d number, root;
	__m256d falling; /* all bits: not there yet */
	__m256i steps;
};

static inline struct four begin(const double *number)
{
	const __m256d a = _mm256_load_pd(number), zero = _mm256_setzero_pd();
	const __m256d plain = _mm256_and_pd(_mm256_cmp_pd(a, zero, _CMP_GT_OQ),
		_mm256_cmp_pd(a, _mm256_set1_pd(__DBL_MAX__), _CMP_LE_OQ));
	const __m256d special =
		_mm256_blendv_pd(_mm256_set1_pd(__builtin_nan("")), a, _mm256_cmp_pd(a, zero, _CMP_GE_OQ));
	const __m256d first = _mm256_mul_pd(_mm256_add_pd(_mm256_set1_pd(1), a), _mm256_set1_pd(0.5));
	return (struct four){a, _mm256_blendv_pd(special, first, plain), plain,
		_mm256_sub_epi64(_mm256_setzero_si256(), _mm256_castpd_si256(plain))};
}

static inline void step(struct four *f)
{
	const __m256d sum = _mm256_add_pd(f->root, _mm256_div_pd(f->number, f->root));
	const __m256d x = _mm256_mul_pd(sum, _mm256_set1_pd(0.5));
	f->steps = _mm256_sub_epi64(f->steps, _mm256_castpd_si256(f->falling));
	f->falling = _mm256_and_pd(f->falling, _mm256_cmp_pd(x, f->root, _CMP_LT_OQ));
	f->root = _mm256_blendv_pd(f->root, x, f->falling);
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct heron_input *in = input;
	__m256i steps = _mm256_setzero_si256(), bits = steps;
	(void)scratch;
	for (uint64_t i = s.lo * HERON_UNIT; i < s.hi * HERON_UNIT; i += 8) {
		struct four a = begin(in->number + i), b = begin(in->number + i + 4);
		while (_mm256_movemask_pd(_mm256_or_pd(a.falling, b.falling))) {
			step(&a);
			step(&b);
		}
		steps = _mm256_add_epi64(steps, _mm256_add_epi64(a.steps, b.steps));
		bits = _mm256_add_epi64(
			bits, _mm256_add_epi64(_mm256_castpd_si256(a.root), _mm256_castpd_si256(b.root)));
	}
	uint64_t lane[4];
	_mm256_storeu_si256((__m256i *)(void *)lane, steps);
	out->count += lane[0] + lane[1] + lane[2] + lane[3];
	_mm256_storeu_si256((__m256i *)(void *)lane, bits);
	out->checksum += lane[0] + lane[1] + lane[2] + lane[3];
}

HERON_VARIANT(avx2, CPU_AVX2, chunk);

#else

const struct variant heron_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};

#endif
