/* SPDX-License-Identifier: MIT */
/*
 * text_words.c - questions about single words, answered by the exact rules, letter by letter: where
 * a word ends, how many letters it has, whether it is a palindrome.
 */
#include "kernels/text/text.h"

#include "kernels/text/unicode.h"

#include <string.h>

/* The character at p into *c, with `left` bytes to the end of the text: its length; 0 where it is no part of
 * a word. */
static unsigned word_character(const struct text_rules *r, const unsigned char *p, uint64_t left, uint32_t *c)
{
	*c = *p;
	if (*p < 0x80)
		return r->symbol[*p] != 0;
	const unsigned length = r->utf8 ? unicode_decode(p, left, c) : 0;
	return length && text_rules_has(r, *c) ? length : 0;
}

/* How many bytes from `at` on belong to a character of a word that began before. */
static unsigned rest_of_character(const struct text_input *in, uint64_t at)
{
	const unsigned char *p = in->text + at;
	uint64_t back = 0;
	if (at >= in->bytes)
		return 0;
	while ((p[-(int64_t)back] & 0xC0) == 0x80)
		if (++back > 3 || back > at)
			return 0;
	uint32_t c;
	const unsigned length = back ? word_character(in->rules, p - back, in->bytes - at + back, &c) : 0;
	return length > back ? length - (unsigned)back : 0;
}

bool text_in_word(const struct text_input *in, uint64_t at)
{
	uint32_t c;
	return word_character(in->rules, in->text + at, in->bytes - at, &c) || rest_of_character(in, at);
}

/* The end of the ASCII part of a word. */
static uint64_t ascii_end(const struct text_input *in, uint64_t from)
{
	const unsigned char *symbol = in->rules->symbol;
	for (; in->bytes - from >= 8; from += 8) {
		const unsigned char *p = in->text + from;
		const unsigned all = symbol[p[0]] & symbol[p[1]] & symbol[p[2]] & symbol[p[3]] &
				     symbol[p[4]] & symbol[p[5]] & symbol[p[6]] & symbol[p[7]];
		if (!(all & 0x80)) /* the top bit of every symbol is set */
			break;
	}
	while (from < in->bytes && symbol[in->text[from]])
		from++;
	return from;
}

uint64_t text_word_end(const struct text_input *in, uint64_t from)
{
	from += rest_of_character(in, from);
	for (;;) {
		uint32_t c;
		from = ascii_end(in, from);
		const unsigned length =
			from < in->bytes ? word_character(in->rules, in->text + from, in->bytes - from, &c)
					 : 0;
		if (length == 0)
			return from;
		from += length;
	}
}

static bool is_ascii(const unsigned char *p, uint64_t n)
{
	unsigned char any = 0;
	for (uint64_t i = 0; i < n; i++)
		any |= p[i];
	return any < 0x80;
}

uint64_t text_letters(const struct text_input *in, const unsigned char *p, uint64_t n)
{
	uint64_t letters = 0;
	if (!in->rules->utf8)
		return n;
	for (uint64_t i = 0; i < n;) {
		uint32_t c = 0;
		const unsigned length = unicode_decode(p + i, n - i, &c);
		letters += i == 0 || c < 0x80 || !unicode_is_mark(c);
		i += length;
	}
	return letters;
}

static bool are_equal_bytes(
	const struct text_rules *r, const unsigned char *front, const unsigned char *back, uint64_t pairs)
{
	while (pairs--)
		if (r->symbol[*front++] != r->symbol[*--back])
			return false;
	return true;
}

bool text_are_equal_pairs(
	const struct text_input *in, const unsigned char *front, const unsigned char *back, uint64_t pairs)
{
	for (; pairs >= 8; front += 8, pairs -= 8) {
		uint64_t a, b;
		back -= 8;
		memcpy(&a, front, 8);
		memcpy(&b, back, 8);
		if (((a ^ __builtin_bswap64(b)) & ~in->rules->ignored) &&
			!are_equal_bytes(in->rules, front, back + 8, 8))
			return false;
	}
	return are_equal_bytes(in->rules, front, back, pairs);
}

/* The end of the letter at p: a character, and its marks. */
static const unsigned char *letter_end(const unsigned char *p, const unsigned char *end)
{
	uint32_t c;
	p += unicode_decode(p, (uint64_t)(end - p), &c);
	while (p < end) {
		const unsigned length = unicode_decode(p, (uint64_t)(end - p), &c);
		if (c < 0x80 || !unicode_is_mark(c))
			break;
		p += length;
	}
	return p;
}

/* The start of the letter that ends before p. */
static const unsigned char *letter_start(const unsigned char *begin, const unsigned char *p)
{
	uint32_t c = 0;
	do
		p -= unicode_decode_before(p, (uint64_t)(p - begin), &c);
	while (p > begin && c >= 0x80 && unicode_is_mark(c));
	return p;
}

static bool are_equal_letters(const struct text_rules *r, const unsigned char *a, const unsigned char *a_end,
	const unsigned char *b, const unsigned char *b_end)
{
	while (a < a_end && b < b_end) {
		uint32_t c, d;
		a += unicode_decode(a, (uint64_t)(a_end - a), &c);
		b += unicode_decode(b, (uint64_t)(b_end - b), &d);
		if (c != d && text_rules_fold(r, c) != text_rules_fold(r, d))
			return false;
	}
	return a == a_end && b == b_end;
}

bool text_is_mirrored(const struct text_input *in, const unsigned char *p, uint64_t n)
{
	if (!in->rules->utf8 || is_ascii(p, n))
		return text_are_equal_pairs(in, p, p + n, n / 2);
	for (const unsigned char *end = p + n; p < end;) {
		const unsigned char *front_end = letter_end(p, end), *back = letter_start(p, end);
		if (back < front_end) /* one letter is left */
			return true;
		if (!are_equal_letters(in->rules, p, front_end, back, end))
			return false;
		p = front_end;
		end = back;
	}
	return true;
}

/* Whether the ASCII bytes [start, end) are a whole word, and not a part of one that has other bytes too. */
static bool is_whole(const struct text_input *in, uint64_t start, uint64_t end)
{
	return (end == in->bytes || !text_in_word(in, end)) && (start == 0 || !text_in_word(in, start - 1));
}

/* A giant fills one of the stretches of half its least length that the text is cut into. */
unsigned text_find_giants(const struct text_input *in, struct text_giant giants[TEXT_GIANTS])
{
	const uint64_t share = in->bytes / TEXT_GIANTS, least = share > TEXT_GIANT ? share : TEXT_GIANT,
		       step = least / 2;
	unsigned count = 0;
	for (uint64_t from = 0, end; from < in->bytes && in->bytes - from >= step;
		/* NOLINTNEXTLINE(clang-analyzer-core.*): step is not 0: least is at least TEXT_GIANT */
		from += end - from < step ? step : (end - from) / step * step) {
		uint64_t start = from;
		end = ascii_end(in, from);
		if (end - from < step)
			continue;
		while (start > 0 && in->rules->symbol[in->text[start - 1]])
			start--;
		if (end - start >= least && is_whole(in, start, end))
			giants[count++] = (struct text_giant){start, end - start};
	}
	return count;
}
