/* SPDX-License-Identifier: MIT */
/*
 * launch_args.c - parses and documents the options of `run`, which are also those of every launch.
 *
 * Three sources make one getopt table: options of the measurement (below), the keys of a cell, and
 * the kernels' parameters. The options are read twice: which of them are legal depends on the
 * kernel, which may come last.
 */
#include "bench/harness/launch_args.h"

#include "base/number.h"
#include "base/options.h"
#include "base/wrap.h"
#include "bench/harness/nth.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* What is not a cell's: options of the measurement. */
struct own_option {
	const char *name;
	bool has_value;
	const char *value_name, *meaning;
	int (*set)(struct run_args *a, const char *value, struct err *e);
};

static int set_unsigned(const char *what, const char *value, uint64_t lowest, unsigned *out, struct err *e)
{
	uint64_t n;
	if (number_parse(what, value, lowest, 1000000, &n, e) != 0)
		return -1;
	*out = (unsigned)n;
	return 0;
}

static int set_repetitions(struct run_args *a, const char *value, struct err *e)
{
	return set_unsigned("--repetitions", value, 1, &a->measure.samples, e);
}

static int set_warmup(struct run_args *a, const char *value, struct err *e)
{
	return set_unsigned("--warmup", value, 0, &a->measure.warmup, e);
}

static int set_meter(struct run_args *a, const char *value, struct err *e)
{
	return (a->meter = meter_find(value, e)) ? 0 : -1;
}

static int set_sample_time(struct run_args *a, const char *value, struct err *e)
{
	return number_parse_seconds("--sample-time", value, &a->measure.sample_seconds, e);
}

static int set_cap(struct run_args *a, const char *value, struct err *e)
{
	return number_parse_seconds("--cap", value, &a->measure.cap_seconds, e);
}

static int set_timeout(struct run_args *a, const char *value, struct err *e)
{
	return number_parse_seconds("--timeout", value, &a->measure.timeout_seconds, e);
}

static int set_format(struct run_args *a, const char *value, struct err *e)
{
	unsigned format;
	if (choice_parse("--format", "text|json|csv", value, &format, e) != 0)
		return -1;
	a->format = (enum format)format;
	return 0;
}

static int set_print(struct run_args *a, const char *value, struct err *e)
{
	(void)value;
	(void)e;
	a->measure.print = true;
	return 0;
}

static int set_print_unique(struct run_args *a, const char *value, struct err *e)
{
	(void)value;
	(void)e;
	a->measure.print_unique = true;
	return 0;
}

static int set_nth(struct run_args *a, const char *value, struct err *e)
{
	return number_parse("--nth", value, 1, UINT64_MAX, &a->nth, e);
}

static int set_counters(struct run_args *a, const char *value, struct err *e)
{
	(void)value;
	(void)e;
	a->measure.counters = true;
	return 0;
}

static int set_trace(struct run_args *a, const char *value, struct err *e)
{
	a->measure.trace = value;
	return *value ? 0 : err_set(e, ERR_USAGE, "--trace wants a file");
}

static int set_expect(struct run_args *a, const char *value, struct err *e)
{
	a->measure.expected_known = true;
	return verify_read(value, &a->measure.expected, e);
}

static int set_result_fd(struct run_args *a, const char *value, struct err *e)
{
	uint64_t n;
	if (number_parse("--result-fd", value, 1, 1000, &n, e) != 0)
		return -1;
	a->result_fd = (int)n;
	return 0;
}

static int set_help(struct run_args *a, const char *value, struct err *e)
{
	(void)value;
	(void)e;
	a->help = true;
	return 0;
}

