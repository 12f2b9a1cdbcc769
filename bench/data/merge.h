/* SPDX-License-Identifier: MIT */
/*
 * merge.h - `parscale merge DIR... --out DIR`: several folders of results as one.
 *
 * Folders of like machines and like builds are pooled: more launches of the same cells. Folders of unlike
 * machines are put side by side, when asked to: their cells bear the machine's name as a factor, and no
 * cell's base is on another machine.
 */
#ifndef PARSCALE_BENCH_DATA_MERGE_H
#define PARSCALE_BENCH_DATA_MERGE_H

#include "kernels/err.h"

/* argv[0] is "merge". The exit status, also in *e. */
int merge_main(int argc, char **argv, struct err *e);

#endif
