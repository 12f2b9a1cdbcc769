/* SPDX-License-Identifier: MIT */
/*
 * options.h - what the commands' own parsers share. Prints nothing.
 */
#ifndef PARSCALE_BASE_OPTIONS_H
#define PARSCALE_BASE_OPTIONS_H

#include "base/err.h"

#include <getopt.h>

/* What --format may say where it is text|json|csv, in this order. */
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

/* getopt_long that prints nothing: the next option of a command, as its `val`; -1 at the end; '?' with *e set
 * (ERR_USAGE) for an unknown one, or one without its value. Start with optind = 1. */
int options_next(int argc, char **argv, const struct option *options, struct err *e);

/* What is left of the arguments of command argv[0]: one folder of results. NULL with ERR_USAGE where there is
 * none, or more. */
const char *options_folder(int argc, char **argv, struct err *e);

#endif
