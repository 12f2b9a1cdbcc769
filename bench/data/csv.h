/* SPDX-License-Identifier: MIT */
/*
 * csv.h - reads and writes rows (columns.h) as RFC 4180 CSV with a header line.
 *
 * A row is one line: texts hold no line breaks, so that a file that was cut short is repaired by cutting it
 * after its last newline. Columns are found by name, also by a former one (schema.h); any order is read. An
 * unknown column is refused with file and line, and so is a missing one, unless it is a measured number (a
 * REAL): folders made before it was measured have it "not available". Nothing here knows what a row means.
 */
#ifndef PARSCALE_BENCH_DATA_CSV_H
#define PARSCALE_BENCH_DATA_CSV_H

#include "bench/data/columns.h"

/* Rows of one kind, in file order. Zeroed, it is an empty table. */
struct table {
	const struct column *columns;
	size_t row_size;
	size_t count, capacity;
	char *rows;
};

void table_init(struct table *t, const struct column *columns, size_t row_size);
void table_free(struct table *t);
void *table_row(const struct table *t, size_t i); /* i < count */

/* Appends a copy of `row` (NULL: a cleared one) and returns it; NULL without memory. Earlier pointers become
 * invalid. */
void *table_add(struct table *t, const void *row, struct err *e);

/* Longest line of any table, with its newline and ending zero. */
enum { CSV_LINE = 16384 };

/* The header or one row as a line with its newline, in `line` of `size` bytes; its length, or 0 when it does
 * not fit. */
size_t csv_header_line(const struct column *columns, char *line, size_t size);
size_t csv_row_line(const struct column *columns, const void *row, char *line, size_t size);

/* Parses one line (its newline may be gone) that has all columns in order into `row`; for rows that come
 * through a pipe. */
int csv_parse_line(const struct column *columns, const char *line, void *row, struct err *e);

/* Opens a file for csv_append: a new or empty one gets the header; of one that has rows, a torn last line is
 * cut off. One writer at a time. The descriptor, or -1: ERR_USAGE when it begins with another header (columns
 * or order), ERR_FAILED where the system failed. */
int csv_open(const char *path, const struct column *columns, struct err *e);

/* Makes a file that csv_open takes of one with another header that csv_read understands: written anew at once,
 * with today's names and order, a torn last line left out. Any other file is left as it is, and so is one that
 * is not there. For a file that nobody writes to meanwhile. -1 as csv_read and csv_write. */
int csv_upgrade(const char *path, const struct column *columns, size_t row_size, struct err *e);

/* Appends one row to the file with one write; ERR_FAILED when the system did not take it whole. */
int csv_append(int fd, const struct column *columns, const void *row, struct err *e);

/* Appends all rows of a table to a file and waits until they are on the disk. All or none: what did not fit
 * is taken back, and a crash of the system leaves at most a torn end. ERR_FAILED when the system did not take
 * them. */
int csv_append_table(int fd, const struct table *t, struct err *e);

/* Reads a whole file into `t`, an initialised table, which gets the rows (on -1 those before the error).
 * Beyond them a fixed amount of memory. ERR_USAGE for what cannot be opened and, with file and line, for what
 * is not such a file; ERR_FAILED where the system failed. A last line without its newline is torn, whatever
 * it holds: it is left out, and *torn (may be NULL) says so. */
int csv_read(const char *path, struct table *t, bool *torn, struct err *e);

/* Prints header and rows; ERR_FAILED when the stream did not take them. */
int csv_print(FILE *f, const struct table *t, struct err *e);

/* Writes a whole file at once: to a temporary beside it, then renamed; nothing half-written is left. */
int csv_write(const char *path, const struct table *t, struct err *e);

#endif
