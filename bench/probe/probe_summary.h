/* SPDX-License-Identifier: MIT */
/* probe_summary.h - the samples of a probe as rows of probes.csv: medians, intervals, ratios to bases, verdicts. Pure. */
#ifndef PARSCALE_PROBE_SUMMARY_H
#define PARSCALE_PROBE_SUMMARY_H

#include "data/csv.h"
#include "probe/probe.h"
#include "data/probe_rows.h"

/* Appends to `rows` (of struct probe_row) one for each case and metric that has samples, in the order of the cases; of a case that is not ok one
 * with its status and reason. `trouble` (or "") is the reason for cases of which nothing came. */
int probe_summarise(const struct probe_run *r, const struct table *samples, const char *trouble, struct table *rows, struct err *e);

/* Of rows of one probe: the worst; absent only if all are. */
enum probe_status probe_rows_status(const struct table *rows);

#endif
