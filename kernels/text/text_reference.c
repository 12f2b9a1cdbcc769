/* SPDX-License-Identifier: MIT */
/*
 * text_reference.c - the plain search: finds a word's ends, then compares its first half with its
 * reversed second half, letter by letter. Shares only the rules with the other variants. A chunk
 * owns the words that start in it.
 */
#include "kernels/text/text.h"

#include "kernels/text/unicode.h"

static const uint64_t most_bytes = 1000000000;

/* --- a word of bytes --- */

static bool is_palindrome(const struct text_input *in, uint64_t from, uint64_t to)
{
	const unsigned char *word = in->text + from;
	const uint64_t length = to - from;
	for (uint64_t i = 0; i < length / 2; i++)
		if (in->rules->symbol[word[i]] != in->rules->symbol[word[length - 1 - i]])
			return false;
	return length >= in->min_length;
}

/* The first palindrome that starts at or after `from` and before `to`; `to` where there is none. *end: where
 * its word ends. */
static uint64_t next_of_bytes(const struct text_input *in, uint64_t from, uint64_t to, uint64_t *end)
{
	const unsigned char *t = in->text, *symbol = in->rules->symbol;
	for (uint64_t i = from; i < to; i++) {
		if (!symbol[t[i]] || (i > 0 && symbol[t[i - 1]]))
			continue;
		uint64_t e = i;
		while (e < in->bytes && symbol[t[e]])
			e++;
		if (is_palindrome(in, i, e)) {
			*end = e;
			return i;
		}
		i = e;
	}
	return to;
}

/* --- a word of code points --- */

/* The character at `at`: its length, 1 where it is none, and whether it is part of a word. */
struct character {
	uint32_t code;
	unsigned length;
	bool in_word, is_mark;
};

static struct character character_at(const struct text_input *in, uint64_t at)
{
	struct character c = {0};
	c.length = unicode_decode(in->text + at, in->bytes - at, &c.code);
	c.in_word = c.length && text_rules_has(in->rules, c.code);
	c.is_mark = c.in_word && c.code >= 0x80 && unicode_is_mark(c.code);
	c.length += c.length == 0;
	return c;
}

static bool is_continued(const struct text_input *in, uint64_t at)
{
	return at < in->bytes && (in->text[at] & 0xC0) == 0x80;
}

/* The ends of the letter that starts at `from`, and the start of the one that ends at `to`, within a word. */
static uint64_t letter_end(const struct text_input *in, uint64_t from, uint64_t to)
{
	do
		from += character_at(in, from).length;
	while (from < to && character_at(in, from).is_mark);
	return from;
}

static uint64_t letter_start(const struct text_input *in, uint64_t from, uint64_t to)
{
	do
		to--;
	while (to > from && (is_continued(in, to) || character_at(in, to).is_mark));
	return to;
}

static bool are_equal(const struct text_input *in, uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
	while (a < a_end && b < b_end) {
		const struct character c = character_at(in, a), d = character_at(in, b);
		if (text_rules_fold(in->rules, c.code) != text_rules_fold(in->rules, d.code))
			return false;
		a += c.length;
		b += d.length;
	}
	return a == a_end && b == b_end;
}

static bool is_palindrome_of_letters(const struct text_input *in, uint64_t from, uint64_t to)
{
	uint64_t letters = 0, i = from, j = to;
	for (uint64_t at = from; at < to; at = letter_end(in, at, to))
		letters++;
	if (letters < in->min_length)
		return false;
	for (uint64_t pair = 0; pair < letters / 2; pair++) {
		const uint64_t i_end = letter_end(in, i, to), j_start = letter_start(in, from, j);
		if (!are_equal(in, i, i_end, j_start, j))
			return false;
		i = i_end;
		j = j_start;
	}
	return true;
}

static uint64_t next_of_characters(const struct text_input *in, uint64_t from, uint64_t to, uint64_t *end)
{
	uint64_t i = from > 8 ? from - 8 : 0;
	bool inside = false; /* the character before i is part of a word */
	while (i < from && is_continued(in, i))
		i++;
	while (i < to) {
		const struct character c = character_at(in, i);
		if (!c.in_word || inside || i < from) {
			inside = c.in_word;
			i += c.length;
			continue;
		}
		uint64_t e = i;
		for (struct character d = c; e < in->bytes && d.in_word;
			d = e < in->bytes ? character_at(in, e) : d)
			e += d.length;
		if (is_palindrome_of_letters(in, i, e)) {
			*end = e;
			return i;
		}
		i = e;
	}
	return to;
}

/* --- the variant --- */

static int setup(const struct problem *p, void **input, struct err *e)
{
	if ((p->text ? p->text_bytes : p->bytes) > most_bytes)
		return err_set(
			e, ERR_ABSENT, "text: reference takes at most 10^9 bytes; take another variant");
	return text_setup(p, input, e);
}

static uint64_t next(const struct text_input *in, uint64_t from, uint64_t to, uint64_t *end)
{
	return in->rules->utf8 ? next_of_characters(in, from, to, end) : next_of_bytes(in, from, to, end);
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
		out->checksum += (UINT64_C(1) << i % 64) * (i / 64 * 2 + 1);
	}
}

static void emit(const void *input, struct span s, void *scratch, kernel_sink_fn *sink, void *ctx)
{
	const struct text_input *in = input;
	const uint64_t to = end_of(in, s);
	uint64_t end = 0;
	(void)scratch;
	for (uint64_t i = next(in, s.lo * TEXT_TILE, to, &end); i < to; i = next(in, end, to, &end))
		if (sink(ctx, &i, 1) != 0)
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
