/* SPDX-License-Identifier: MIT */
/*
 * columns.h - the rows of samples.csv and summary.csv as structs, and their columns as tables.
 *
 * Everything expands from columns.def (with factors.def in it), comparison.def, history.def, series.def and workers.def. Nothing here reads or
 * writes rows in files: see csv.h.
 */
#ifndef PARSCALE_BENCH_DATA_COLUMNS_H
#define PARSCALE_BENCH_DATA_COLUMNS_H

#include "base/err.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A 64-bit number, or nothing. */
struct uint_field {
	uint64_t value;
	bool known;
};

static inline struct uint_field uint_known(uint64_t value)
{
	return (struct uint_field){value, true};
}

/* In the structs: NAME and LINE are "" where not available, REAL is NAN, UINT says so itself. */
#define COLUMN_TYPE_NAME(id) char id[48]
#define COLUMN_TYPE_LINE(id) char id[256]
#define COLUMN_TYPE_UINT(id) struct uint_field id
#define COLUMN_TYPE_REAL(id) double id

#define COLUMN_IF_FACTOR_FACTOR(x) x
#define COLUMN_IF_FACTOR_SAMPLE(x)
#define COLUMN_IF_FACTOR_SUMMARY(x)
#define COLUMN_IF_SAMPLE_FACTOR(x)
#define COLUMN_IF_SAMPLE_SAMPLE(x) x
#define COLUMN_IF_SAMPLE_SUMMARY(x)
#define COLUMN_IF_SUMMARY_FACTOR(x)
#define COLUMN_IF_SUMMARY_SAMPLE(x)
#define COLUMN_IF_SUMMARY_SUMMARY(x) x

/* What was measured: two rows with equal factors belong to the same cell. */
struct factors {
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_FACTOR_##table(COLUMN_TYPE_##type(name);)
#include "bench/data/columns.def"
};

/* One row of samples.csv. */
struct sample {
	struct factors cell;
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_SAMPLE_##table(COLUMN_TYPE_##type(name);)
#include "bench/data/columns.def"
};

/* One row of summary.csv. */
struct summary {
	struct factors cell;
#define COLUMN(table, name, type, unit, meaning) COLUMN_IF_SUMMARY_##table(COLUMN_TYPE_##type(name);)
#include "bench/data/columns.def"
};

/* One row of a comparison of two result sets. */
struct comparison {
	struct factors cell;
#define COLUMN(name, type, unit, meaning) COLUMN_TYPE_##type(name);
#include "bench/data/comparison.def"
};

/* One change that `history` found. */
struct change_row {
	struct factors cell;
#define COLUMN(name, type, unit, meaning) COLUMN_TYPE_##type(name);
#include "bench/data/history.def"
};

/* One row of models.csv: a series of worker counts. */
struct model_row {
	struct factors cell;
#define COLUMN(name, type, unit, meaning) COLUMN_TYPE_##type(name);
#include "bench/data/series.def"
};

/* One row of workers.csv: a worker of one run. */
struct worker_row {
	struct factors cell;
#define COLUMN(name, type, unit, meaning) COLUMN_TYPE_##type(name);
#include "bench/data/workers.def"
};

enum column_type { COLUMN_NAME, COLUMN_LINE, COLUMN_UINT, COLUMN_REAL };

struct column {
	const char *name;
	enum column_type type;
	size_t offset; /* of its field in the row */
	size_t size;   /* of the field; a text with its ending zero */
	const char *unit, *meaning;
	bool factor; /* one of those that make a cell */
};

/* The columns of a file in order, ended by one whose name is NULL. */
extern const struct column sample_columns[], summary_columns[], comparison_columns[], model_columns[],
	worker_columns[], change_columns[];

/* Makes every field of a row "not available". */
void row_clear(void *row, const struct column *columns);

/* Writes a number with the fewest of 15 to 17 digits that read back to the same double, whatever the locale;
 * nothing where it is not finite. `text` of `size` bytes is truncated; returns the full length. */
size_t real_text(double x, char *text, size_t size);

/* Writes a field as CSV text (a REAL as real_text does; texts with ',' or '"' quoted, line breaks in them
 * made blanks) into `text` of `size` bytes, truncated; returns its full length. */
size_t field_write(const void *row, const struct column *c, char *text, size_t size);

/* Reads a field from its unquoted text; empty is "not available". -1 with ERR_USAGE when it is not of the
 * column's type. */
int field_read(void *row, const struct column *c, const char *text, struct err *e);

/* What a factor is to a comparison of cells (factors.def); the problem's parameters are ROLE_PROBLEM. */
enum factor_role {
	ROLE_PROBLEM = 1,  /* what is computed */
	ROLE_TEAM = 2,     /* how workers are made, bound and kept */
	ROLE_COUNT = 4,    /* how many they are */
	ROLE_SHARE = 8,    /* how work is cut for them */
	ROLE_TILE = 16,    /* how a kernel cuts its data for the caches */
	ROLE_SCALING = 32, /* what a size means */
	ROLE_METER = 64    /* how runs are timed */
};

/* The role of a factor's column; ROLE_PROBLEM for any other name. */
enum factor_role factor_role(const char *name);

/* Makes a factor that a file of an earlier build has no column for what it was then: the default of its line in
 * factors.def; a parameter of the problem stays "not available". False where the file must have the column. */
bool factor_default(struct factors *f, const struct column *c);

/* Makes the factors of these roles (a mask) "not available". */
void factors_clear(struct factors *f, unsigned roles);

/* Whether two cells agree in all factors of these roles (a mask). */
bool factors_same(const struct factors *a, const struct factors *b, unsigned roles);

/* Whether two cells agree in this factor. */
bool factor_same(const struct factors *a, const struct factors *b, const struct column *c);

/* Whether two rows belong to the same cell; any order that groups them: <0, 0, >0. */
int factors_compare(const struct factors *a, const struct factors *b);

/* Writes results/README.md: what every column means. */
void columns_markdown(FILE *f);

#endif
