/* SPDX-License-Identifier: MIT */
/* fuzz_values.c - any text as the value of an option: a value within its range, or refused. */
#include "base/number.h"
#include "bench/machine/cpulist.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct err e = {0};
	uint64_t n;
	double seconds;
	unsigned choice;
	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (number_parse("--size", text, 3, 1000000, &n, &e) == 0 && (n < 3 || n > 1000000))
		abort();
	if (number_parse("--stop", text, 0, UINT64_MAX, &n, &e) != 0 && e.status != ERR_USAGE)
		abort();
	if (number_parse_seconds("--cap", text, &seconds, &e) == 0 && !(seconds > 0))
		abort();
	if (choice_parse("--format", "text|json|csv", text, &choice, &e) == 0 && choice > 2)
		abort();
	cpulist_parse(text, NULL, 0);
	free(text);
	return 0;
}
