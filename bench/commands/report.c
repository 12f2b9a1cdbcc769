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
		"html: write report.html; md: write report.md; text: print answers, main tables and bars, write nothing; all: write both and print (default: write both)"),
	OPTION_CALL("against", struct report_args, request.against, options_add_text, "BASE",
		"add what changed since the sweep in folder BASE; may be repeated (default: the other programs of this sweep, if it measured several)"),
	OPTION_FLAG("cross-machine", struct report_args, request.cross_machine,
		"allow a BASE from another machine"),
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
