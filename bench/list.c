/* SPDX-License-Identifier: MIT */
#include "list.h"

#include "args.h"
#include "data/columns.h"
#include "cpu.h"
#include "meter.h"
#include "number.h"
#include "probe/probe.h"
#include "data/probe_rows.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static void line(const char *name, const char *text, const char *missing)
{
	printf("%-12s %s%s%s%s\n", name, text, missing ? " [missing: " : "", missing ? missing : "",
		missing ? "]" : "");
}

static void list_kernels(void)
{
	for (const struct kernel *const *k = kernels; *k; k++) {
		printf("%-12s %s (sizes count %ss; options", (*k)->name, (*k)->summary, (*k)->item);
		for (const char *const *own = (*k)->parameters; *own; own++)
			printf(" --%s", *own);
		printf("%s)\n", (*k)->takes_input ? " --input" : "");
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

static void list_columns(void)
{
	for (const struct column *c = sample_columns; c->name; c++)
		printf("%-18s samples.csv  %s%s%s%s\n", c->name, c->meaning, *c->unit ? " [" : "", c->unit,
			*c->unit ? "]" : "");
	for (const struct column *c = summary_columns; c->name; c++)
		if (!c->factor)
			printf("%-18s summary.csv  %s%s%s%s\n", c->name, c->meaning, *c->unit ? " [" : "",
				c->unit, *c->unit ? "]" : "");
	for (const struct column *c = worker_columns; c->name; c++)
		if (!c->factor)
			printf("%-18s workers.csv  %s%s%s%s\n", c->name, c->meaning, *c->unit ? " [" : "",
				c->unit, *c->unit ? "]" : "");
	for (const struct column *c = probe_columns; c->name; c++)
		printf("%-18s probes.csv   %s%s%s%s\n", c->name, c->meaning, *c->unit ? " [" : "", c->unit,
			*c->unit ? "]" : "");
	for (const struct column *c = probe_launch_columns; c->name; c++)
		if (!c->factor)
			printf("%-18s probe_launches.csv  %s%s%s%s\n", c->name, c->meaning,
				*c->unit ? " [" : "", c->unit, *c->unit ? "]" : "");
}

static const struct {
	const char *name;
	void (*list)(void);
} lists[] = {{"kernels", list_kernels}, {"variants", list_variants}, {"backends", list_backends},
	{"meters", list_meters}, {"probes", list_probes}, {"columns", list_columns}};

enum { LISTS = sizeof lists / sizeof *lists };

static void help(void)
{
	printf("usage: parscale list [kernels|variants|backends|meters|probes|columns]\n"
	       "       parscale list columns --format markdown\n\n"
	       "Shows what there is, one name first on each line, and why what is missing here is missing. The columns as Markdown\n"
	       "are results/README.md.\n");
}

int list_main(int argc, char **argv, struct err *e)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'}, {"format", required_argument, NULL, 'f'}, {0}};
	unsigned markdown = 0;
	int found;
	optind = 1;
	while ((found = args_next(argc, argv, options, e)) != -1) {
		if (found == '?' || (found == 'f' && choice_parse("--format", "text|markdown", optarg,
							     &markdown, e) != 0))
			return -1;
		if (found == 'h') {
			help();
			return 0;
		}
	}
	if (argc - optind > 1)
		return err_set(e, ERR_USAGE,
			"list: one of kernels, variants, backends, meters, probes, columns, not also '%s'",
			argv[optind + 1]);
	if (markdown) {
		if (optind == argc || strcmp(argv[optind], "columns") != 0)
			return err_set(e, ERR_USAGE, "list: --format markdown is for columns");
		columns_markdown(stdout);
		return 0;
	}
	for (size_t i = 0; i < LISTS; i++)
		if (optind < argc && strcmp(lists[i].name, argv[optind]) == 0) {
			lists[i].list();
			return 0;
		}
	if (optind < argc)
		return err_set(e, ERR_USAGE,
			"list: '%s' is not one of kernels, variants, backends, meters, probes, columns",
			argv[optind]);
	for (size_t i = 0; i < LISTS; i++) {
		printf("%s%s:\n", i ? "\n" : "", lists[i].name);
		lists[i].list();
	}
	return 0;
}
