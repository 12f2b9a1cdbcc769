/* SPDX-License-Identifier: MIT */
/* chart_against.c - the chart of changes against another sweep: the ratio of times of each cell. */
#include "base/units.h"
#include "bench/report/chart.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AGAINST_MOST = 40 };

static int by_ratio(const void *a, const void *b)
{
	double x = (*(const struct comparison *const *)a)->ratio,
	       y = (*(const struct comparison *const *)b)->ratio;
	return (x > y) - (x < y);
}

static void put_change(
	struct drawing *g, size_t place, const struct comparison *c, double *low, double *high, size_t *width)
{
	static const int code[VERDICT_COUNT] = {
		[VERDICT_SLOWER] = 1, [VERDICT_FASTER] = 2, [VERDICT_SAME] = 3, [VERDICT_UNDECIDED] = 4};
	char name[160], text[400], before[UNITS_RANGE_BYTES], now[UNITS_RANGE_BYTES];
	cell_name(&c->cell, name, sizeof name);
	chart_tic(g->vars, "names", place, name);
	*width = strlen(name) > *width ? strlen(name) : *width;
	*low = fmin(*low, fmin(c->ratio, c->ratio_low));
	*high = fmax(*high, fmax(c->ratio, c->ratio_high));
	fprintf(g->data, "%zu\t%.9g\t", place, c->ratio);
	chart_real(g->data, c->ratio_low);
	fputc('\t', g->data);
	chart_real(g->data, c->ratio_high);
	fprintf(g->data, "\t%d\t", code[comparison_verdict(c)]);
	snprintf(text, sizeof text, "%s: %.3f, %s; baseline %s, this sweep %s", name, c->ratio, c->verdict,
		units_seconds(c->a_seconds, before), units_seconds(c->b_seconds, now));
	chart_field(g->data, text);
	fputc('\n', g->data);
}

bool chart_against(struct drawing *g, const char *all)
{
	const struct dataset *d = g->d;
	const struct comparison *shown[AGAINST_MOST];
	size_t n = 0, comparable = 0, width = 0;
	double low = 0.95, high = 1.05;
	(void)all;
	for (size_t i = 0; i < d->compared.count; i++) {
		const struct comparison *c = table_row(&d->compared, i);
		if (comparison_verdict(c) == VERDICT_UNMEASURED || !(c->ratio > 0))
			continue;
		comparable++;
		if (n < AGAINST_MOST)
			shown[n++] = c; /* most urgent first */
	}
	if (n == 0)
		return false;
	qsort(shown, n, sizeof *shown, by_ratio);
	fprintf(g->vars, "n = %zu\nmargin = %.9g\n", n, d->rules.margin);
	chart_array(g->vars, "names", n);
	for (size_t i = 0; i < n; i++)
		put_change(g, i + 1, shown[i], &low, &high, &width);
	fprintf(g->vars, "name_width = %zu\nxlow = %.6g\nxhigh = %.6g\n", width < 60 ? width : (size_t)60,
		low / 1.04, high * 1.04);
	g->high = 220 + 17 * (int)n;
	snprintf(g->title, sizeof g->title, "Changes against the baseline sweep");
	snprintf(g->subtitle, sizeof g->subtitle, "%.200s%s%s", d->base, *d->base_machine ? ": " : "",
		d->base_machine);
	snprintf(g->note, sizeof g->note,
		"%zu of %zu cells, changed ones first. Ratios of medians over launches; bars: 95 %% intervals.",
		n, comparable);
	return true;
}
