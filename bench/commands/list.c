/* SPDX-License-Identifier: MIT */
/*
 * list.c - the command `list`: kernels, variants, back ends, meters, probes and columns, printed
 * from the tables themselves.
 */
#include "base/options.h"
#include "base/wrap.h"
#include "bench/commands/command.h"
#include "bench/data/columns.h"
#include "bench/data/probe_rows.h"
#include "bench/harness/meter.h"
#include "bench/probe/probe.h"
#include "kernels/cpu.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A name and what is said of it: one line for programs, on a terminal as many as it takes. */
static void entry(const char *name, size_t column, const char *text)
{
	wrap_entry(stdout, name, column, text, isatty(STDOUT_FILENO) ? WRAP_PAGE : WRAP_ENDLESS);
}

static void line(const char *name, const char *text, const char *missing)
{
	char all[400];
	snprintf(all, sizeof all, "%s%s%s%s", text, missing ? " [missing: " : "", missing ? missing : "",
		missing ? "]" : "");
	entry(name, 15, all);
}

static void list_kernels(void)
{
	for (const struct kernel *const *k = kernels; *k; k++) {
		char text[500];
		int n = snprintf(
			text, sizeof text, "%s (sizes count %ss; options", (*k)->summary, (*k)->item);
		for (const char *const *own = (*k)->parameters; *own; own++)
			n += snprintf(text + n, sizeof text - (size_t)n, " --%s", *own);
		snprintf(text + n, sizeof text - (size_t)n, "%s)", (*k)->takes_input ? " --input" : "");
		entry((*k)->name, 15, text);
	}
}

static void list_variants(void)
{
	for (const struct kernel *const *k = kernels; *k; k++)
		for (const struct variant *const *v = (*k)->variants; *v; v++) {
			char why[120];
			line((*v)->name, (*k)->name, variant_missing(*v, cpu_features(), why));
		}
}

static void list_backends(void)
{
	for (const struct backend *const *b = backends; *b; b++)
		line((*b)->name, (*b)->summary, (*b)->missing);
}

static void list_meters(void)
{
	for (const struct meter *m = meters; m->name; m++)
		line(m->name, m->summary, m->missing);
}

static void list_probes(void)
{
	for (const struct probe *const *p = probes; *p; p++)
		line((*p)->name, (*p)->summary, NULL);
}

/* The columns of a file; its factors only where no other file has told them. */
static void list_columns_of(const char *file, const struct column *columns, bool factors)
{
	for (const struct column *c = columns; c->name; c++) {
		char head[60], text[600];
		if (c->factor && !factors)
			continue;
		snprintf(head, sizeof head, "%-18s %s", c->name, file);
		snprintf(text, sizeof text, "%s%s%s%s", c->meaning, *c->unit ? " [" : "", c->unit,
			*c->unit ? "]" : "");
		entry(head, 32, text);
	}
}

static void list_columns(void)
{
	list_columns_of("samples.csv", sample_columns, true);
	list_columns_of("summary.csv", summary_columns, false);
	list_columns_of("workers.csv", worker_columns, false);
	list_columns_of("probes.csv", probe_columns, true);
	list_columns_of("probe_launches.csv", probe_launch_columns, false);
}

static const struct {
	const char *name;
	void (*list)(void);
} lists[] = {{"kernels", list_kernels}, {"variants", list_variants}, {"backends", list_backends},
	{"meters", list_meters}, {"probes", list_probes}, {"columns", list_columns}};

enum { LISTS = sizeof lists / sizeof *lists };

struct list_args {
	unsigned markdown; /* place in text|markdown */
};

static const struct option_spec specs[] = {
	OPTION_CHOICE("format", struct list_args, markdown, "text|markdown",
		"output format; markdown only for columns (default: text)"),
	{0}};

static const struct options options = {
	.usage = "parscale list [kernels|variants|backends|meters|probes|columns] [--format text|markdown]",
	.about =
		"Lists what this build provides, one name per line, and why anything is unavailable. `--format markdown` prints the columns as in results/README.md.",
	.table = specs,
};

int list_main(int argc, char **argv, struct err *e)
{
	struct list_args a = {0};
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	const char *what = first < argc ? argv[first] : NULL;
	if (argc - first > 1)
		return err_set(e, ERR_USAGE,
			"list: one of kernels, variants, backends, meters, probes, columns, not also '%s'",
			argv[first + 1]);
	if (a.markdown) {
		if (!what || strcmp(what, "columns") != 0)
			return err_set(e, ERR_USAGE, "--format: markdown is for columns");
		columns_markdown(stdout);
		return 0;
	}
	for (size_t i = 0; i < LISTS; i++)
		if (what && strcmp(lists[i].name, what) == 0) {
			lists[i].list();
			return 0;
		}
	if (what)
		return err_set(e, ERR_USAGE,
			"list: '%s' is not one of kernels, variants, backends, meters, probes, columns",
			what);
	for (size_t i = 0; i < LISTS; i++) {
		printf("%s%s:\n", i ? "\n" : "", lists[i].name);
		lists[i].list();
	}
	return 0;
}
