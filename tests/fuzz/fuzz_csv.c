/* SPDX-License-Identifier: MIT */
/* fuzz_csv.c - what the reader takes for rows, it writes and reads again as the same rows; everything else is
 * refused with a place. */
#include "bench/data/csv.h"
#include "bench/data/probe_summary.h"

#include "tests/fuzz/memory_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kind {
	const struct column *columns;
	size_t row_size;
} kinds[] = {
	{sample_columns, sizeof(struct sample)},
	{summary_columns, sizeof(struct summary)},
	{comparison_columns, sizeof(struct comparison)},
	{change_columns, sizeof(struct change_row)},
	{model_columns, sizeof(struct model_row)},
	{worker_columns, sizeof(struct worker_row)},
	{probe_launch_columns, sizeof(struct probe_launch_row)},
	{probe_columns, sizeof(struct probe_row)},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void write_and_read(const struct table *t)
{
	void *again = malloc(t->row_size);
	char first[CSV_LINE], second[CSV_LINE];
	struct err e = {0};
	must(again != NULL);
	for (size_t i = 0; i < t->count; i++) {
		must(csv_row_line(t->columns, table_row(t, i), first, sizeof first) > 0);
		must(strchr(first, '\n') == first + strlen(first) - 1);
		must(csv_parse_line(t->columns, first, again, &e) == 0);
		must(csv_row_line(t->columns, again, second, sizeof second) > 0);
		must(strcmp(first, second) == 0);
	}
	free(again);
}

/* Whatever launches of probes say, a table of them can be made and written. */
static void summarise_probes(const struct table *launches)
{
	struct table rows;
	struct err e = {0};
	table_init(&rows, probe_columns, sizeof(struct probe_row));
	must(probe_summarise(launches, &rows, &e) == 0);
	must((rows.count > 0) == (launches->count > 0) && (probe_worst(&rows) != NULL) == (rows.count > 0));
	for (size_t i = 0; i < rows.count; i++) {
		const struct probe_row *row = table_row(&rows, i);
		must(!(row->median_low > row->median) && !(row->median_high < row->median));
		must(!(row->ratio_low > row->ratio) && !(row->ratio_high < row->ratio));
	}
	write_and_read(&rows);
	table_free(&rows);
}

/* The first byte: which table, and whether its header is put in front of the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct table t;
	struct err e = {0};
	bool torn = false;
	if (size == 0)
		return 0;
	size_t kind = data[0] % KINDS, header = 0;
	char *bytes = malloc(CSV_LINE + size);
	must(bytes != NULL);
	if (data[0] & 128)
		header = csv_header_line(kinds[kind].columns, bytes, CSV_LINE);
	memcpy(bytes + header, data + 1, size - 1);
	table_init(&t, kinds[kind].columns, kinds[kind].row_size);
	if (csv_read(memory_file(bytes, header + size - 1), &t, &torn, &e) == 0) {
		write_and_read(&t);
		if (t.columns == probe_launch_columns)
			summarise_probes(&t);
	} else {
		must(e.status == ERR_USAGE && strncmp(e.text, "/proc/self/fd/", 14) == 0 &&
			!strpbrk(e.text, "\n\r\033"));
	}
	table_free(&t);
	free(bytes);
	return 0;
}
