/* SPDX-License-Identifier: MIT */
/*
 * probe_main.h - `parscale probe`: each probe in fresh processes of its own, its rows shown.
 *
 * A probe's process that hangs is killed, and whatever it leaves behind is ended: no process outlives the
 * command.
 */
#ifndef PARSCALE_BENCH_PROBE_PROBE_MAIN_H
#define PARSCALE_BENCH_PROBE_PROBE_MAIN_H

#include "kernels/err.h"

/* argv[0] is "probe". */
int probe_main(int argc, char **argv, struct err *e);

#endif
