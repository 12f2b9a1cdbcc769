/* SPDX-License-Identifier: MIT */
/*
 * launch_args.c - parses and documents the options of `run`, which are also those of every launch.
 *
 * Three sources make one table: options of the measurement (below), the keys of a cell, and
 * the kernels' parameters. The options are read twice: which of them are legal depends on the
 * kernel, which may come last.
 */
#include "bench/harness/launch_args.h"

#include "base/number.h"
#include "base/options.h"
#include "base/wrap.h"
#include "bench/harness/launcher.h"
#include "bench/harness/nth.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static int set_expect(const char *name, const char *value, void *target, struct err *e)
{
	struct measure_plan *m = target;
	(void)name;
	m->expected_known = true;
	return verify_read(value, &m->expected, e);
}

static int set_memory(const char *name, const char *value, void *target, struct err *e)
{
	return number_parse_bytes(name, value, MEASURE_LEAST_MEMORY, INT64_MAX, target, e);
}

static int set_launcher(const char *name, const char *value, void *target, struct err *e)
{
	(void)name;
	(void)target;
	return launcher_choose(value, e);
}

/* Options of the measurement, which no cell has. */
static const struct option_spec own_options[] = {
	OPTION_COUNT("repetitions", struct run_args, measure.samples, 1, 1000000,
		"number of samples (default: 7)"),
	OPTION_COUNT("warmup", struct run_args, measure.warmup, 0, 1000000,
		"discard at least N warm-up runs (default: 1); 0 keeps the first run unless it is too short to time"),
	OPTION_CALL("meter", struct run_args, meter, meter_option, "NAME",
		"choose the number of runs per sample by auto, gbench or native (default: auto)"),
	OPTION_SECONDS("sample-time", struct run_args, measure.sample_seconds,
		"batch shorter runs until a sample takes this long (default: 10ms)"),
	OPTION_SECONDS("cap", struct run_args, measure.cap_seconds,
		"start no new sample after this time (default: 1h)"),
	OPTION_SECONDS("timeout", struct run_args, measure.timeout_seconds,
		"fail if a run takes longer (default: 1h)"),
	OPTION_CALL("memory", struct run_args, measure.memory_bytes, set_memory, "BYTES",
		"fail if a process needs more writable memory, such as 2Gi (default: no limit)"),
	OPTION_CHOICE("format", struct run_args, format, "text|json|csv|bed|tsv",
		"output format (default: text); bed, tsv: of what --print finds in DNA (default there: tsv)"),
	OPTION_FLAG("print", struct run_args, measure.print,
		"list the items found on standard output, the rest on standard error; one sample and no warm-up by default"),
	OPTION_FLAG("print-unique", struct run_args, measure.print_unique,
		"list each different word once, after its count, most frequent first, ties in order of first occurrence"),
	OPTION_NUMBER("nth", struct run_args, nth, 1, UINT64_MAX,
		"print the N-th item at or after --start (timing goes to standard error)"),
	OPTION_FLAG("counters", struct run_args, measure.counters,
		"count cycles, instructions, misses and energy if the system permits it"),
	OPTION_TEXT("trace", struct run_args, measure.trace, "FILE",
		"append a CSV timeline of each worker in the last run (as a sweep's workers.csv)"),
	OPTION_CALL("launcher", struct run_args, measure, set_launcher, "COMMAND",
		"back end mpi: start ranks by this command, such as 'srun --mpi=pmix' (default: PARSCALE_MPIRUN, or the mpirun of the MPI that parscale-mpi was built with)"),
	OPTION_CALL("expect", struct run_args, measure, set_expect, NULL, NULL),
	OPTION_CALL("fault", struct run_args, measure.fault, fault_option, NULL, NULL),
	OPTION_NUMBER("result-fd", struct run_args, result_fd, 1, 1000, NULL),
	OPTION_NUMBER("known-batch", struct run_args, measure.known.batch, 1, UINT64_MAX, NULL),
	OPTION_SECONDS("known-time", struct run_args, measure.known.seconds, NULL),
	OPTION_NUMBER("share", struct run_args, share, 0, 99, NULL),
	OPTION_NUMBER("started", struct run_args, started, 0, UINT64_MAX, NULL),
	OPTION_FLAG("shelf", struct run_args, shelf, NULL),
	OPTION_FLAG("help", struct run_args, help, NULL),
};

enum { OWN_COUNT = sizeof own_options / sizeof *own_options };

static int set_cell(const char *name, const char *value, void *target, struct err *e)
{
	return cell_set(target, name, value, e);
}

static struct option_spec of_cell(const char *name, const char *value, const char *meaning, const char *bare)
{
	return (struct option_spec){.name = name,
		.kind = OPTION_IS_CALL,
		.offset = offsetof(struct run_args, measure.cell),
		.value = value,
		.meaning = meaning,
		.set = set_cell,
		.bare = bare};
}

