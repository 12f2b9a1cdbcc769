/* SPDX-License-Identifier: MIT */
/* wrap.c - wraps text at a page's width, with a hanging indent behind the head of an entry. */
#include "base/wrap.h"

#include <string.h>

size_t wrap_width(const char *text)
{
	size_t columns = 0;
	for (; *text; text++)
		columns += ((unsigned char)*text & 0xC0) != 0x80;
	return columns;
}

/* Columns of the first n bytes, which are written where there is a file. */
static size_t put_columns(FILE *f, const char *text, size_t n)
{
	size_t columns = 0;
	for (size_t i = 0; i < n; i++) {
		columns += ((unsigned char)text[i] & 0xC0) != 0x80;
		if (f)
			putc((unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i], f);
	}
	return columns;
}

static void blanks(FILE *f, size_t n)
{
	fprintf(f, "%*s", (int)n, "");
}

/* The words of n bytes, the first at column `at`, whose line holds no word yet. */
static void put_words(FILE *f, const char *text, size_t n, size_t at, size_t hang, size_t page)
{
	const char *const end = text + n;
	size_t owed = 0; /* blanks that the next word brings along */
	for (;;) {
		while (text < end && *text == ' ')
			text++;
		if (text == end)
			break;
		const char *blank = memchr(text, ' ', (size_t)(end - text));
		const size_t length = (size_t)((blank ? blank : end) - text);
		if (page != WRAP_ENDLESS && owed && at + owed + put_columns(NULL, text, length) > page) {
			putc('\n', f);
			blanks(f, hang);
			at = hang;
			owed = 0;
		}
		blanks(f, owed);
		at += owed + put_columns(f, text, length);
		text += length;
		owed = 1;
	}
	putc('\n', f);
}

static void entry(
	FILE *f, const char *head, size_t head_bytes, size_t hang, const char *text, size_t n, size_t page)
{
	size_t at = put_columns(f, head, head_bytes);
	const size_t from = at < hang ? hang : at ? at + 2 : 0;
	if (n)
		blanks(f, from - at);
	put_words(f, text, n, from, hang, page);
}

void wrap_entry(FILE *f, const char *head, size_t hang, const char *text, size_t page)
{
	entry(f, head, strlen(head), hang, text, strlen(text), page);
}

void wrap_text(FILE *f, const char *text)
{
	while (*text) {
		const size_t n = strcspn(text, "\n"), indent = strspn(text, " ");
		size_t gap = indent;
		while (gap + 1 < n && !(text[gap] == ' ' && text[gap + 1] == ' '))
			gap++;
		if (gap + 1 < n) {
			const size_t hang = gap + strspn(text + gap, " ");
			entry(f, text, gap, put_columns(NULL, text, hang), text + hang, n - hang, WRAP_PAGE);
		} else {
			entry(f, "", 0, indent, text + indent, n - indent, WRAP_PAGE);
		}
		text += n + (text[n] == '\n');
	}
}
