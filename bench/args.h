/* SPDX-License-Identifier: MIT */
/*
 * args.h - the options of `run`, and of the launches that `run` and `sweep` make of it.
 */
#ifndef PARSCALE_ARGS_H
#define PARSCALE_ARGS_H

#include "measure.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct run_args {
	struct measure_plan measure;
	const struct meter *meter;
	enum format format;
	int result_fd; /* a launch: where its rows go; -1: this is `run` */
	uint64_t nth;  /* find this item and print it; 0: not asked for */
	bool help;     /* --help was asked for; nothing else is valid */
};

/* Parses `KERNEL [options]` (argv[0] is skipped). ERR_USAGE or ERR_ABSENT naming the option; nothing is
 * printed. */
int args_parse_run(int argc, char **argv, struct run_args *a, struct err *e);

/* The options of run, for --help, on standard output. */
void args_help_run(void);

/* What is left of the command's arguments: one folder of results. NULL with ERR_USAGE where there is none, or
 * more. */
const char *args_folder(int argc, char **argv, struct err *e);

/* getopt_long that prints nothing: the next option of a command, as its `val`; -1 at the end; '?' with *e set
 * for an unknown one, or one without its value. Start with optind = 1. */
struct option;
int args_next(int argc, char **argv, const struct option *options, struct err *e);

#endif
