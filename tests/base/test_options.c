/* SPDX-License-Identifier: MIT */
/* A table of options: what a command line sets, what is refused and how, and the help that the table gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/options.h"

struct args {
	bool loud, force;
	const char *out;
	uint64_t count;
	unsigned least;
	double seconds;
	unsigned format;
	int called;
};

static int set_even(const char *name, const char *value, void *target, struct err *e)
{
	(void)name;
	*(int *)target = value[0] - '0';
	return (value[0] - '0') % 2 == 0 ? 0 : err_set(e, ERR_ABSENT, "'%s' is odd", value);
}

static const struct option_spec specs[] = {OPTION_FLAG("loud", struct args, loud, "say more"),
	OPTION_FLAG("force", struct args, force, "even so"), OPTION_FLAG("anyway", struct args, force, NULL),
	OPTION_TEXT("out", struct args, out, "DIR", "where to"),
	OPTION_NUMBER("count", struct args, count, 1, 10, "how many"),
	OPTION_COUNT("least", struct args, least, 0, 5, "at least"),
	OPTION_SECONDS("seconds", struct args, seconds, "how long"),
	OPTION_CHOICE("format", struct args, format, "text|json|csv", "how"),
	OPTION_CALL("even", struct args, called, set_even, "N", "an even digit"),
	{.name = "bare",
		.kind = OPTION_IS_CALL,
		.offset = offsetof(struct args, called),
		.set = set_even,
		.bare = "8"},
	{0}};

static const struct options options = {
	.usage = "thing A B\nthing C", .about = "Does it.", .table = specs, .after = "So it is."};

enum { WORDS = 14 };

/* Parses "thing" and the blank-separated words of `line`; argv outlives the call in static memory. */
static int parse(const char *line, struct args *a, struct err *e, char ***words)
{
	static char text[200], *argv[WORDS + 2];
	int argc = 1;
	snprintf(text, sizeof text, "thing %s", line);
	argv[0] = strtok(text, " ");
	while ((argv[argc] = strtok(NULL, " ")) && argc < WORDS)
		argc++;
	if (words)
		*words = argv;
	return options_parse(&options, argc, argv, a, e);
}

static void each_kind_reaches_its_target(void **state)
{
	struct args a = {0};
	struct err e = {0};
	char **words;
	(void)state;
	assert_int_equal(parse("one --loud --out=d --count 7 --least=5 --format csv two --seconds 5ms", &a,
				 &e, &words),
		10);
	assert_string_equal(words[10], "one");
	assert_string_equal(words[11], "two");
	assert_true(a.loud && !a.force);
	assert_string_equal(a.out, "d");
	assert_int_equal(a.count, 7);
	assert_int_equal(a.least, 5);
	assert_true(a.seconds == 5e-3);
	assert_int_equal(a.format, FORMAT_CSV);
	assert_int_equal(e.status, ERR_NONE);
}

static void former_names_bare_values_and_beginnings(void **state)
{
	struct args a = {0};
	struct err e = {0};
	(void)state;
	assert_int_equal(parse("--anyway --bare --co 3", &a, &e, NULL), 5);
	assert_true(a.force);
	assert_int_equal(a.called, 8);
	assert_int_equal(a.count, 3);
	assert_int_equal(parse("--bare=4 -- --loud", &a, &e, NULL), 3);
	assert_int_equal(a.called, 4);
	assert_false(a.loud);
}

static void refusals_begin_with_the_option(void **state)
{
	static const struct {
		const char *line, *begin;
		enum err_status status;
	} bad[] = {{"--nonsense", "--nonsense: ", ERR_USAGE}, {"--nonsense=1", "--nonsense: ", ERR_USAGE},
		{"-q", "-q: ", ERR_USAGE}, {"--out", "--out: ", ERR_USAGE}, {"--out=", "--out: ", ERR_USAGE},
		{"--loud=yes", "--loud: ", ERR_USAGE}, {"--count 11", "--count: ", ERR_USAGE},
		{"--count x", "--count: ", ERR_USAGE}, {"--least 6", "--least: ", ERR_USAGE},
		{"--seconds 0", "--seconds: ", ERR_USAGE}, {"--format xml", "--format: ", ERR_USAGE},
		{"--even 3", "--even: '3' is odd", ERR_ABSENT}, {"--ev 3", "--even: '3' is odd", ERR_ABSENT}};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct args a = {0};
		struct err e = {0};
		assert_int_equal(parse(bad[i].line, &a, &e, NULL), -1);
		assert_int_equal(e.status, bad[i].status);
		assert_memory_equal(e.text, bad[i].begin, strlen(bad[i].begin));
	}
}

static void without_arguments_only_the_form_counts(void **state)
{
	struct err e = {0};
	(void)state;
	assert_int_equal(parse("--count 99 x", NULL, &e, NULL), 3);
	assert_int_equal(parse("--count", NULL, &e, NULL), -1);
}

static void the_help_has_what_is_shown(void **state)
{
	char text[2000];
	FILE *f = tmpfile();
	(void)state;
	assert_non_null(f);
	options_help(&options, f);
	rewind(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(text, "usage: thing A B\n"
				  "       thing C\n"
				  "\n"
				  "Does it.\n"
				  "\n"
				  "  --loud                  say more\n"
				  "  --force                 even so\n"
				  "  --out DIR               where to\n"
				  "  --count N               how many\n"
				  "  --least N               at least\n"
				  "  --seconds T             how long\n"
				  "  --format text|json|csv  how\n"
				  "  --even N                an even digit\n"
				  "  --help                  show this text\n"
				  "\n"
				  "So it is.\n");
}

static void one_folder(void **state)
{
	static char name[] = "thing", a[] = "a", b[] = "b", *argv[] = {name, a, b, NULL};
	struct err none = {0}, two = {0}, one = {0};
	(void)state;
	assert_null(options_folder(1, argv, 1, &none));
	assert_null(options_folder(3, argv, 1, &two));
	assert_int_equal(none.status, ERR_USAGE);
	assert_int_equal(two.status, ERR_USAGE);
	assert_ptr_equal(options_folder(2, argv, 1, &one), a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_reaches_its_target),
		cmocka_unit_test(former_names_bare_values_and_beginnings),
		cmocka_unit_test(refusals_begin_with_the_option),
		cmocka_unit_test(without_arguments_only_the_form_counts),
		cmocka_unit_test(the_help_has_what_is_shown),
		cmocka_unit_test(one_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
