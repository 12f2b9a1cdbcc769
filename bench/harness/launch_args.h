/* SPDX-License-Identifier: MIT */
/*
 * launch_args.h - the options of `run`, and of the launches that `run` and `sweep` make of it.
 */
#ifndef PARSCALE_BENCH_HARNESS_LAUNCH_ARGS_H
#define PARSCALE_BENCH_HARNESS_LAUNCH_ARGS_H

#include "base/options.h"
#include "bench/harness/measure.h"

struct run_args {
	struct measure_plan measure;
	const struct meter *meter;
	unsigned format;         /* enum format */
	uint64_t result_fd;      /* a launch: where its rows go; 0: this is `run` */
	bool shelf;              /* a launch: CHILD_PASSED_FD is one (filler.h) */
	uint64_t started, share; /* a launch: see measure.h; in nanoseconds, and per cent */
	uint64_t nth;            /* find this item and print it; 0: not asked for */
	bool help;               /* --help was asked for; nothing else is valid */
};

/* Parses `KERNEL [options]` (argv[0] is skipped). ERR_USAGE or ERR_ABSENT naming the option; nothing is
 * printed. */
int launch_args_parse_run(int argc, char **argv, struct run_args *a, struct err *e);

/* The options of run, for --help, on standard output. */
void launch_args_help_run(void);

#endif
