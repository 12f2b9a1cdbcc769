/* SPDX-License-Identifier: MIT */
/* read_rvv.c - RISC-V vectors of whatever length; read.h's two orders. Vectors have no known size, and so no arrays:
 * groups of registers are the accumulators. Bytes are loaded, for which any address will do. */
#include "kernels/ceilings/read.h"

#include "kernels/cpu.h"

#ifdef __riscv_vector

#include <riscv_vector.h>

/* Byte after byte, eight registers at a time. */
static uint64_t read_plain(const unsigned char *bytes, uint64_t count)
{
	const size_t lanes = __riscv_vsetvlmax_e64m8();
	vuint64m8_t sum = __riscv_vmv_v_x_u64m8(0, lanes);
	for (uint64_t words = count / 8, n; words > 0; words -= n, bytes += 8 * n) {
		n = __riscv_vsetvl_e64m8(words);
		sum = __riscv_vadd_vv_u64m8_tu(
			sum, sum, __riscv_vreinterpret_v_u8m8_u64m8(__riscv_vle8_v_u8m8(bytes, 8 * n)), n);
	}
	const vuint64m1_t zero = __riscv_vmv_v_x_u64m1(0, 1);
	return __riscv_vmv_x_s_u64m1_u64(__riscv_vredsum_vs_u64m8_u64m1(sum, zero, lanes));
}

/* A line of each page of a tile in turn: four registers hold it where they have the least length, 16 bytes. */
static inline vuint64m4_t line_at(const unsigned char *p)
{
	return __riscv_vreinterpret_v_u8m4_u64m4(__riscv_vle8_v_u8m4(p, 64));
}

static uint64_t read_pages(const unsigned char *bytes, uint64_t count)
{
	if (count < READ_FAR)
		return read_plain(bytes, count);
	const uint64_t whole = count / READ_TILE * READ_TILE;
	vuint64m4_t even = __riscv_vmv_v_x_u64m4(0, 8), odd = even;
	for (const unsigned char *tile = bytes, *end = bytes + whole; tile < end; tile += READ_TILE)
		for (unsigned line = 0; line < READ_PAGE; line += 64)
			for (unsigned k = 0; k < READ_PAGES; k += 2) {
				const unsigned char *p = tile + line + k * READ_PAGE;
				even = __riscv_vadd_vv_u64m4(even, line_at(p), 8);
				odd = __riscv_vadd_vv_u64m4(odd, line_at(p + READ_PAGE), 8);
			}
	const vuint64m4_t sum = __riscv_vadd_vv_u64m4(even, odd, 8);
	const vuint64m1_t rest = __riscv_vmv_v_x_u64m1(read_plain(bytes + whole, count - whole), 1);
	return __riscv_vmv_x_s_u64m1_u64(__riscv_vredsum_vs_u64m4_u64m1(sum, rest, 8));
}

READ_VARIANT(rvv, "rvv", CPU_RVV, read_plain);
READ_VARIANT(rvv_pages, "rvv-pages", CPU_RVV, read_pages);

#else

READ_VARIANT_MISSING(rvv, "rvv", CPU_RVV, CPU_LACKS_RVV);
READ_VARIANT_MISSING(rvv_pages, "rvv-pages", CPU_RVV, CPU_LACKS_RVV);

#endif
