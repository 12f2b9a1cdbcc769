/* SPDX-License-Identifier: MIT */
/*
 * text_rules.c - the rules for words: parses --word-chars, and makes the tables that searches use
 * for ASCII; all other characters are asked one by one (unicode.h).
 */
#include "kernels/text/text_rules.h"

#include "kernels/text/unicode.h"

#include <string.h>

/* Names of sets, in the order of enum text_set. */
static const char *const names[] = {"letters", "alnum", "nonspace", "apostrophes", "hyphens"};

static bool is_listed(const struct text_rules *r, uint32_t c)
{
	for (unsigned i = 0; i < r->listed; i++)
		if (c >= r->list[i].first && c <= r->list[i].last)
			return true;
	return false;
}

/* With case folded, a letter that is listed stands for its other cases too. */
static bool is_listed_folded(const struct text_rules *r, uint32_t c)
{
	uint32_t cases[UNICODE_CASES];
	for (unsigned n = unicode_cases(c, cases); n--;)
		if (is_listed(r, cases[n]))
			return true;
	return false;
}

/* As dictionaries write don't: with that of ASCII, or with U+2019. */
static bool is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019;
}

/* As in to-do: the hyphen of ASCII, Unicode's, and the one that does not break. */
static bool is_hyphen(uint32_t c)
{
	return c == '-' || c == 0x2010 || c == 0x2011;
}

static bool is_in_set(const struct text_rules *r, uint32_t c)
{
	if (c >= 0x80 && (!r->utf8 || unicode_is_mark(c)))
		return r->utf8;
	switch (r->set) {
	case TEXT_LETTERS:
		return unicode_is_letter(c);
	case TEXT_ALNUM:
		return unicode_is_letter(c) || unicode_is_digit(c);
	case TEXT_NONSPACE:
		return !unicode_is_space(c);
	case TEXT_APOSTROPHES:
		return unicode_is_letter(c) || is_apostrophe(c);
	case TEXT_HYPHENS:
		return unicode_is_letter(c) || is_apostrophe(c) || is_hyphen(c);
	default:
		return r->fold ? is_listed_folded(r, c) : is_listed(r, c);
	}
}

bool text_rules_has(const struct text_rules *r, uint32_t c)
{
	if (c < 0x80)
		return r->symbol[c] != 0;
	return c < 0x800 ? r->two_bytes[c / 8] >> c % 8 & 1 : is_in_set(r, c);
}

uint32_t text_rules_fold(const struct text_rules *r, uint32_t c)
{
	return r->fold ? unicode_fold(c) : c;
}

/* One character of the list into *c: moves *text on. */
static int next_listed(const struct text_rules *r, const char **text, uint32_t *c, struct err *e)
{
	const unsigned char *at = (const unsigned char *)*text;
	const unsigned length = unicode_decode(at, strlen(*text), c);
	if (length == 0)
		return err_set(e, ERR_USAGE, "--word-chars: the list is not valid UTF-8");
	if (*c >= 0x80 && !r->utf8)
		return err_set(e, ERR_USAGE, "--word-chars: '%.*s' is not ASCII; say --encoding utf-8",
			(int)length, *text);
	*text += length;
	return 0;
}

/* Whether a range shares a character with those before it. */
static bool is_listed_twice(const struct text_rules *r, uint32_t first, uint32_t last)
{
	for (unsigned i = 0; i < r->listed; i++)
		if (first <= r->list[i].last && r->list[i].first <= last)
			return true;
	return false;
}

/* A list of characters, each once, in which a-z is short for all from a to z. A name that is spelled wrong is
 * seldom one. */
static int make_list(struct text_rules *r, const char *text, struct err *e)
{
	const char *const whole = text;
	if (!*text)
		return err_set(e, ERR_USAGE, "--word-chars: the list is empty");
	while (*text) {
		uint32_t first, last;
		if (next_listed(r, &text, &first, e) != 0)
			return -1;
		last = first;
		if (text[0] == '-' && text[1]) {
			text++;
			if (next_listed(r, &text, &last, e) != 0)
				return -1;
		}
		if (first > last)
			return err_set(e, ERR_USAGE, "--word-chars: a range in '%s' is backwards", whole);
		if (is_listed_twice(r, first, last))
			return err_set(e, ERR_USAGE,
				"--word-chars: '%s' is none of letters, alnum, nonspace, apostrophes, hyphens, "
				"nor a list with each character once",
				whole);
		r->list[r->listed].first = first;
		r->list[r->listed++].last = last;
	}
	return 0;
}

/* The tables of ASCII, and of what UTF-8 has in two bytes. */
static void make_tables(struct text_rules *r)
{
	for (unsigned c = 0; c < 0x80; c++) {
		if (!is_in_set(r, c))
			continue;
		r->symbol[c] = (unsigned char)(0x80 | text_rules_fold(r, c));
		r->row[c & 15] |= (unsigned char)(1u << (c >> 4));
	}
	for (unsigned c = 0x80; r->utf8 && c < 0x800; c++)
		r->two_bytes[c / 8] |= (unsigned char)((unsigned)is_in_set(r, c) << c % 8);
	r->plain = r->set == TEXT_LETTERS && r->fold;
	r->ignored = r->plain ? UINT64_C(0x2020202020202020) : 0;
}

int text_rules_make(struct text_rules *r, const struct problem *p, struct err *e)
{
	*r = (struct text_rules){.set = TEXT_LETTERS, .utf8 = p->encoding == TEXT_UTF8};
	while (r->set < TEXT_LIST && strcmp(p->word_chars, names[r->set]) != 0)
		r->set++;
	if (r->set == TEXT_LIST && make_list(r, p->word_chars, e) != 0)
		return -1;
	r->fold = p->fold_case == TEXT_FOLD_AUTO ? r->set != TEXT_NONSPACE : p->fold_case == TEXT_FOLD_YES;
	make_tables(r);
	return 0;
}
