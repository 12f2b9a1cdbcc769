/* SPDX-License-Identifier: MIT */
/*
 * compare.h - `parscale compare A B`: two folders of results, cell by cell (comparison.h).
 */
#ifndef PARSCALE_BENCH_DATA_COMPARE_H
#define PARSCALE_BENCH_DATA_COMPARE_H

#include "kernels/err.h"

/* argv[0] is "compare". The exit status, also in *e: ERR_FAILED when --fail-on says so. */
int compare_main(int argc, char **argv, struct err *e);

#endif
