/* SPDX-License-Identifier: MIT */
/*
 * info.h - `parscale info`: what this machine is, what the build has, how fit the environment is to measure
 * in.
 */
#ifndef PARSCALE_BENCH_INFO_H
#define PARSCALE_BENCH_INFO_H

#include "bench/machine/facts.h"

#include <stdio.h>

/* Everything but the build, for people. */
void info_print(const struct facts *facts, FILE *out);

/* `parscale info [--format text|json]`; argv[0] is the command's name. */
int info_main(int argc, char **argv, struct err *e);

#endif
