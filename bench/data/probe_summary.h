/* SPDX-License-Identifier: MIT */
/* probe_summary.h - what launches of probes found as rows of probes.csv: medians, intervals, ratios to bases,
 * verdicts. Pure. */
#ifndef PARSCALE_BENCH_DATA_PROBE_SUMMARY_H
#define PARSCALE_BENCH_DATA_PROBE_SUMMARY_H

#include "bench/data/csv.h"
#include "bench/data/probe_rows.h"

/* Appends to `rows` (of struct probe_row) one for each case and number that `launches` (of struct
 * probe_launch_row) have, probe by probe, each in the order in which they came; of a case that is not ok one
 * with its status and reason. */
int probe_summarise(const struct table *launches, struct table *rows, struct err *e);

/* The row that is worst: wrong before failed, that before absent, that before ok; NULL without rows. `absent`
 * only where none is ok. */
const struct probe_row *probe_worst(const struct table *rows);

/* A case in words: "fork process, one CPU". */
void probe_case_name(char *text, size_t size, const char *mechanism, const char *worker, const char *setting);

#endif
