/* SPDX-License-Identifier: MIT */
/*
 * stat.h - what a folder of results comes to: samples.csv summarised into the files that derive from it.
 */
#ifndef PARSCALE_BENCH_DATA_STAT_H
#define PARSCALE_BENCH_DATA_STAT_H

#include "bench/data/csv.h"

/* What a folder's samples come to. */
struct statistics {
	struct table samples, summary, models;
};

/* Reads DIR/samples.csv and writes DIR/summary.csv and DIR/models.csv, and DIR/probes.csv where there is
 * DIR/probe_launches.csv. `s` is initialised here and freed by
 * the caller, also on -1. */
int stat_folder(const char *dir, struct statistics *s, struct err *e);
void stat_free(struct statistics *s);

#endif
