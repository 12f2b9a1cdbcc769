/* SPDX-License-Identifier: MIT */
/* inverted_avx512.c - inverted repeats with vectors of 64 bytes. */
#include "kernels/substrings/inverted.h"

#include "kernels/cpu.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

#define INVERTED_VECTOR 64
#define INVERTED_ANY(v) (_mm512_test_epi64_mask((__m512i)(v), (__m512i)(v)) != 0)
#include "kernels/substrings/inverted_planes.h"

INVERTED_VARIANT(avx512, CPU_AVX512, inverted_setup);
#else
const struct variant inverted_avx512 = {.name = "avx512", .missing = CPU_LACKS_AVX};
#endif
