/* SPDX-License-Identifier: MIT */
/* inverted_avx2.c - inverted repeats with vectors of 32 bytes. */
#include "kernels/substrings/inverted.h"

#include "kernels/cpu.h"

#if defined(__AVX2__)
#include <immintrin.h>

#define INVERTED_VECTOR 32
#define INVERTED_ANY(v) (!_mm256_testz_si256((__m256i)(v), (__m256i)(v)))
#include "kernels/substrings/inverted_planes.h"

INVERTED_VARIANT(avx2, CPU_AVX2, inverted_setup);
#else
const struct variant inverted_avx2 = {.name = "avx2", .missing = CPU_LACKS_AVX};
#endif
