/* SPDX-License-Identifier: MIT */
/*
 * info.h - `parscale info`: what this machine is, what the build has, how fit the environment is to measure
 * in.
 */
#ifndef PARSCALE_BENCH_COMMANDS_INFO_H
#define PARSCALE_BENCH_COMMANDS_INFO_H

#include "bench/machine/facts.h"

#include <stdio.h>

/* Everything but the build, for people. */
int info_print(const struct facts *facts, FILE *out);

#endif
