/* SPDX-License-Identifier: MIT */
/*
 * schema.h - the names in a folder of results, by the schema that its manifest.json says.
 *
 * Files outlive programs: every schema so far can be read; only SCHEMA_NOW is written. Readers go by
 * names, so that a folder may hold files of both. A folder without a number is of SCHEMA_FIRST. Renames are
 * in former.def.
 */
#ifndef PARSCALE_BENCH_DATA_SCHEMA_H
#define PARSCALE_BENCH_DATA_SCHEMA_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

enum { SCHEMA_FIRST = 1, SCHEMA_NOW = 2 };

/* 0 where the manifest's schema is one that is read here. ERR_USAGE naming `path`, its number and ours for a
 * newer one, and for what is no such number. */
int schema_check(const json_t *manifest, const char *path, struct err *e);

/* Today's name of a column that an earlier schema called `old`; NULL where none did. */
const char *schema_column(const char *old);

/* Whether two labels of cells (plan.h) are the same but for former names of options. */
bool schema_same_label(const char *a, const char *b);

#endif
