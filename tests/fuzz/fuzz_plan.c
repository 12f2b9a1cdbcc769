/* SPDX-License-Identifier: MIT */
/* fuzz_plan.c - any bytes as a .sweep file: a plan with cells, or refused with file and line. */
#include "bench/sweep/plan.h"

#include "tests/fuzz/memory_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned workers[] = {1, 2, 4};
	const struct plan_machine machine = {.workers = workers, .worker_counts = 3, .most = 2};
	struct plan p;
	struct err e = {0};
	const char *path = memory_file(data, size);
	if (plan_read(&p, path, &machine, &e) == 0) {
		if (p.count == 0)
			abort();
		plan_free(&p);
	} else if (e.status != ERR_USAGE || !strstr(e.text, path)) {
		abort();
	}
	return 0;
}
