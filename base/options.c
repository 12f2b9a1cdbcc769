/* SPDX-License-Identifier: MIT */
/*
 * options.c - expands a table of options into getopt_long's, reports errors as values, and lays out the help
 * from the same table, so that the two cannot disagree.
 */
#include "base/options.h"

#include "base/number.h"
#include "base/wrap.h"

#include <assert.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* `val` of the option at place i is i + FIRST, which no character is; --help, where the table has none, is
 * FIRST - 1. */
enum { FIRST = 1000, NAME_BYTES = 48 };

static void make_table(const struct option_spec *specs, struct option table[OPTIONS_MOST + 2])
{
	int n = 0;
	bool help = false;
	for (const struct option_spec *s = specs; s->name; s++, n++) {
		assert(n < OPTIONS_MOST);
		table[n] = (struct option){s->name,
			s->kind == OPTION_IS_FLAG ? no_argument
			: s->bare                 ? optional_argument
						  : required_argument,
			NULL, n + FIRST};
		help |= strcmp(s->name, "help") == 0;
	}
	if (!help)
		table[n++] = (struct option){"help", no_argument, NULL, FIRST - 1};
	table[n] = (struct option){0};
}

static int refuse(int found, const char *word, struct err *e)
{
	const int name = (int)strcspn(word, "=");
	if (found == ':')
		return err_set(e, ERR_USAGE, "%s: needs a value", word);
	if (optopt > ' ' && optopt < 127)
		return err_set(e, ERR_USAGE, "-%c: unknown option", optopt);
	if (optopt)
		return err_set(e, ERR_USAGE, "%.*s: takes no value", name, word);
	return err_set(e, ERR_USAGE, "%.*s: unknown option, or ambiguous", name, word);
}

static int call(const struct option_spec *s, const char *value, void *target, struct err *e)
{
	struct err refused = {0};
	if (s->set(s->name, value ? value : s->bare, target, &refused) == 0)
		return 0;
	const bool named = strncmp(refused.text, "--", 2) == 0 || !refused.text[0];
	return named ? err_set(e, refused.status, "%s", refused.text)
		     : err_set(e, refused.status, "--%s: %.900s", s->name, refused.text);
}

static int set_count(
	const struct option_spec *s, const char *what, const char *value, unsigned *target, struct err *e)
{
	uint64_t n;
	if (number_parse(what, value, s->lowest, s->highest, &n, e) != 0)
		return -1;
	*target = (unsigned)n;
	return 0;
}

static int set(const struct option_spec *s, const char *value, void *args, struct err *e)
{
	void *target = (char *)args + s->offset;
	char what[NAME_BYTES];
	snprintf(what, sizeof what, "--%s", s->name);
	switch (s->kind) {
	case OPTION_IS_FLAG:
		*(bool *)target = true;
		return 0;
	case OPTION_IS_TEXT:
		*(const char **)target = value;
		return *value ? 0 : err_set(e, ERR_USAGE, "%s: must not be empty", what);
	case OPTION_IS_NUMBER:
		return number_parse(what, value, s->lowest, s->highest, target, e);
	case OPTION_IS_COUNT:
		return set_count(s, what, value, target, e);
	case OPTION_IS_SECONDS:
		return number_parse_seconds(what, value, target, e);
	case OPTION_IS_CHOICE:
		return choice_parse(what, s->value, value, target, e);
	default:
		return call(s, value, target, e);
	}
}

int options_parse(const struct options *o, int argc, char **argv, void *args, struct err *e)
{
	struct option table[OPTIONS_MOST + 2];
	make_table(o->table, table);
	opterr = 0;
	optind = 0; /* glibc's and musl's sign to begin anew */
	for (int found; (found = getopt_long(argc, argv, ":", table, NULL)) != -1;) {
		if (found == FIRST - 1) {
			options_help(o, stdout);
			return 0;
		}
		if (found < FIRST)
			return refuse(found, argv[optind - 1], e);
		const struct option_spec *s = &o->table[found - FIRST];
		if (args && set(s, optarg, args, e) != 0)
			return -1;
		if (strcmp(s->name, "help") == 0)
			while (getopt_long(argc, argv, ":", table, NULL) != -1)
				; /* what follows is not read, but operands go to the end */
	}
	return optind;
}

static size_t head(const struct option_spec *s, char text[100])
{
	const int n =
		snprintf(text, 100, "  --%s%s%s", s->name, s->value ? " " : "", s->value ? s->value : "");
	return (size_t)n;
}

/* The meanings begin in one column, right of all heads but very wide ones. */
static size_t column(const struct option_spec *specs)
{
	enum { WIDEST = 36, GAP = 2 };
	size_t widest = strlen("  --help");
	char text[100];
	for (const struct option_spec *s = specs; s->name; s++) {
		const size_t n = s->meaning ? head(s, text) : 0;
		if (n > widest && n <= WIDEST)
			widest = n;
	}
	return widest + GAP;
}

void options_help(const struct options *o, FILE *f)
{
	const size_t hang = column(o->table);
	char text[100];
	for (const char *line = o->usage, *end; line; line = *end ? end + 1 : NULL) {
		end = line + strcspn(line, "\n");
		fprintf(f, "%s%.*s\n", line == o->usage ? "usage: " : "       ", (int)(end - line), line);
	}
	putc('\n', f);
	wrap_text(f, o->about);
	putc('\n', f);
	for (const struct option_spec *s = o->table; s->name; s++)
		if (s->meaning) {
			head(s, text);
			wrap_entry(f, text, hang, s->meaning, WRAP_PAGE);
		}
	wrap_entry(f, "  --help", hang, "show this text", WRAP_PAGE);
	if (o->after) {
		putc('\n', f);
		wrap_text(f, o->after);
	}
}

int options_percent(const char *name, const char *text, void *target, struct err *e)
{
	char *end;
	const double percent = strtod(text, &end);
	(void)name;
	end += *end == '%';
	if (*text < '0' || *text > '9' || *end || !(percent <= 100))
		return err_set(e, ERR_USAGE, "'%s' is not a percentage from 0 to 100", text);
	*(double *)target = percent / 100;
	return 0;
}

int options_add_text(const char *name, const char *text, void *target, struct err *e)
{
	struct option_texts *texts = target;
	(void)name;
	if (!*text)
		return err_set(e, ERR_USAGE, "its value is empty");
	if (texts->count == OPTION_TEXTS_MOST)
		return err_set(e, ERR_USAGE, "at most %d of them", OPTION_TEXTS_MOST);
	texts->text[texts->count++] = text;
	return 0;
}

const char *options_folder(int argc, char **argv, int first, struct err *e)
{
	if (first == argc)
		err_set(e, ERR_USAGE, "%s: name a folder of results (parscale %s --help)", argv[0], argv[0]);
	else if (first + 1 < argc)
		err_set(e, ERR_USAGE, "%s: one folder of results, not also '%s'", argv[0], argv[first + 1]);
	return first + 1 == argc ? argv[first] : NULL;
}
