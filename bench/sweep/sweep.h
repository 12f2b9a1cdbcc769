/* SPDX-License-Identifier: MIT */
/*
 * sweep.h - `parscale sweep`: a campaign of launches in seeded random blocks, into a folder of results.
 *
 * Every launch is a fresh process; its rows are appended at once. A launch that fails, hangs or is killed
 * costs its own rows and nothing else; after Ctrl-C everything finished is there, summarised.
 */
#ifndef PARSCALE_BENCH_SWEEP_SWEEP_H
#define PARSCALE_BENCH_SWEEP_SWEEP_H

#include "bench/sweep/plan.h"

/* argv[0] is "sweep". */
int sweep_main(int argc, char **argv, struct err *e);

/* Reads a plan for this machine: what plan_read says. */
int sweep_plan(struct plan *p, const char *path, struct err *e);

#endif
