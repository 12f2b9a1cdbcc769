/* SPDX-License-Identifier: MIT */
/* probe_rows.h - the rows of probes as structs and columns (columns.h), expanded from probe_rows.def. */
#ifndef PARSCALE_BENCH_DATA_PROBE_ROWS_H
#define PARSCALE_BENCH_DATA_PROBE_ROWS_H

#include "bench/data/columns.h"

/* One number of one case. */
struct probe_factors {
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_FACTOR_##table(COLUMN_TYPE_##type(name);)
#include "bench/data/probe_rows.def"
};

/* What one launch found of one number of one case: one row of probe_launches.csv. */
struct probe_launch_row {
	struct probe_factors of;
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_SAMPLE_##table(COLUMN_TYPE_##type(name);)
#include "bench/data/probe_rows.def"
};

/* One row of probes.csv. */
struct probe_row {
	struct probe_factors of;
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_SUMMARY_##table(COLUMN_TYPE_##type(name);)
#include "bench/data/probe_rows.def"
};

/* In order, ended by one whose name is NULL. */
extern const struct column probe_launch_columns[], probe_columns[];

#endif
