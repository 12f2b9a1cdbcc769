/* SPDX-License-Identifier: MIT */
/*
 * stream.h - what `copy` (a = b) and `triad` (a = b + 3 c) share: STREAM's loops over arrays of doubles.
 *
 * Bytes are counted as STREAM does: 16 a word copied, 24 a word of the triad. What memory carries is more
 * where stores are plain: a line is read before it is written (write-allocate), 24 for 16 and 32 for 24.
 * The `-stream` variants store past the caches, which spares that, and every benefit of a cache too. The
 * sources are shared and read-only; each worker writes a target of its own, as large as its share, in
 * scratch, so that processes and threads write memory that is theirs alike.
 *
 * The unit is 64 words. One word of every 512th unit is read back from the target and added up: too few to
 * cost, enough that a loop which did not store would not pass.
 */
#ifndef PARSCALE_KERNELS_CEILINGS_STREAM_H
#define PARSCALE_KERNELS_CEILINGS_STREAM_H

#include "kernels/kernel.h"

enum { STREAM_UNIT = 64, STREAM_LOOKED_AT = 512 };

struct stream_input {
	double *b, *c; /* 64-byte aligned; c is NULL where there is no second source */
	uint64_t words;
	uint64_t share; /* units that a worker's target holds */
};

/* a[i] = b[i], or b[i] + 3 c[i], for i < words; a and b are 64-byte aligned. */
typedef void stream_fn(double *a, const double *b, const double *c, uint64_t words);

/* The members of every variant's record; `copy` has one source, `triad` two. */
int stream_setup_copy(const struct problem *p, void **input, struct err *e);
int stream_setup_triad(const struct problem *p, void **input, struct err *e);
void stream_teardown(void *input);
uint64_t stream_units(const void *input);
uint64_t stream_grain(const void *input);
size_t stream_scratch_bytes(const void *input);

/* Does units s by `f` and adds them to *out. */
void stream_span(
	const struct stream_input *in, struct span s, void *scratch, struct tally *out, stream_fn *f);

/* What word i is in b, and in c: whole numbers below 2^20, so that every variant's sum is exact. */
double stream_b(uint64_t seed, uint64_t i);
double stream_c(uint64_t seed, uint64_t i);

/* The answer, word by word of those that are looked at; NULL where they are too many. */
enum { STREAM_ORACLE_LOOKS = 1 << 20 };
const char *stream_oracle(const struct problem *p, uint64_t words, unsigned sources, struct tally *known);

/* The record <kernel>_<id> of a variant and its chunk function. */
#define STREAM_VARIANT(kernel, id, label, cpu_bits, loop)                                                    \
	static void kernel##_##id##_chunk(                                                                   \
		const void *input, struct span s, void *scratch, struct tally *out)                          \
	{                                                                                                    \
		stream_span(input, s, scratch, out, loop);                                                   \
	}                                                                                                    \
	const struct variant kernel##_##id = {                                                               \
		.name = label,                                                                               \
		.needs = cpu_bits,                                                                           \
		.setup = stream_setup_##kernel,                                                              \
		.teardown = stream_teardown,                                                                 \
		.units = stream_units,                                                                       \
		.grain = stream_grain,                                                                       \
		.scratch_bytes = stream_scratch_bytes,                                                       \
		.chunk = kernel##_##id##_chunk,                                                              \
	}

/* Both kernels with plain and with streaming stores, of the instruction set `id`, by the loops of
 * stream_vector.h. */
#define STREAM_VARIANTS(id, cpu_bits)                                                                        \
	STREAM_VARIANT(copy, id, #id, cpu_bits, copy_plain);                                                 \
	STREAM_VARIANT(copy, id##_stream, #id "-stream", cpu_bits, copy_past);                               \
	STREAM_VARIANT(triad, id, #id, cpu_bits, triad_plain);                                               \
	STREAM_VARIANT(triad, id##_stream, #id "-stream", cpu_bits, triad_past)

/* For compilers that cannot make it. */
#define STREAM_MISSING(kernel, id, label, why)                                                               \
	const struct variant kernel##_##id = {.name = label, .missing = why}
#define STREAM_VARIANTS_MISSING(id, why)                                                                     \
	STREAM_MISSING(copy, id, #id, why);                                                                  \
	STREAM_MISSING(copy, id##_stream, #id "-stream", why);                                               \
	STREAM_MISSING(triad, id, #id, why);                                                                 \
	STREAM_MISSING(triad, id##_stream, #id "-stream", why)

extern const struct variant copy_avx2, copy_avx2_stream, copy_avx512, copy_avx512_stream, copy_neon,
	copy_neon_stream, copy_rvv;
extern const struct variant triad_avx2, triad_avx2_stream, triad_avx512, triad_avx512_stream, triad_neon,
	triad_neon_stream, triad_rvv;

#endif