/* The factors, ours, every parameter, and former spellings. */
static void make_table(struct option_spec table[OPTIONS_MOST + 1])
{
	size_t n = 0, i = 0;
	for (const struct factor *f = factor_keys; f->key; f++)
		table[n++] =
			of_cell(f->key, f->argument, f->help, f->argument ? NULL : cell_bare_value(f->key));
	memcpy(table + n, own_options, sizeof own_options);
	n += OWN_COUNT;
	for (const struct parameter *p = parameters; p->name; p++)
		table[n++] = of_cell(p->name, NULL, NULL, NULL);
	for (const char *former; (former = cell_former_key(i++));)
		table[n++] = of_cell(former, NULL, NULL, cell_bare_value(former));
	table[n] = (struct option_spec){0};
}

static struct options options_of(const struct option_spec *table)
{
	return (struct options){.usage = "parscale run KERNEL [options]",
		.about = "Measures one cell in a fresh process, verifies the answer and prints the timing.",
		.table = table};
}

static void defaults(struct run_args *a)
{
	*a = (struct run_args){.measure = {.samples = 0,
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

static int ignore(const char *name, const char *value, void *target, struct err *e)
{
	(void)name;
	(void)value;
	(void)target;
	(void)e;
	return 0;
}

/* A first pass finds the kernel among the options, or --help: what values mean depends on the kernel. */
static int find_kernel(
	int argc, char **argv, const struct option_spec *all, struct run_args *a, struct err *e)
{
	struct option_spec table[OPTIONS_MOST + 1];
	struct run_args flags = {0};
	memcpy(table, all, sizeof table);
	for (struct option_spec *s = table; s->name; s++)
		if (s->kind != OPTION_IS_FLAG) {
			s->kind = OPTION_IS_CALL;
			s->set = ignore;
		}
	const struct options o = options_of(table);
	const int first = options_parse(&o, argc, argv, &flags, e);
	a->help = flags.help;
	if (first < 0 || a->help)
		return first < 0 ? -1 : 0;
	if (first == argc)
		return err_set(e, ERR_USAGE, "run: name a kernel (parscale list kernels)");
	if (first + 1 < argc)
		return err_set(e, ERR_USAGE, "run: one kernel, not also '%s'", argv[first + 1]);
	return cell_init(&a->measure.cell, argv[first], e);
}

/* Lists with places are what --print writes of some kernels; the timing beside them is text. */
static int check_format(const struct run_args *a, struct err *e)
{
	const struct kernel *k = a->measure.cell.kernel;
	if (a->format != FORMAT_BED && a->format != FORMAT_TSV)
		return 0;
	if (!a->measure.print)
		return err_set(e, ERR_USAGE, "--format: bed and tsv are for lists of DNA: add --print");
	if (!k->listing || !k->listing->placed || !k->listing->placed(&a->measure.cell.problem))
		return err_set(e, ERR_USAGE,
			"--format: bed and tsv are for lists of DNA (inverted, or substrings "
			"--alphabet dna)");
	return 0;
}

int launch_args_parse_run(int argc, char **argv, struct run_args *a, struct err *e)
{
	struct option_spec table[OPTIONS_MOST + 1];
	make_table(table);
	defaults(a);
	if (find_kernel(argc, argv, table, a, e) != 0)
		return -1;
	if (a->help)
		return 0;
	const struct options o = options_of(table);
	if (options_parse(&o, argc, argv, a, e) < 0)
		return -1;
	if (a->measure.print && !a->measure.cell.variant->emit)
		return err_set(
			e, ERR_USAGE, "--print: kernel %s lists nothing", a->measure.cell.kernel->name);
	/* Google Benchmark lives in a program of its own, and so does this */
	if (a->measure.cell.backend->host)
		a->meter = meter_find("native", e);
	if (a->measure.print && a->measure.print_unique)
		return err_set(e, ERR_USAGE, "--print-unique: not with --print; both want standard output");
	if (a->measure.print_unique &&
		!(a->measure.cell.kernel->takes_input && a->measure.cell.kernel->listing &&
			a->measure.cell.kernel->listing->spell &&
			kernel_lists_all(a->measure.cell.kernel, a->measure.cell.variant)))
		return err_set(e, ERR_USAGE, "--print-unique: kernel %s finds no words",
			a->measure.cell.kernel->name);
	if (a->nth && (a->measure.print || a->measure.print_unique))
		return err_set(e, ERR_USAGE, "--nth: not with --print; both want standard output");
	if (check_format(a, e) != 0)
		return -1;
	a->measure.bed = a->format == FORMAT_BED;
	if (a->nth && nth_aim(&a->measure.cell, a->nth, e) != 0)
		return -1;
	complete(&a->measure, a->measure.print || a->nth);
	a->measure.meter = a->meter->name;
	return cell_finish(&a->measure.cell, e);
}

static void help_option(const char *name, const char *value, const char *meaning)
{
	enum { MEANINGS_AT = 36 };
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
	snprintf(meaning, sizeof meaning, "%s (default: %.*s)", p->meaning, length, fallback);
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
		help_option("input", "FILE", "read input from a file, or from standard input (-)");
}

void launch_args_help_run(void)
{
	struct option_spec table[OPTIONS_MOST + 1];
	make_table(table);
	const struct options o = options_of(table);
	options_help(&o, stdout);
	for (const struct kernel *const *k = kernels; *k; k++)
		help_kernel(*k);
	printf("\nNumbers: 1000, 1e10, 2^40, 10M, 64Ki. Times: 500ms, 90s, 5m.\n");
}
