/* SPDX-License-Identifier: MIT */
/*
 * stat.h - `parscale stat`: samples.csv of a folder of results summarised.
 */
#ifndef PARSCALE_STAT_H
#define PARSCALE_STAT_H

#include "csv.h"

/* Reads DIR/samples.csv and writes DIR/summary.csv, ordered by its factors; `samples` and `summary` are
 * initialised here and freed by the caller, also on -1. */
int stat_folder(const char *dir, struct table *samples, struct table *summary, struct err *e);

/* argv[0] is "stat". The exit status, also in *e. */
int stat_main(int argc, char **argv, struct err *e);

#endif
