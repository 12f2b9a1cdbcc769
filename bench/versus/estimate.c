/* SPDX-License-Identifier: MIT */
/*
 * estimate.c - estimate KERNEL VARIANT [PARAMETER=VALUE...] FIRST COUNT: does units FIRST to FIRST + COUNT - 1
 * twice, the second time between two empty functions. scripts/estimate-cycles traces what is executed between
 * them.
 */
#include "bench/harness/serial_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) void estimate_begin(void);
__attribute__((noinline)) void estimate_end(void);

void estimate_begin(void)
{
	__asm__ volatile("" ::: "memory");
}

void estimate_end(void)
{
	__asm__ volatile("" ::: "memory");
}

int main(int argc, char **argv)
{
	struct problem p;
	struct serial_run s;
	struct err e = {0};
	struct tally t = {0};
	if (argc < 5)
		return fputs("usage: estimate KERNEL VARIANT [PARAMETER=VALUE...] FIRST COUNT\n", stderr), 2;
	const struct kernel *k = kernel_find(argv[1], &e);
	const struct variant *v = k ? variant_find(k, argv[2], &e) : NULL;
	problem_init(&p);
	for (int i = 3; v && i < argc - 2; i++) {
		char *value = strchr(argv[i], '=');
		if (value)
			*value++ = '\0';
		const struct parameter *q = parameter_find(argv[i]);
		if (!q || !value)
			return fprintf(stderr, "estimate: '%s' is no parameter with a value\n", argv[i]), 2;
		if (q->fallback_text)
			snprintf(parameter_text(q, &p), PARAMETER_TEXT_SIZE, "%s", value);
		else
			*parameter_value(q, &p) = strtoull(value, NULL, 0);
	}
	if (!v || serial_run_open(&s, v, &p, &e) != 0)
		return fprintf(stderr, "estimate: %s\n", e.text), 2;
	const uint64_t first = strtoull(argv[argc - 2], NULL, 0), count = strtoull(argv[argc - 1], NULL, 0);
	const struct span some = {first, first + count < s.units ? first + count : s.units};
	v->chunk(s.input, some, s.scratch, &t);
	estimate_begin();
	v->chunk(s.input, some, s.scratch, &t);
	estimate_end();
	printf("%llu\n", (unsigned long long)(some.hi - some.lo));
	serial_run_close(&s);
	return 0;
}
