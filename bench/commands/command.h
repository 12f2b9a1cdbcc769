/* SPDX-License-Identifier: MIT */
/*
 * command.h - the commands of parscale: `NAME_main` is what `parscale NAME` runs.
 *
 * A command is one file that defines its function, and one line in commands.def.
 */
#ifndef PARSCALE_BENCH_COMMANDS_COMMAND_H
#define PARSCALE_BENCH_COMMANDS_COMMAND_H

#include "base/err.h"

/* argv[0] is the command's name. 0; or a status that is not 0, with *e set for main to print (no text: it was
 * said already). */
typedef int command_fn(int argc, char **argv, struct err *e);

/* The choice of --fail-on, and none. */
enum failing { FAIL_ON_SLOWER, FAIL_ON_FASTER, FAIL_ON_CHANGE, FAIL_ON_NONE };

#define COMMAND(name, arguments, meaning) command_fn name##_main;
#include "bench/commands/commands.def"

#endif
