/* SPDX-License-Identifier: MIT */
/*
 * options.h - the options of a command as a table, from which both its parser and its --help come.
 *
 * A command declares one record per option: its name, the kind of its value, and where in the
 * command's own struct of arguments that value goes. Abbreviations that are unambiguous are accepted, as are
 * `--name=value` and options after operands. Every refusal is one line "--name: ..." with ERR_USAGE.
 */
#ifndef PARSCALE_BASE_OPTIONS_H
#define PARSCALE_BASE_OPTIONS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The choice of --format where it is text|json|csv, in this order; `run` goes on with lists as BED and TSV. */
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_BED, FORMAT_TSV };

enum option_kind {
	OPTION_IS_FLAG,
	OPTION_IS_TEXT,
	OPTION_IS_NUMBER,
	OPTION_IS_COUNT,
	OPTION_IS_SECONDS,
	OPTION_IS_CHOICE,
	OPTION_IS_CALL
};

/* Takes a value for the option `name` (without dashes) to `target`. -1 with ERR_USAGE or ERR_ABSENT; a message
 * that does not begin with "--" is given the option's name. */
typedef int option_set_fn(const char *name, const char *value, void *target, struct err *e);

struct option_spec {
	const char *name; /* without dashes; NULL ends a table */
	enum option_kind kind;
	size_t offset;       /* of the target in the struct of arguments */
	const char *value;   /* the value's name in --help, such as "N"; of a choice its words, "a|b|c" */
	const char *meaning; /* NULL: accepted, but not in --help (former names, internal options) */
	uint64_t lowest, highest;
	option_set_fn *set;
	const char *bare; /* of a call: the value of `--name` alone; NULL: it must have one */
};

/* One record each. `args` is the type of the command's arguments, `member` the target in it; a member of the
 * wrong type does not compile. */

/* bool, set to true; takes no value */
#define OPTION_FLAG(name_, args, member, meaning_)                                                           \
	{                                                                                                    \
		.name = name_, .kind = OPTION_IS_FLAG, .offset = OPTION_TARGET(args, member, bool),          \
		.meaning = meaning_                                                                          \
	}
/* const char *, never empty; points into argv */
#define OPTION_TEXT(name_, args, member, value_, meaning_)                                                   \
	{                                                                                                    \
		.name = name_, .kind = OPTION_IS_TEXT, .offset = OPTION_TARGET(args, member, const char *),  \
		.value = value_, .meaning = meaning_                                                         \
	}
/* uint64_t in low..high */
#define OPTION_NUMBER(name_, args, member, low, high, meaning_)                                              \
	{                                                                                                    \
		.name = name_, .kind = OPTION_IS_NUMBER, .offset = OPTION_TARGET(args, member, uint64_t),    \
		.value = "N", .meaning = meaning_, .lowest = low, .highest = high                            \
	}
/* unsigned in low..high */
#define OPTION_COUNT(name_, args, member, low, high, meaning_)                                               \
	{                                                                                                    \
		.name = name_, .kind = OPTION_IS_COUNT, .offset = OPTION_TARGET(args, member, unsigned),     \
		.value = "N", .meaning = meaning_, .lowest = low, .highest = high                            \
	}
/* double, a time above 0 */
#define OPTION_SECONDS(name_, args, member, meaning_)                                                        \
	{                                                                                                    \
		.name = name_, .kind = OPTION_IS_SECONDS, .offset = OPTION_TARGET(args, member, double),     \
		.value = "T", .meaning = meaning_                                                            \
	}
/* unsigned: the place of the word in `choices`, "a|b|c", from 0 */
#define OPTION_CHOICE(name_, args, member, choices, meaning_)                                                \
	{                                                                                                    \
		.name = name_, .kind = OPTION_IS_CHOICE, .offset = OPTION_TARGET(args, member, unsigned),    \
		.value = choices, .meaning = meaning_                                                        \
	}
/* whatever `set_` makes of it */
#define OPTION_CALL(name_, args, member, set_, value_, meaning_)                                             \
	{                                                                                                    \
		.name = name_, .kind = OPTION_IS_CALL, .offset = offsetof(args, member), .value = value_,    \
		.meaning = meaning_, .set = set_                                                             \
	}

#define OPTION_TARGET(args, member, type)                                                                    \
	(offsetof(args, member) + 0 * sizeof(&((args *)0)->member == (type *)0))

/* A set function for a share of 1 (a double), in percent from 0 to 100: "3" or "3%". */
option_set_fn options_percent;

/* A set function for an option that may be given again: to a struct option_texts, in order. Texts are never empty and
 * point into argv. */
enum { OPTION_TEXTS_MOST = 7 };
struct option_texts {
	const char *text[OPTION_TEXTS_MOST];
	size_t count;
};
option_set_fn options_add_text;

struct options {
	const char *usage; /* a line, or several: "parscale plot DIR" */
	const char *about; /* a paragraph */
	const struct option_spec *table;
	const char *after; /* paragraphs below the options; NULL: none */
};

/* Most options of one table. */
enum { OPTIONS_MOST = 120 };

/* Parses what follows argv[0] into *args; with args NULL it only checks that each option exists and has a value
 * where it needs one. Operands are moved behind the options. Returns the place in argv of the first operand,
 * argc where there is none; 0 after printing the help on standard output for a --help, which ends parsing; -1
 * with *e set. A table that has a flag "help" of its own has that set instead, and the help is its command's. */
int options_parse(const struct options *o, int argc, char **argv, void *args, struct err *e);

/* Prints the command's help. */
void options_help(const struct options *o, FILE *f);

/* The only operand, argv[first]: a folder of results. NULL with ERR_USAGE where there is none, or more. */
const char *options_folder(int argc, char **argv, int first, struct err *e);

#endif
