/* SPDX-License-Identifier: MIT */
/* trace.h - writes down what each worker of a trial's last run did when, as rows of workers.csv
 * (data/workers.def). */
#ifndef PARSCALE_BENCH_HARNESS_TRACE_H
#define PARSCALE_BENCH_HARNESS_TRACE_H

#include "bench/data/columns.h"
#include "bench/harness/trial.h"

/* Opens the file at `path` for trace_append, and makes it where there is none; the caller closes it. -1 with
 * ERR_USAGE where it is another kind of file, ERR_FAILED where it cannot be written. */
int trace_open(const char *path, struct err *e);

/* Appends a row for each worker of the cell. */
int trace_append(int fd, const struct trial *t, const struct factors *cell, struct err *e);

#endif
