/* SPDX-License-Identifier: MIT */
/*
 * palindrome.h - palindromic words in a packed list of words of one length.
 *
 * The unit of work is a group of 64 words: whatever their length, a whole number of 64-byte
 * vectors. A variant is a function that makes a mask of one group, bit i for word i; counting and
 * listing work on masks, the same for all variants. So results have no branch that depends on the
 * words: a count is a population count, and a mispredicted jump per palindrome is avoided. Words
 * are compared byte by byte, as they are.
 */
#ifndef PARSCALE_KERNELS_PALINDROME_PALINDROME_H
#define PARSCALE_KERNELS_PALINDROME_PALINDROME_H

#include "kernels/prefetch.h"
#include "kernels/word_mask.h"

/* Words of up to PALINDROME_VECTOR letters fit a vector; longer ones are compared piece by piece. */
enum { PALINDROME_GROUP = 64, PALINDROME_VECTOR = 64, PALINDROME_LONGEST = 65536 };

/* How a vector holds whole words: for variants that take floor(bytes / length) words at a time. */
struct palindrome_shape {
	unsigned words;            /* in a vector; 0: not even one */
	unsigned char mirror[64];  /* where each byte finds its partner; bytes beyond the last word find
				     themselves */
	uint64_t front;            /* the bytes of the words' front halves, less their middle letters */
	uint64_t after;            /* the byte after each front half: where a carry out of it lands */
	unsigned char pick[2][16]; /* instead of these: palindrome_neon.c */
};

/* The list, read-only once made. `words` is 64-byte aligned, may be read as if it had whole groups, and
 * MEMORY_MARGIN bytes before and after them. */
struct palindrome_input {
	unsigned char *words;
	uint64_t count;
	unsigned length;   /* 1 to PALINDROME_LONGEST */
	unsigned features; /* cpu_features() at setup */
	enum prefetch prefetch;
	bool pack;                     /* AVX2: what is equal is packed before it leaves vectors as a mask */
	struct palindrome_shape shape; /* the variant's own, if it has one */
};

/* The members of every variant's record that do not depend on how words are compared. */
int palindrome_setup(const struct problem *p, void **input, struct err *e);
void palindrome_teardown(void *input);
uint64_t palindrome_units(const void *input);
uint64_t palindrome_grain(const void *input);
size_t palindrome_scratch_bytes(const void *input);

/* The shape of words of `length` letters in vectors of `bytes` <= 64; of words that fit none there is no
 * shape. */
struct palindrome_shape palindrome_shape_of(unsigned bytes, unsigned length);

/* The mask of one group: bit i is set where word i at words + i * length is a palindrome. May read
 * MEMORY_MARGIN bytes around the group. */
typedef uint64_t palindrome_match_fn(const unsigned char *words, const struct palindrome_input *in);

/* The bits of group g that stand for words of the list: all but in the last. */
static inline uint64_t palindrome_present(const struct palindrome_input *in, uint64_t group)
{
	uint64_t left = in->count - group * PALINDROME_GROUP;
	return left >= PALINDROME_GROUP ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
}

/* The mask of group g, before which those that come later are asked for. */
__attribute__((always_inline)) static inline uint64_t palindrome_mask(
	const struct palindrome_input *in, uint64_t g, enum prefetch how, palindrome_match_fn *match)
{
	const uint64_t stride = (uint64_t)PALINDROME_GROUP * in->length, at = g * stride;
	for (uint64_t line = 0; how && line < stride; line += PREFETCH_LINE)
		prefetch_line(how, in->words, at + line);
	return match(in->words + at, in);
}

/* The loop of every variant: masks of groups s into *out, or into *list where `out` is NULL. Always inlined,
 * so that the loop and the match are one. */
__attribute__((always_inline)) static inline void palindrome_scan(const struct palindrome_input *in,
	struct span s, struct tally *out, struct mask_list *list, palindrome_match_fn *match)
{
	const enum prefetch how = in->prefetch;
	const uint64_t whole = in->count / PALINDROME_GROUP, end = s.hi < whole ? s.hi : whole;
	struct tally t = {0};
	uint64_t g = s.lo;
	if (out) {
		for (; g < end; g++)
			mask_tally(palindrome_mask(in, g, how, match), g, &t);
		for (; g < s.hi; g++)
			mask_tally(palindrome_mask(in, g, how, match) & palindrome_present(in, g), g, &t);
		tally_add(out, t);
		return;
	}
	for (; g < s.hi; g++) {
		const uint64_t mask = palindrome_mask(in, g, how, match) & palindrome_present(in, g);
		if (mask && !mask_list_add(list, mask, g))
			return;
	}
}

/* Defines the record palindrome_<id> of a variant whose groups go through `scan`, a function of the type of
 * palindrome_avx2_scan. */
#define PALINDROME_VARIANT(id, cpu_bits, setup_fn, scan_fn)                                                  \
	static void chunk(const void *input, struct span s, void *scratch, struct tally *out)                \
	{                                                                                                    \
		(void)scratch;                                                                               \
		scan_fn(input, s, out, NULL);                                                                \
	}                                                                                                    \
	static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)   \
	{                                                                                                    \
		struct mask_list list = {.sink = sink, .ctx = ctx};                                          \
		(void)scratch;                                                                               \
		scan_fn(input, s, NULL, &list);                                                              \
		mask_list_flush(&list);                                                                      \
	}                                                                                                    \
	const struct variant palindrome_##id = {                                                             \
		.name = #id,                                                                                 \
		.needs = cpu_bits,                                                                           \
		.setup = setup_fn,                                                                           \
		.teardown = palindrome_teardown,                                                             \
		.units = palindrome_units,                                                                   \
		.grain = palindrome_grain,                                                                   \
		.scratch_bytes = palindrome_scratch_bytes,                                                   \
		.chunk = chunk,                                                                              \
		.emit = emit,                                                                                \
	}

/* The AVX2 variant's groups, for AVX-512 where it has nothing better; in->shape is for 16 bytes. */
void palindrome_avx2_scan(
	const struct palindrome_input *in, struct span s, struct tally *out, struct mask_list *list);

extern const struct variant palindrome_reference, palindrome_scalar, palindrome_ompsimd, palindrome_avx2,
	palindrome_avx512, palindrome_neon, palindrome_rvv;

#endif
