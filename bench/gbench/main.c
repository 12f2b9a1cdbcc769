/* SPDX-License-Identifier: MIT */
/*
 * main.c - the program parscale-gbench: the cells of parscale for those who use Google Benchmark,
 * and the worker program of its meter.
 */
#include "base/number.h"
#include "bench/gbench/cases.h"
#include "bench/gbench/gbench.h"
#include "bench/gbench/meter_gbench.h"
#include "bench/harness/cell.h"
#include "bench/harness/launch.h"
#include "bench/machine/build.h"
#include "kernels/cpu.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void help(void)
{
	printf("usage: parscale-gbench [--sizes=N,...] [--workers=N,...] [flags of Google Benchmark]\n\n"
	       "Measures the cells of parscale under Google Benchmark; every answer is verified, a wrong one is an error.\n"
	       "Cases are named kernel/variant/backend/lifetime/schedule/workers:N/size:N.\n\n"
	       "  --sizes=N,...                problem sizes in the kernel's items (for each kernel, from small to its default)\n"
	       "  --workers=N,...              worker counts (up to twice the CPUs)\n"
	       "  --benchmark_list_tests       list the cases\n"
	       "  --benchmark_filter=REGEX     only these; -REGEX: all others\n"
	       "  --benchmark_min_time=N       seconds that make a measurement\n"
	       "  --benchmark_repetitions=N    measurements of each\n"
	       "  --benchmark_format=console|json|csv, --benchmark_out=FILE, --benchmark_out_format=...\n"
	       "  and all others of Google Benchmark\n\n"
	       "Example: parscale-gbench --benchmark_filter='sieve/avx2/(fork|pthread)/pool/dynamic/.*size:1000000000'\n\n"
	       "Exit status: 0 good, 1 failed or wrong, 2 usage. PARSCALE_CPU_DISABLE=avx512,... hides CPU features.\n");
}

/* Parses N,N,...; `text` is changed. */
static int parse_values(
	const char *option, char *text, uint64_t highest, struct cases_values *values, struct err *e)
{
	for (char *rest = text; rest;) {
		char *word = strsep(&rest, ",");
		if (values->count == CASES_MOST_VALUES)
			return err_set(e, ERR_USAGE, "%s: more than %d values", option, CASES_MOST_VALUES);
		if (number_parse(option, word, 1, highest, &values->values[values->count++], e) != 0)
			return -1;
	}
	return 0;
}

/* The value of a flag, the last one that is given; NULL without. A flag without `=` is "". */
static const char *flag(int argc, char **argv, const char *name)
{
	const size_t length = strlen(name);
	const char *value = NULL;
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], name, length) == 0 && (argv[i][length] == '=' || !argv[i][length]))
			value = argv[i] + length + (argv[i][length] == '=');
	return value;
}

/* As Google Benchmark reads a truth. */
static int is_true(const char *value)
{
	return value && !strchr("0fFnN", *value ? *value : '1');
}

static int measure(int argc, char **argv, struct err *e)
{
	struct cases_values sizes = {.count = 0}, workers = {.count = 0};
	const int listing = is_true(flag(argc, argv, "--benchmark_list_tests"));
	const char *filter = flag(argc, argv, "--benchmark_filter");
	gbench_flags(&argc, argv);
	for (int i = 1; i < argc; i++) {
		int status;
		if (strncmp(argv[i], "--sizes=", 8) == 0)
			status = parse_values("--sizes", argv[i] + 8, UINT64_MAX, &sizes, e);
		else if (strncmp(argv[i], "--workers=", 10) == 0)
			status = parse_values("--workers", argv[i] + 10, BACKEND_MAX_WORKERS, &workers, e);
		else
			status = err_set(
				e, ERR_USAGE, "unknown option '%s' (parscale-gbench --help)", argv[i]);
		if (status != 0)
			return -1;
	}
	if (cpu_disable(getenv("PARSCALE_CPU_DISABLE"), e) != 0)
		return -1;
	if (listing) {
		const int64_t listed = cases_list(&sizes, &workers, filter, e);
		return listed > 0   ? 0
		       : listed < 0 ? -1
				    : err_set(e, ERR_USAGE, "no case matches '%s'", filter ? filter : "");
	}
	struct cases *all = cases_register(&sizes, &workers, e);
	if (!all)
		return -1;
	const size_t matched = gbench_run();
	if (matched == 0)
		e->status = ERR_USAGE; /* it was said */
	else if (cases_failed(all))
		err_set(e, ERR_FAILED, "%llu failed or gave a wrong answer",
			(unsigned long long)cases_failed(all));
	cases_free(all);
	return e->status == ERR_NONE ? 0 : -1;
}

static int asked(int argc, char **argv, const char *option)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], option) == 0)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	if (argc > 1 && strcmp(argv[1], "launch") == 0)
		return launch_main(argc - 1, argv + 1, meter_gbench, NULL);
	if (asked(argc, argv, "--help") || asked(argc, argv, "-h"))
		help();
	else if (asked(argc, argv, "--version"))
		printf("parscale-gbench %s\n", build_version);
	else
		measure(argc, argv, &e);
	if ((fflush(stdout) != 0 || ferror(stdout)) && e.status == ERR_NONE)
		err_blame(&e, err_cause_of(errno), "standard output: %s", strerror(errno));
	if (e.text[0])
		fprintf(stderr, "parscale-gbench: %s\n", e.text);
	return (int)e.status;
}
