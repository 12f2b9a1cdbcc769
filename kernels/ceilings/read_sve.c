/* SPDX-License-Identifier: MIT */
/* read_sve.c - vectors of whatever length; read.h's two orders. Vectors have no known size, and so no arrays:
 * the loops of read_vector.h are written out. */
#include "kernels/ceilings/read.h"

#include "kernels/cpu.h"

#ifdef __ARM_FEATURE_SVE

#include <arm_sve.h>

#define EACH(do_it) do_it(0) do_it(1) do_it(2) do_it(3) do_it(4) do_it(5) do_it(6) do_it(7)
#define SUM_BEGIN(k) svuint64_t sum##k = svdup_u64(0);
#define SUM_END(k) total += svaddv_u64(svptrue_b64(), sum##k);

/* 64-bit words at p. */
static inline svuint64_t words_at(svbool_t some, const unsigned char *p)
{
	return svld1_u64(some, (const uint64_t *)(const void *)p);
}

/* Byte after byte; eight accumulators hide the latency of the adds. */
static uint64_t read_plain(const unsigned char *bytes, uint64_t count)
{
	const svbool_t all = svptrue_b64();
	const uint64_t vector = svcntb(), whole = count / (READ_PAGES * vector) * (READ_PAGES * vector);
	uint64_t total = 0;
	EACH(SUM_BEGIN)
	for (const unsigned char *p = bytes, *end = bytes + whole; p < end; p += READ_PAGES * vector) {
#define ADD(k) sum##k = svadd_u64_x(all, sum##k, words_at(all, p + k * vector));
		EACH(ADD)
#undef ADD
	}
	EACH(SUM_END)
	return total + read_words(bytes + whole, count - whole);
}

/* A line of each page of a tile in turn, an accumulator a page. */
static uint64_t read_pages(const unsigned char *bytes, uint64_t count)
{
	if (count < READ_FAR)
		return read_plain(bytes, count);
	const uint64_t whole = count / READ_TILE * READ_TILE;
	uint64_t total = 0;
	EACH(SUM_BEGIN)
	for (const unsigned char *tile = bytes, *end = bytes + whole; tile < end; tile += READ_TILE)
		for (unsigned line = 0; line < READ_PAGE; line += 64)
			for (uint64_t part = 0; part < 8; part += svcntd()) {
				const svbool_t some = svwhilelt_b64_u64(part, 8);
				const unsigned char *p = tile + line + 8 * part;
#define ADD(k) sum##k = svadd_u64_m(some, sum##k, words_at(some, p + k * READ_PAGE));
				EACH(ADD)
#undef ADD
			}
	EACH(SUM_END)
	return total + read_plain(bytes + whole, count - whole);
}

READ_VARIANT(sve, "sve", CPU_SVE, read_plain);
READ_VARIANT(sve_pages, "sve-pages", CPU_SVE, read_pages);

#else

READ_VARIANT_MISSING(sve, "sve", CPU_SVE, CPU_LACKS_SVE);
READ_VARIANT_MISSING(sve_pages, "sve-pages", CPU_SVE, CPU_LACKS_SVE);

#endif