static const struct own_option own_options[] = {
	{"repetitions", true, "N", "samples to take (7)", set_repetitions},
	{"warmup", true, "N", "runs thrown away first, at least (1); 0: none but a short one", set_warmup},
	{"meter", true, "NAME", "what decides how many runs make a sample: auto, gbench or native (auto)",
		set_meter},
	{"sample-time", true, "T", "shorter runs are batched until they last so long (10ms)",
		set_sample_time},
	{"cap", true, "T", "begin no new sample after so much time (1h)", set_cap},
	{"timeout", true, "T", "a run that takes longer has failed (1h)", set_timeout},
	{"format", true, "text|json|csv", "how to print the measurement (text)", set_format},
	{"print", false, NULL,
		"list the items found on standard output, the rest on standard error; one sample, no warm-up unless said",
		set_print},
	{"print-unique", false, NULL,
		"list each different word once, after its count: the most frequent first, else the first found",
		set_print_unique},
	{"nth", true, "N",
		"print the N-th item from --start on, the rest on standard error: counts to about there, then lists a window",
		set_nth},
	{"counters", false, NULL, "count cycles, instructions, misses and energy where the system grants it",
		set_counters},
	{"trace", true, "FILE",
		"append what each worker of the last run did when, as CSV (as a sweep's workers.csv)",
		set_trace},
	{"expect", true, NULL, NULL, set_expect},
	{"result-fd", true, NULL, NULL, set_result_fd},
	{"help", false, NULL, "this text", set_help},
};

enum { OWN_COUNT = sizeof own_options / sizeof *own_options, MOST_OPTIONS = 96 };

/* getopt's table: ours, then the factors, every parameter, and former spellings; `val` is the place in it, from 1. */
static void make_table(struct option *table)
{
	int n = 0;
	for (; n < OWN_COUNT; n++)
		table[n] = (struct option){own_options[n].name, own_options[n].has_value, NULL, n + 1000};
	for (const struct factor *f = factor_keys; f->key; f++, n++)
		table[n] = (struct option){
			f->key, f->argument ? required_argument : optional_argument, NULL, n + 1000};
	for (const struct parameter *p = parameters; p->name; p++, n++)
		table[n] = (struct option){p->name, required_argument, NULL, n + 1000};
	size_t i = 0;
	for (const char *former; (former = cell_former_key(i++)); n++)
		table[n] = (struct option){former,
			cell_bare_value(former) ? optional_argument : required_argument, NULL, n + 1000};
	table[n] = (struct option){0};
}

static void defaults(struct run_args *a)
{
	*a = (struct run_args){.result_fd = -1,
		.measure = {.samples = 0,
			.warmup = UINT_MAX,
			.sample_seconds = -1,
			.cap_seconds = 3600,
			.timeout_seconds = 3600}};
	struct err none = {0};
	a->meter = meter_find("auto", &none);
}

/* Fills in defaults. Someone who wants an answer (--print, --nth) is not kept waiting: one sample,
 * no warm-up. */
static void complete(struct measure_plan *m, bool answer)
{
	m->samples = m->samples ? m->samples : answer ? 1 : 7;
	m->warmup = m->warmup != UINT_MAX ? m->warmup : !answer;
	/* any run is a sample */
	m->sample_seconds = m->sample_seconds >= 0 ? m->sample_seconds : answer ? 1e-9 : 0.01;
}

/* A first pass finds the kernel among the options, since what the others mean depends on it. */
static int find_kernel(int argc, char **argv, const struct option *table, struct run_args *a, struct err *e)
{
	int found;
	optind = 1;
	while ((found = options_next(argc, argv, table, e)) != -1) {
		if (found == '?')
			return -1;
		if (strcmp(table[found - 1000].name, "help") == 0) {
			a->help = true;
			return 0;
		}
	}
	if (optind == argc)
		return err_set(e, ERR_USAGE, "run: name a kernel (parscale list kernels)");
	if (optind + 1 < argc)
		return err_set(e, ERR_USAGE, "run: one kernel, not also '%s'", argv[optind + 1]);
	return cell_init(&a->measure.cell, argv[optind], e);
}

