/* SPDX-License-Identifier: MIT */
/*
 * row_json.h - rows (columns.h) as JSON: the columns' names as keys, null for what is not available.
 *
 * A whole number above 2^63 - 1, where JSON's integers end for many readers, goes as a text.
 */
#ifndef PARSCALE_BENCH_DATA_ROW_JSON_H
#define PARSCALE_BENCH_DATA_ROW_JSON_H

#include "bench/data/csv.h"

#include <jansson.h>

/* A new reference, or NULL without memory. Of texts with bytes that are not UTF-8, at most JSON_PLAIN, all that are no
 * ASCII become '?'; a number that is not finite becomes null. */
enum { JSON_PLAIN = 400 };
json_t *text_json(const char *text);
json_t *real_json(double x);
json_t *field_json(const void *row, const struct column *c);
json_t *row_json(const void *row, const struct column *columns);
json_t *table_json(const struct table *t);

/* Prints a table as CSV or JSON (enum format of options.h). */
int table_print(FILE *f, const struct table *t, unsigned format, struct err *e);

/* Prints a value, indented, with doubles that read back the same, and gives up the reference. -1 with
 * ERR_FAILED for NULL or where the stream did not take it. */
int json_print(FILE *f, json_t *value, struct err *e);

#endif
