/* SPDX-License-Identifier: MIT */
/* plot.c - the command `plot`: draws the charts of a results folder again. */
#include "bench/report/plot.h"
#include "base/options.h"
#include "base/wrap.h"
#include "bench/commands/command.h"

#include <stdio.h>

int plot_main(int argc, char **argv, struct err *e)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
	optind = 1;
	for (int c; (c = options_next(argc, argv, options, e)) != -1;) {
		if (c != 'h')
			return ERR_USAGE;
		wrap_text(stdout,
			"usage: parscale plot DIR\n\n"
			"Draws the charts of the sweep in folder DIR into DIR/plots, each as SVG and PNG. Needs gnuplot.\n\n"
			"  --help  this text\n");
		return 0;
	}
	const char *dir = options_folder(argc, argv, e);
	if (!dir)
		return ERR_USAGE;
	struct dataset d;
	struct plots plots = {0};
	if (dataset_open(&d, dir, e) == 0 && plots_draw(&d, &plots, e) == 0) {
		printf("%s/plots: %zu chart%s, each as SVG and PNG\n", d.dir, plots.count,
			plots.count == 1 ? "" : "s");
		if (*plots.warning)
			fprintf(stderr, "parscale: gnuplot: %s\n", plots.warning);
	}
	plots_free(&plots);
	dataset_close(&d);
	return (int)e->status;
}
