/* SPDX-License-Identifier: MIT */
/*
 * run.h - `parscale run`: one cell, measured in one launch, printed as text, JSON or CSV.
 */
#ifndef PARSCALE_BENCH_COMMANDS_RUN_H
#define PARSCALE_BENCH_COMMANDS_RUN_H

#include "bench/data/csv.h"
#include "bench/harness/launch_args.h"

/* argv[0] is "run". 0, or -1 with *e set; an *e without text was already said by the launch. */
int run_main(int argc, char **argv, struct err *e);

/* Prints a launch's rows (struct sample, at least one) as the arguments say, and the n-th item where they ask
 * for it. */
int run_print(const struct run_args *a, const struct table *t, struct err *e);

#endif
