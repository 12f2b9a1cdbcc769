/* SPDX-License-Identifier: MIT */
/*
 * inverted_avx512.c - inverted repeats with vectors of 64 bytes; where VBMI2 is, inverted_vbmi2_avx512.c
 * searches.
 */
#include "kernels/substrings/inverted.h"

#include "kernels/cpu.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

#define INVERTED_VECTOR 64
#define INVERTED_ANY(v) (_mm512_test_epi64_mask((__m512i)(v), (__m512i)(v)) != 0)
#define INVERTED_SURE 8 /* on Zen 4 cheaper than 6 */
#define chunk chunk_any
#define emit emit_any
#include "kernels/substrings/inverted_planes.h"
#undef chunk
#undef emit

static bool has_vbmi2(const struct inverted_input *in)
{
	return in->features & CPU_VBMI2;
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	(has_vbmi2(input) ? inverted_vbmi2_chunk : chunk_any)(input, s, scratch, out);
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	(has_vbmi2(input) ? inverted_vbmi2_emit : emit_any)(input, s, scratch, sink, ctx);
}

INVERTED_VARIANT(avx512, CPU_AVX512, inverted_setup);
#else
const struct variant inverted_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};
#endif
