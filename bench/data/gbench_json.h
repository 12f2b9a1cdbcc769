/* SPDX-License-Identifier: MIT */
/*
 * gbench_json.h - Google Benchmark's JSON as samples, for `compare`.
 *
 * A repetition is a sample and counts as a launch of its own, since the format says no more: repetitions of one process
 * share what varies between processes. Aggregates (means, deviations, complexities) are no samples. A case with
 * error_occurred, or skipped in later versions, is a sample with status failed, as is one whose time is not above 0. Its
 * cell has the name of the case for a kernel; one longer than that column is whole in `input`.
 */
#ifndef PARSCALE_BENCH_DATA_GBENCH_JSON_H
#define PARSCALE_BENCH_DATA_GBENCH_JSON_H

#include "bench/data/csv.h"

/* Whether a path is a file, which is then taken for such JSON. */
bool gbench_json_is(const char *path);

/* Reads a file into `t`, which is initialised here and freed by the caller, also on -1: ERR_USAGE, naming the file, for
 * what is not such a file or holds no case. `plain`: endings that say how a case was measured (/manual_time,
 * /repeats:N) are no part of its name. */
int gbench_json_read(const char *path, bool plain, struct table *t, struct err *e);

/* Renames the cells of parscale's own samples as gbench_json_read would, with the names of export.h. */
int gbench_json_rename(struct table *samples, struct err *e);

/* 0 unless both files say which machine they are of, and these differ in the host's name or its number of CPUs: then -1
 * with ERR_USAGE naming --cross-machine. A folder of results may be one of them. */
int gbench_json_alike(const char *a, const char *b, struct err *e);

#endif