int launch_args_parse_run(int argc, char **argv, struct run_args *a, struct err *e)
{
	struct option table[MOST_OPTIONS];
	make_table(table);
	defaults(a);
	if (find_kernel(argc, argv, table, a, e) != 0)
		return -1;
	if (a->help)
		return 0;
	int found;
	optind = 1;
	while ((found = options_next(argc, argv, table, e)) != -1) {
		int i = found - 1000;
		const char *value = optarg ? optarg : cell_bare_value(table[i].name);
		int status = i < OWN_COUNT ? own_options[i].set(a, value, e)
					   : cell_set(&a->measure.cell, table[i].name, value, e);
		if (status != 0)
			return -1;
	}
	if (a->measure.print && !a->measure.cell.variant->emit)
		return err_set(
			e, ERR_USAGE, "--print: kernel %s lists nothing", a->measure.cell.kernel->name);
	/* Google Benchmark lives in a program of its own, and so does this */
	if (a->measure.cell.backend->host)
		a->meter = meter_find("native", e);
	if (a->measure.print && a->measure.print_unique)
		return err_set(e, ERR_USAGE, "--print-unique: not with --print; both want standard output");
	if (a->measure.print_unique &&
		!(a->measure.cell.kernel->takes_input &&
			kernel_lists_all(a->measure.cell.kernel, a->measure.cell.variant)))
		return err_set(e, ERR_USAGE, "--print-unique: kernel %s finds no words",
			a->measure.cell.kernel->name);
	if (a->nth && (a->measure.print || a->measure.print_unique))
		return err_set(e, ERR_USAGE, "--nth: not with --print; both want standard output");
	if (a->nth && nth_aim(&a->measure.cell, a->nth, e) != 0)
		return -1;
	complete(&a->measure, a->measure.print || a->nth);
	a->measure.meter = a->meter->name;
	return cell_finish(&a->measure.cell, e);
}

static void help_option(const char *name, const char *value, const char *meaning)
{
	enum { MEANINGS_AT = 31 };
	char option[64];
	snprintf(option, sizeof option, "  --%s%s%s", name, value ? " " : "", value ? value : "");
	wrap_entry(stdout, option, MEANINGS_AT, meaning, WRAP_PAGE);
}

static void help_parameter(const struct parameter *p)
{
	char meaning[400], number[24];
	const char *fallback = number;
	int length;
	snprintf(number, sizeof number, "%" PRIu64, p->fallback);
	if (p->fallback_text || p->choices)
		fallback = p->fallback_text ? p->fallback_text : p->choices;
	length = (int)(p->choices ? strcspn(fallback, "|") : strlen(fallback));
	snprintf(meaning, sizeof meaning, "%s (%.*s)", p->meaning, length, fallback);
	help_option(p->name, p->choices ? p->choices : p->fallback_text ? "SET" : "N", meaning);
}

static void help_kernel(const struct kernel *k)
{
	char head[400];
	snprintf(head, sizeof head, "\n%s (%s):\n", k->name, k->summary);
	wrap_text(stdout, head);
	for (const char *const *own = k->parameters; *own; own++)
		help_parameter(parameter_find(*own));
	if (k->takes_input)
		help_option("input", "FILE", "read it from a file, or from standard input (-)");
}

void launch_args_help_run(void)
{
	wrap_text(stdout,
		"usage: parscale run KERNEL [options]\n\n"
		"Measures one cell in a fresh process, verifies the answer and prints the timing.\n\n");
	for (const struct factor *f = factor_keys; f->key; f++)
		if (f->help)
			help_option(f->key, f->argument, f->help);
	for (size_t i = 0; i < OWN_COUNT; i++)
		if (own_options[i].meaning)
			help_option(own_options[i].name, own_options[i].value_name, own_options[i].meaning);
	for (const struct kernel *const *k = kernels; *k; k++)
		help_kernel(*k);
	printf("\nNumbers: 1000, 1e10, 2^40, 10M, 64Ki. Times: 500ms, 90s, 5m.\n");
}
