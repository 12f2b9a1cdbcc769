/* SPDX-License-Identifier: MIT */
/* trace.c - appends one row per worker, with the stamps of the last run, to workers.csv. */
#include "bench/harness/trace.h"

#include "bench/data/csv.h"

static int add_worker(
	struct table *rows, const struct trial *t, const struct factors *cell, unsigned worker, struct err *e)
{
	struct worker_row *row = table_add(rows, NULL, e);
	struct worker_stamps s;
	if (!row)
		return -1;
	trial_stamps(t, worker, &s);
	row->cell = *cell;
	row->worker = (struct uint_field){worker, true};
	row->cpu = (struct uint_field){s.cpu >= 0 ? (uint64_t)s.cpu : 0, s.cpu >= 0};
	row->entered_ns = s.entered_ns;
	row->touched_ns = s.touched_ns;
	row->began_ns = s.began_ns;
	row->ended_ns = s.ended_ns;
	row->returned_ns = s.returned_ns;
	row->total_ns = s.total_ns;
	return 0;
}

int trace_open(const char *path, struct err *e)
{
	return csv_open(path, worker_columns, e);
}

int trace_append(int fd, const struct trial *t, const struct factors *cell, struct err *e)
{
	struct table rows;
	int status = 0;
	table_init(&rows, worker_columns, sizeof(struct worker_row));
	for (unsigned w = 0; status == 0 && w < cell->workers.value; w++)
		status = add_worker(&rows, t, cell, w, e);
	if (status == 0)
		status = csv_append_table(fd, &rows, e);
	table_free(&rows);
	return status;
}
