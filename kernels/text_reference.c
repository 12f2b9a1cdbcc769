/* SPDX-License-Identifier: MIT */
/* text_reference.c - byte by byte: a word from its first letter to its last, then its first half against its
 * reversed second half. Shares nothing with the other variants. A chunk owns the words that start in it. */
#include "text.h"

static const uint64_t most_bytes = 1000000000;

static int lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_palindrome(const unsigned char *word, uint64_t length)
{
	for (uint64_t i = 0; i < length / 2; i++)
		if (lower(word[i]) != lower(word[length - 1 - i]))
			return false;
	return true;
}

static int setup(const struct problem *p, void **input, struct err *e)
{
	if ((p->text ? p->text_bytes : p->bytes) > most_bytes)
		return err_set(
			e, ERR_ABSENT, "text: reference takes at most 10^9 bytes; take another variant");
	return text_setup(p, input, e);
}

/* The first palindrome that starts at or after `from` and before `to`; `to` where there is none. *end: where
 * its word ends. */
static uint64_t next(const struct text_input *in, uint64_t from, uint64_t to, uint64_t *end)
{
	const unsigned char *t = in->text;
	for (uint64_t i = from; i < to; i++) {
		if (!is_letter(t[i]) || (i > 0 && is_letter(t[i - 1])))
			continue;
		uint64_t e = i;
		while (e < in->bytes && is_letter(t[e]))
			e++;
		if (e - i >= in->min_length && is_palindrome(t + i, e - i)) {
			*end = e;
			return i;
		}
		i = e;
	}
	return to;
}

static uint64_t end_of(const struct text_input *in, struct span s)
{
	uint64_t to = s.hi * TEXT_TILE;
	return to < in->bytes ? to : in->bytes;
}

static void chunk(const void *input, struct span s, void *scratch, struct tally *out)
{
	const struct text_input *in = input;
	const uint64_t to = end_of(in, s);
	uint64_t end = 0;
	(void)scratch;
	for (uint64_t i = next(in, s.lo * TEXT_TILE, to, &end); i < to; i = next(in, end, to, &end)) {
		out->count++;
		out->check += (UINT64_C(1) << i % 64) * (i / 64 * 2 + 1);
	}
}

static void emit(const void *input, struct span s, void *scratch, kernel_take_fn *take, void *ctx)
{
	const struct text_input *in = input;
	const uint64_t to = end_of(in, s);
	uint64_t end = 0;
	(void)scratch;
	for (uint64_t i = next(in, s.lo * TEXT_TILE, to, &end); i < to; i = next(in, end, to, &end))
		if (take(ctx, &i, 1) != 0)
			return;
}

static size_t scratch_bytes(const void *input)
{
	(void)input;
	return 0;
}

const struct variant text_reference = {
	.name = "reference",
	.setup = setup,
	.teardown = text_teardown,
	.units = text_units,
	.grain = text_grain,
	.scratch_bytes = scratch_bytes,
	.chunk = chunk,
	.emit = emit,
};
