/* SPDX-License-Identifier: MIT */
/* fuzz_gbench.c - any bytes as a file of Google Benchmark: samples that are sound, or refused in one line. */
#include "bench/data/gbench_json.h"
#include "tests/fuzz/memory_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct table t;
	struct err e = {0};
	const int bad = gbench_json_read(memory_file(data, size), size % 2, &t, &e);
	must((bad == 0) == (e.status == ERR_NONE));
	must(bad == 0 || (e.text[0] && !strchr(e.text, '\n')));
	for (size_t i = 0; bad == 0 && i < t.count; i++) {
		const struct sample *s = table_row(&t, i);
		const bool ok = strcmp(s->status, "ok") == 0;
		must(ok ? s->seconds > 0
			: strcmp(s->status, "failed") == 0 && *s->reason && isnan(s->seconds));
	}
	table_free(&t);
	return 0;
}
