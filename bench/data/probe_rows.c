/* SPDX-License-Identifier: MIT */
/*
 * probe_rows.c - the column tables of probes.csv and probe_launches.csv, expanded from
 * probe_rows.def.
 */
#include "bench/data/probe_rows.h"

#define ENTRY(row, path, name, type, unit, meaning, factor)                                                  \
	{#name, COLUMN_##type, offsetof(row, path), sizeof(((row *)0)->path), unit, meaning, factor},

const struct column probe_launch_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct probe_launch_row, of.name, name, type, unit, meaning, true))
#include "bench/data/probe_rows.def"
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_SAMPLE_##table(ENTRY(struct probe_launch_row, name, name, type, unit, meaning, false))
#include "bench/data/probe_rows.def"
	{0}};

const struct column probe_columns[] = {
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_FACTOR_##table(ENTRY(struct probe_row, of.name, name, type, unit, meaning, true))
#include "bench/data/probe_rows.def"
#define COLUMN(table, name, type, unit, meaning)                                                             \
	COLUMN_IF_SUMMARY_##table(ENTRY(struct probe_row, name, name, type, unit, meaning, false))
#include "bench/data/probe_rows.def"
	{0}};
