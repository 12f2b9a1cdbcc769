/* SPDX-License-Identifier: MIT */
/*
 * list.h - `parscale list`: what there is, one name first on each line; what is missing here, and why.
 */
#ifndef PARSCALE_BENCH_LIST_H
#define PARSCALE_BENCH_LIST_H

#include "kernels/err.h"

/* argv[0] is "list". */
int list_main(int argc, char **argv, struct err *e);

#endif
