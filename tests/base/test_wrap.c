/* SPDX-License-Identifier: MIT */
/* Text laid out on lines of a page's width: nothing beyond it, no word lost, no blank at an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wrap.h"

static char *written(const char *head, size_t hang, const char *text, size_t page)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	assert_non_null(f);
	if (head)
		wrap_entry(f, head, hang, text, page);
	else
		wrap_text(f, text);
	assert_int_equal(fclose(f), 0);
	return out;
}

static void becomes(const char *head, size_t hang, const char *text, size_t page, const char *wanted)
{
	char *out = written(head, hang, text, page);
	assert_string_equal(out, wanted);
	free(out);
}

static void entries(void **state)
{
	(void)state;
	becomes("name", 6, "one two three", 14, "name  one two\n      three\n");
	becomes("name", 6, "one two three", 13, "name  one two\n      three\n");
	becomes("name", 6, "one two three", 12, "name  one\n      two\n      three\n");
	becomes("name", 6, "one two three", WRAP_ENDLESS, "name  one two three\n");
	becomes("a longer name", 6, "one two", 20, "a longer name  one\n      two\n");
	becomes("name", 6, "unbreakable", 8, "name  unbreakable\n");
	becomes("name", 6, "", 8, "name\n");
	becomes("", 2, "b  c", 8, "  b c\n");
	becomes("", 0, "äö üß x", 5, "äö üß\nx\n"); /* a character a column */
	becomes("\033[1m", 6, "a\tb", 20, "?[1m  a?b\n");
}

static void texts(void **state)
{
	(void)state;
	char line[] =
		"  --option N    123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789";
	char *out = written(NULL, 0, line, 0);
	assert_string_equal(out,
		"  --option N    123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789\n"
		"                123456789\n");
	free(out);
	becomes(NULL, 0, "usage: x\n\n  y\nz", 0, "usage: x\n\n  y\nz\n");
}

/* Random words in any room. */
static void properties(void **state)
{
	(void)state;
	srand(1);
	for (int trial = 0; trial < 2000; trial++) {
		char text[200] = "";
		size_t n = 0, widest = 0, run = 0;
		while (n < 150) {
			const bool blank = rand() % 6 == 0;
			text[n++] = blank ? ' ' : 'x';
			run = blank ? 0 : run + 1;
			widest = run > widest ? run : widest;
		}
		const size_t hang = (size_t)rand() % 20, page = hang + widest + (size_t)rand() % 40 + 1;
		char *out = written("", hang, text, page);
		size_t letters = 0, wanted = 0;
		for (const char *line = out; *line; line += strcspn(line, "\n") + 1) {
			const size_t length = strcspn(line, "\n");
			assert_true(length <= page);
			assert_true(length == 0 || line[length - 1] != ' ');
		}
		for (const char *c = out; *c; c++)
			letters += *c == 'x';
		for (const char *c = text; *c; c++)
			wanted += *c == 'x';
		assert_int_equal(letters, wanted);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries), cmocka_unit_test(texts), cmocka_unit_test(properties)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
