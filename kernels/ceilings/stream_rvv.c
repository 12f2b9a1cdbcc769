/* SPDX-License-Identifier: MIT */
/* stream_rvv.c - `copy` and `triad` with RISC-V vectors of whatever length, eight registers at a time. There is no store
 * past the caches, so no `-stream` variant. */
#include "kernels/ceilings/stream.h"

#include "kernels/cpu.h"

#ifdef __riscv_vector

#include <riscv_vector.h>

static void copy_plain(double *a, const double *b, const double *c, uint64_t words)
{
	(void)c;
	for (uint64_t n; words > 0; words -= n, a += n, b += n) {
		n = __riscv_vsetvl_e64m8(words);
		__riscv_vse64_v_f64m8(a, __riscv_vle64_v_f64m8(b, n), n);
	}
}

static void triad_plain(double *a, const double *b, const double *c, uint64_t words)
{
	for (uint64_t n; words > 0; words -= n, a += n, b += n, c += n) {
		n = __riscv_vsetvl_e64m8(words);
		const vfloat64m8_t sum = __riscv_vle64_v_f64m8(b, n);
		__riscv_vse64_v_f64m8(a, __riscv_vfmacc_vf_f64m8(sum, 3, __riscv_vle64_v_f64m8(c, n), n), n);
	}
}

STREAM_VARIANT(copy, rvv, "rvv", CPU_RVV, copy_plain);
STREAM_VARIANT(triad, rvv, "rvv", CPU_RVV, triad_plain);

#else

STREAM_MISSING(copy, rvv, "rvv", CPU_LACKS_RVV);
STREAM_MISSING(triad, rvv, "rvv", CPU_LACKS_RVV);

#endif
