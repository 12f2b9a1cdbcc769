/* SPDX-License-Identifier: MIT */
/* peak_avx2.c - `peak`, `flops` and `divide` with 256-bit registers (peak_vector.h). */
#include "kernels/ceilings/peak.h"

#include "kernels/cpu.h"

#ifdef __AVX2__

#include <immintrin.h>

typedef uint64_t whole_lanes __attribute__((vector_size(32)));
typedef double real_lanes __attribute__((vector_size(32)));

#define PEAK_WHOLE whole_lanes
#define PEAK_REAL real_lanes
#define PEAK_WIDE 4
#define PEAK_KEEP_WHOLE "+x"
#define PEAK_KEEP_REAL "+x"
#define PEAK_FUSED _mm256_fmadd_pd
#define PEAK_TARGET __attribute__((target("fma")))
#include "kernels/ceilings/peak_vector.h"

PEAK_VARIANT(peak, avx2, CPU_AVX2, peak_chunk);
PEAK_VARIANT(flops, avx2, CPU_AVX2, flops_chunk);
PEAK_VARIANT(divide, avx2, CPU_AVX2, divide_chunk);

#else

PEAK_VARIANT_MISSING(peak, avx2, CPU_LACKS_AVX);
PEAK_VARIANT_MISSING(flops, avx2, CPU_LACKS_AVX);
PEAK_VARIANT_MISSING(divide, avx2, CPU_LACKS_AVX);

#endif
