/* SPDX-License-Identifier: MIT */
/*
 * variants.h - what all tests of kernels share: the variants that can run here, inputs and scratch between
 * pages that may not be touched, and what a variant makes of any cut of its units.
 *
 * test_variants.c compares all variants of all kernels with each other; the tests beside it check what
 * a kernel promises (published values, what its file formats mean), and loop over variants_here().
 */
#ifndef PARSCALE_TESTS_KERNELS_VARIANTS_H
#define PARSCALE_TESTS_KERNELS_VARIANTS_H

#include "kernels/kernel.h"

/* The variants of a kernel that can run in this build on this CPU, as its record orders them; ended by NULL.
 * Good until the next call for the same kernel. */
const struct variant *const *variants_here(const struct kernel *k);

/* The instruction set a variant is for: the last of those in cpu.def that it needs, or whose name its own
 * begins with; else "scalar". */
const char *variant_set(const struct variant *v);

/* Calls run(NULL); and run(name) with each feature of cpu.def hidden that this CPU has, so that paths for lesser
 * CPUs run on greater ones: in a process each, for what is hidden stays so. `run` returns 0 where all passed, as
 * this does; it is the work of main. */
int variants_without_each(int (*run)(const char *hidden));

/* The same with all extensions hidden at once: features that this CPU has and no variant needs, but may use. */
int variants_without_extensions(int (*run)(const char *hidden));

/* At least `bytes` of zeroed memory directly between two pages that may not be touched; begin is a page's. */
struct guarded {
	unsigned char *begin, *end, *map;
	size_t mapped;
};

struct guarded guarded_open(size_t bytes);
void guarded_close(struct guarded *g);

/* A variant set up, with the scratch of one worker between pages that may not be touched. */
struct opened {
	const struct variant *v;
	void *input;
	struct guarded room;
	void *scratch;
};

/* Fails the test where setup refuses. open_scratch is the second half of open_variant. */
struct opened open_variant(const struct variant *v, const struct problem *p);
void open_scratch(struct opened *o);
void close_scratch(struct opened *o);
void close_variant(struct opened *o);

/* Every unit once, in chunks of 1 to `longest` units (of more, where they would be too many; the rest is one
 * chunk where it is no longer), in random order, by `workers` workers that each have scratch of their own;
 * settled. */
struct tally count_units(const struct variant *v, const void *input, uint64_t longest, unsigned workers);

/* The same of a problem: in chunks of 1 to `longest` by one worker; and in one chunk. */
struct tally count_in_chunks(const struct variant *v, const struct problem *p, uint64_t longest);
struct tally count_all(const struct variant *v, const struct problem *p);

/* A list of items; of `most` it takes no more batches once it has so many (0: it takes all). Free `at`. */
struct places {
	uint64_t *at;
	size_t count, room, most;
};

int places_take(void *ctx, const uint64_t *items, size_t n); /* a kernel_sink_fn; ctx: struct places */

/* What a variant makes of an input that was set up for listing (problem.listing, unless the kernel lists from any
 * input), its units cut into chunks of `cut` (0: one chunk): its settled tally, and what it lists (nothing, where
 * it lists nothing). Free places.at. */
struct outcome {
	struct tally tally;
	struct places places;
};

struct outcome outcome_of(const struct variant *v, const void *input, uint64_t cut);

/* Fails, saying what and where, unless both found the same, in order. */
void assert_same(
	const struct outcome *expected, const struct outcome *found, const char *variant, const char *what);

#endif
