/* SPDX-License-Identifier: MIT */
/* plot.c - the command `plot`: draws the charts of a results folder again. */
#include "bench/report/plot.h"
#include "base/options.h"
#include "base/units.h"
#include "bench/commands/command.h"

#include <stdio.h>

static const struct options options = {
	.usage = "parscale plot DIR",
	.about =
		"Draws the charts of the sweep in folder DIR into DIR/plots, each as SVG and PNG. Needs gnuplot.",
	.table = (const struct option_spec[]){{0}},
};

int plot_main(int argc, char **argv, struct err *e)
{
	const int first = options_parse(&options, argc, argv, NULL, e);
	if (first <= 0)
		return first;
	const char *dir = options_folder(argc, argv, first, e);
	if (!dir)
		return -1;
	struct dataset d;
	struct plots plots = {0};
	if (dataset_open(&d, dir, e) == 0 && dataset_against_others(&d, e) == 0 &&
		plots_draw(&d, &plots, e) == 0) {
		printf("%s/plots: %zu chart%s, each as SVG and PNG\n", d.dir, plots.count,
			units_plural(plots.count));
		if (*plots.warning)
			fprintf(stderr, "parscale: gnuplot: %s\n", plots.warning);
	}
	plots_free(&plots);
	dataset_close(&d);
	return e->status == ERR_NONE ? 0 : -1;
}
