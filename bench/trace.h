/* SPDX-License-Identifier: MIT */
/* trace.h - writes down what each worker of a trial's last run did when, as rows of workers.csv (data/workers.def). */
#ifndef PARSCALE_TRACE_H
#define PARSCALE_TRACE_H

#include "data/columns.h"
#include "trial.h"

/* Appends a row for each worker to the file at `path`, which is made where there is none. -1 with ERR_USAGE where it is another kind of file,
 * ERR_FAILED where it cannot be written. */
int trace_append(const char *path, const struct trial *t, const struct factors *cell, struct err *e);

#endif
