/* SPDX-License-Identifier: MIT */
/*
 * series.h - from samples to one row a series: the scaling models (models.h) of cells that differ in workers
 * alone.
 *
 * A series is strong scaling of one problem, with two or more worker counts. Every series has a row: where it
 * is too short for a model, the row says so.
 */
#ifndef PARSCALE_BENCH_DATA_SERIES_H
#define PARSCALE_BENCH_DATA_SERIES_H

#include "bench/data/csv.h"

/* Fills `rows` (made empty with model_columns) in the order in which the series first appear; their
 * `workers` is empty. Worker counts above `cpus` take turns on CPUs, which no model knows of, and are left
 * out; 0: unknown, all are taken. -1 without memory. */
int series_make(const struct table *samples, uint64_t cpus, struct table *rows, struct err *e);

#endif
