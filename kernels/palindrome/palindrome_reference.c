/* SPDX-License-Identifier: MIT */
/*
 * palindrome_reference.c - palindromes word by word: the first half equals the reversed second
 * half. Shares nothing with the other variants.
 */
#include "kernels/palindrome/palindrome.h"

static const uint64_t most_words = 1000000000;

static bool is_palindrome(const unsigned char *word, unsigned length)
{
	for (unsigned i = 0; i < length / 2; i++)
		if (word[i] != word[length - 1 - i])
			return false;
	return true;
}

static int setup(const struct problem *p, void **input, struct err *e)
{
	if ((p->text ? p->text_bytes / p->length : p->words) > most_words)
		return err_set(e, ERR_ABSENT,
			"palindrome: reference takes at most 10^9 words; take another variant");
	return palindrome_setup(p, input, e);
}

/* The words of groups s. */
static struct span words_of(const struct palindrome_input *in, struct span s)
{
	uint64_t hi = s.hi * PALINDROME_GROUP;
	return (struct span){s.lo * PALINDROME_GROUP, hi < in->count ? hi : in->count};
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct palindrome_input *in = input;
	const struct span w = words_of(in, s);
	(void)scratch;
	for (uint64_t i = w.lo; i < w.hi; i++)
		if (is_palindrome(in->words + i * in->length, in->length)) {
			out->count++;
			out->checksum += (UINT64_C(1) << i % 64) * (i / 64 * 2 + 1);
		}
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	const struct palindrome_input *in = input;
	const struct span w = words_of(in, s);
	(void)scratch;
	for (uint64_t i = w.lo; i < w.hi; i++)
		if (is_palindrome(in->words + i * in->length, in->length) && sink(ctx, &i, 1) != 0)
			return;
}

const struct variant palindrome_reference = {
	.name = "reference",
	.setup = setup,
	.teardown = palindrome_teardown,
	.units = palindrome_units,
	.grain = palindrome_grain,
	.scratch_bytes = palindrome_scratch_bytes,
	.chunk = chunk,
	.emit = emit,
};
