/* SPDX-License-Identifier: MIT */
/*
 * resume.h - `parscale resume DIR`: goes on with a sweep that was interrupted, killed or out of budget, as if
 * it had not been.
 *
 * The order of launches depends on the plan alone, and a launch's rows are on the disk all at once, so that
 * nothing is lost or measured twice.
 */
#ifndef PARSCALE_BENCH_SWEEP_RESUME_H
#define PARSCALE_BENCH_SWEEP_RESUME_H

#include "kernels/err.h"

/* argv[0] is "resume". */
int resume_main(int argc, char **argv, struct err *e);

#endif
