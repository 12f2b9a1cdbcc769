/* SPDX-License-Identifier: MIT */
/* fuzz_csv.c - what the reader takes for rows, it writes and reads again as the same rows; everything else is
 * refused with a place. */
#include "data/csv.h"

#include "memory_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const struct column *columns;
	size_t row_size;
} kinds[] = {
	{sample_columns, sizeof(struct sample)},
	{summary_columns, sizeof(struct summary)},
	{comparison_columns, sizeof(struct comparison)},
	{model_columns, sizeof(struct model_row)},
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void write_and_read(const struct table *t)
{
	union {
		struct sample sample;
		struct summary summary;
		struct comparison comparison;
		struct model_row model;
	} again;
	char first[CSV_LINE], second[CSV_LINE];
	struct err e = {0};
	for (size_t i = 0; i < t->count; i++) {
		must(csv_row_line(t->columns, table_row(t, i), first, sizeof first) > 0);
		must(strchr(first, '\n') == first + strlen(first) - 1);
		must(csv_parse_line(t->columns, first, &again, &e) == 0);
		must(csv_row_line(t->columns, &again, second, sizeof second) > 0);
		must(strcmp(first, second) == 0);
	}
}

/* The first byte: which table, and whether its header is put in front of the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct table t;
	struct err e = {0};
	bool torn = false;
	if (size == 0)
		return 0;
	size_t kind = data[0] % 4, header = 0;
	char *bytes = malloc(CSV_LINE + size);
	must(bytes != NULL);
	if (data[0] & 4)
		header = csv_header_line(kinds[kind].columns, bytes, CSV_LINE);
	memcpy(bytes + header, data + 1, size - 1);
	table_init(&t, kinds[kind].columns, kinds[kind].row_size);
	if (csv_read(memory_file(bytes, header + size - 1), &t, &torn, &e) == 0)
		write_and_read(&t);
	else
		must(e.status == ERR_USAGE && strncmp(e.text, "/proc/self/fd/", 14) == 0 &&
			!strpbrk(e.text, "\n\r\033"));
	table_free(&t);
	free(bytes);
	return 0;
}
