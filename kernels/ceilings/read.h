/* SPDX-License-Identifier: MIT */
/*
 * read.h - the input and the loop that the variants of `read` share.
 *
 * A variant is an instruction set's load-and-add, in one of two orders: `plain`, byte after byte, which is
 * what most programs do; or `pages`, in tiles of eight 4096-byte pages a line of each page in turn, which
 * keeps more loads in flight, since hardware prefetchers work page by page (from READ_FAR bytes on). The unit
 * of work is a page, so that even what fits L1 has a share for each worker.
 */
#ifndef PARSCALE_KERNELS_CEILINGS_READ_H
#define PARSCALE_KERNELS_CEILINGS_READ_H

#include "kernels/kernel.h"

enum { READ_PAGE = 4096, READ_PAGES = 8, READ_TILE = READ_PAGE * READ_PAGES, READ_FAR = 16 * READ_TILE };

struct read_input {
	const unsigned char *bytes; /* 64-byte aligned, a whole number of 8-byte words */
	uint64_t count;
};

int read_setup(const struct problem *p, void **input, struct err *e);
void read_teardown(void *input);
uint64_t read_units(const void *input); /* pages; the last may be shorter */
uint64_t read_grain(const void *input);
size_t read_scratch_bytes(const void *input);

/* The sum, modulo 2^64, of the 64-bit words of `count` bytes; a multiple of 8. */
typedef uint64_t read_fn(const unsigned char *bytes, uint64_t count);

/* Word by word. */
uint64_t read_words(const unsigned char *bytes, uint64_t count);

/* Adds units s to *out. */
void read_span(const struct read_input *in, struct span s, struct tally *out, read_fn *read);

/* The record of a variant and its chunk function, from its read_fn. */
#define READ_VARIANT(id, label, cpu_bits, read)                                                              \
	static void id##_chunk(const void *input, struct span s, void *scratch, struct tally *out)           \
	{                                                                                                    \
		(void)scratch;                                                                               \
		read_span(input, s, out, read);                                                              \
	}                                                                                                    \
	const struct variant read_##id = {.name = label,                                                     \
		.needs = cpu_bits,                                                                           \
		.setup = read_setup,                                                                         \
		.teardown = read_teardown,                                                                   \
		.units = read_units,                                                                         \
		.grain = read_grain,                                                                         \
		.scratch_bytes = read_scratch_bytes,                                                         \
		.chunk = id##_chunk}

/* For compilers that cannot make it. */
#define READ_VARIANT_MISSING(id, label, cpu_bits, why)                                                       \
	const struct variant read_##id = {.name = label, .needs = cpu_bits, .missing = why}

/* The variants, each in the file of its instruction set. */
extern const struct variant read_reference, read_avx2, read_avx2_pages, read_avx512, read_avx512_pages,
	read_neon, read_neon_pages, read_sve, read_sve_pages, read_rvv, read_rvv_pages;

#endif
