/* SPDX-License-Identifier: MIT */
/* probe_rows.h - the rows of probes as structs and columns (columns.h), expanded from probe_rows.def. */
#ifndef PARSCALE_PROBE_ROWS_H
#define PARSCALE_PROBE_ROWS_H

#include "data/columns.h"

/* One number of one case. */
struct probe_factors {
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_FACTOR_##table(COLUMN_TYPE_##type(name);)
#include "data/probe_rows.def"
};

/* What a launch sends, a line each. */
struct probe_sample_row {
	struct probe_factors of;
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_SAMPLE_##table(COLUMN_TYPE_##type(name);)
#include "data/probe_rows.def"
};

/* One row of probes.csv. */
struct probe_row {
	struct probe_factors of;
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_SUMMARY_##table(COLUMN_TYPE_##type(name);)
#include "data/probe_rows.def"
};

/* In order, ended by one whose name is NULL. */
extern const struct column probe_sample_columns[], probe_columns[];

#endif
