/* SPDX-License-Identifier: MIT */
/*
 * run.h - `parscale run`: one cell, measured in one launch, printed as text, JSON or CSV.
 */
#ifndef PARSCALE_RUN_H
#define PARSCALE_RUN_H

#include "err.h"

/* argv[0] is "run". 0, or -1 with *e set; an *e without text was already said by the launch. */
int run_main(int argc, char **argv, struct err *e);

#endif
