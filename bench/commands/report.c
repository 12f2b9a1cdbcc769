/* SPDX-License-Identifier: MIT */
/* report.c - the command `report`: a results folder in sentences, tables and charts. */
#include "bench/report/report.h"
#include "base/options.h"
#include "bench/commands/command.h"

enum report_format { HTML, MD, TEXT, ALL, DEFAULT };

struct report_args {
	struct report_request request;
	unsigned format; /* enum report_format */
};

static const struct option_spec specs[] = {
	OPTION_CHOICE("format", struct report_args, format, "html|md|text|all",
		"html: only report.html; md: only report.md; text: print the answers, the main tables and bars, write nothing; all: write both and print"),
	OPTION_TEXT("against", struct report_args, request.against, "BASE",
		"also say what changed against the sweep in folder BASE"),
	OPTION_FLAG("cross-machine", struct report_args, request.cross_machine,
		"even if that was measured on another machine"),
	{0}};

static const struct options options = {
	.usage = "parscale report DIR [options]",
	.about =
		"Reports on the sweep in folder DIR: writes DIR/report.html (one file that needs no network) and DIR/report.md, with the charts of `parscale plot`.",
	.table = specs,
};

int report_main(int argc, char **argv, struct err *e)
{
	struct report_args a = {.format = DEFAULT};
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	if (!(a.request.dir = options_folder(argc, argv, first, e)))
		return -1;
	a.request.html = a.format != MD && a.format != TEXT;
	a.request.md = a.format != HTML && a.format != TEXT;
	a.request.text = a.format == TEXT || a.format == ALL;
	return report_write(&a.request, e);
}
