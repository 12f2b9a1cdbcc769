/* SPDX-License-Identifier: MIT */
/* peak_avx512.c - `peak`, `flops` and `divide` with 512-bit registers (peak_vector.h). */
#include "kernels/ceilings/peak.h"

#include "kernels/cpu.h"

#ifdef __AVX512F__

#include <immintrin.h>

typedef uint64_t whole_lanes __attribute__((vector_size(64)));
typedef double real_lanes __attribute__((vector_size(64)));

#define PEAK_WHOLE whole_lanes
#define PEAK_REAL real_lanes
#define PEAK_WIDE 8
#define PEAK_KEEP_WHOLE "+v"
#define PEAK_KEEP_REAL "+v"
#define PEAK_FUSED _mm512_fmadd_pd
#define PEAK_TARGET
#include "kernels/ceilings/peak_vector.h"

PEAK_VARIANT(peak, avx512, CPU_AVX512, peak_chunk);
PEAK_VARIANT(flops, avx512, CPU_AVX512, flops_chunk);
PEAK_VARIANT(divide, avx512, CPU_AVX512, divide_chunk);

#else

PEAK_VARIANT_MISSING(peak, avx512, CPU_LACKS_AVX);
PEAK_VARIANT_MISSING(flops, avx512, CPU_LACKS_AVX);
PEAK_VARIANT_MISSING(divide, avx512, CPU_LACKS_AVX);

#endif
