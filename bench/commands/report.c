/* SPDX-License-Identifier: MIT */
/* report.c - the command `report`: a results folder in sentences, tables and charts. */
#include "bench/report/report.h"
#include "base/number.h"
#include "base/options.h"
#include "base/wrap.h"
#include "bench/commands/command.h"

struct parsed {
	struct report_request request;
	bool help;
};

static void help(void)
{
	wrap_text(stdout,
		"usage: parscale report DIR [options]\n\n"
		"Reports on the sweep in folder DIR: writes DIR/report.html (one file that needs no network) and DIR/report.md, with the charts of `parscale plot`.\n\n"
		"  --format html|md|text|all  only report.html; only report.md; text: print the answers, the main tables and bars, write nothing; all: write both and print\n"
		"  --against BASE             also say what changed against the sweep in folder BASE\n"
		"  --cross-machine            even if that was measured on another machine\n"
		"  --help                     this text\n");
}

static int parse(int argc, char **argv, struct parsed *p, struct err *e)
{
	enum { HTML, MD, TEXT, ALL, DEFAULT };
	static const struct option options[] = {{"format", required_argument, NULL, 'f'},
		{"against", required_argument, NULL, 'a'}, {"cross-machine", no_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'}, {0}};
	unsigned format = DEFAULT;
	optind = 1;
	for (int c; (c = options_next(argc, argv, options, e)) != -1;) {
		if (c == 'h') {
			p->help = true;
			return 0;
		}
		if (c == 'a')
			p->request.against = optarg;
		else if (c == 'c')
			p->request.cross_machine = true;
		else if (c != 'f' || choice_parse("--format", "html|md|text|all", optarg, &format, e) != 0)
			return -1;
	}
	if (!(p->request.dir = options_folder(argc, argv, e)))
		return -1;
	p->request.html = format != MD && format != TEXT;
	p->request.md = format != HTML && format != TEXT;
	p->request.text = format == TEXT || format == ALL;
	return 0;
}

int report_main(int argc, char **argv, struct err *e)
{
	struct parsed p = {0};
	if (parse(argc, argv, &p, e) == 0) {
		if (p.help)
			help();
		else
			report_write(&p.request, e);
	}
	return (int)e->status;
}
