/* SPDX-License-Identifier: MIT */
/*
 * plan_here.h - a plan for this machine.
 */
#ifndef PARSCALE_BENCH_SWEEP_PLAN_HERE_H
#define PARSCALE_BENCH_SWEEP_PLAN_HERE_H

#include "bench/sweep/opening.h"
#include "bench/sweep/plan.h"

/* Reads the plan in file `path` for this machine, with the caches and the memory of `opening`: what plan_read says. */
int plan_read_here(struct plan *p, const char *path, const struct opening *opening, struct err *e);

#endif
