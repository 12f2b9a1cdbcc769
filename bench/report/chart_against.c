/* SPDX-License-Identifier: MIT */
/* chart_against.c - the chart of changes against other sweeps: the ratios of times of each cell. */
#include "base/units.h"
#include "bench/report/chart.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AGAINST_MOST = 40 };

/* A cell, and what each base says of it. */
struct changed {
	const struct comparison *
		*of; /* a place per base; NULL: it does not have the cell, or no time of it */
	const struct comparison *urgent;
	double middle; /* geometric mean of the ratios */
};

struct changes {
	struct changed *cells;
	const struct comparison **places;
	size_t count, bases;
};

static int by_urgency(const void *a, const void *b)
{
	return comparison_by_urgency(
		((const struct changed *)a)->urgent, ((const struct changed *)b)->urgent);
}

static int by_ratio(const void *a, const void *b)
{
	const double x = ((const struct changed *)a)->middle, y = ((const struct changed *)b)->middle;
	return (x > y) - (x < y);
}

static void add(struct changes *all, size_t base, const struct comparison *c)
{
	size_t i = 0;
	while (i < all->count && factors_compare(&all->cells[i].urgent->cell, &c->cell) != 0)
		i++;
	struct changed *cell = &all->cells[i];
	if (i == all->count) {
		cell->of = all->places + all->count++ * all->bases;
		cell->urgent = c;
	}
	cell->of[base] = c;
	if (comparison_by_urgency(c, cell->urgent) < 0)
		cell->urgent = c;
}

static double middle(const struct changes *all, const struct changed *cell)
{
	double sum = 0, n = 0;
	for (size_t k = 0; k < all->bases; k++)
		if (cell->of[k]) {
			sum += log(cell->of[k]->ratio);
			n++;
		}
	return exp(sum / n);
}

/* The cells with a ratio, the most urgent first. Whether there are any; freed by the caller. */
static bool find(const struct dataset *d, struct changes *all)
{
	size_t rows = 0;
	for (size_t k = 0; k < d->base_count; k++)
		rows += d->bases[k].compared.count;
	*all = (struct changes){.cells = calloc(rows + 1, sizeof *all->cells),
		.places = calloc(rows * d->base_count + 1, sizeof *all->places),
		.bases = d->base_count};
	for (size_t k = 0; all->cells && all->places && k < d->base_count; k++)
		for (size_t i = 0; i < d->bases[k].compared.count; i++) {
			const struct comparison *c = table_row(&d->bases[k].compared, i);
			if (comparison_verdict(c) != VERDICT_UNMEASURED && c->ratio > 0)
				add(all, k, c);
		}
	for (size_t i = 0; i < all->count; i++)
		all->cells[i].middle = middle(all, &all->cells[i]);
	if (all->count > 0)
		qsort(all->cells, all->count, sizeof *all->cells, by_urgency);
	return all->count > 0;
}

static void put_change(struct drawing *g, double place, size_t base, const struct comparison *c)
{
	static const int code[VERDICT_COUNT] = {
		[VERDICT_SLOWER] = 1, [VERDICT_FASTER] = 2, [VERDICT_SAME] = 3, [VERDICT_UNDECIDED] = 4};
	const struct dataset *d = g->d;
	char name[160], text[400], before[UNITS_RANGE_BYTES], now[UNITS_RANGE_BYTES];
	cell_name(&c->cell, name, sizeof name);
	fprintf(g->data, "%.9g\t%.9g\t", place, c->ratio);
	chart_real(g->data, c->ratio_low);
	fputc('\t', g->data);
	chart_real(g->data, c->ratio_high);
	fprintf(g->data, "\t%d\t%zu\t", code[comparison_verdict(c)], base + 1);
	snprintf(text, sizeof text, "%s: %.3f, %s; %.60s %s, this sweep %s", name, c->ratio, c->verdict,
		d->base_count > 1 ? d->bases[base].name : "baseline", units_seconds(c->a_seconds, before),
		units_seconds(c->b_seconds, now));
	chart_field(g->data, text);
	fputc('\n', g->data);
}

/* The lines of a cell's bases lie below each other, in their order, within 0.7 of its row. */
static void put_cells(struct drawing *g, const struct changes *all, size_t n)
{
	double low = 0.95, high = 1.05;
	size_t width = 0;
	chart_array(g->vars, "names", n);
	for (size_t i = 0; i < n; i++) {
		char name[160];
		cell_name(&all->cells[i].urgent->cell, name, sizeof name);
		chart_tic(g->vars, "names", i + 1, name);
		width = strlen(name) > width ? strlen(name) : width;
		for (size_t k = 0; k < all->bases; k++) {
			const struct comparison *c = all->cells[i].of[k];
			const double middle = ((double)all->bases - 1) / 2;
			if (!c)
				continue;
			put_change(
				g, (double)(i + 1) + 0.7 * (middle - (double)k) / (double)all->bases, k, c);
			low = fmin(low, fmin(c->ratio, c->ratio_low));
			high = fmax(high, fmax(c->ratio, c->ratio_high));
		}
	}
	fprintf(g->vars, "name_width = %zu\nxlow = %.6g\nxhigh = %.6g\n", width < 60 ? width : (size_t)60,
		low / 1.04, high * 1.04);
}

bool chart_against(struct drawing *g, const char *all_kernels)
{
	const struct dataset *d = g->d;
	struct changes all;
	(void)all_kernels;
	if (!find(d, &all)) {
		free(all.cells);
		free(all.places);
		return false;
	}
	const size_t n = all.count < AGAINST_MOST ? all.count : AGAINST_MOST;
	qsort(all.cells, n, sizeof *all.cells, by_ratio);
	fprintf(g->vars, "n = %zu\nmargin = %.9g\nbases = %zu\n", n, d->bases[0].rules.margin, all.bases);
	chart_array(g->vars, "base_names", all.bases);
	for (size_t k = 0; k < all.bases; k++)
		chart_element(g->vars, "base_names", k + 1, d->bases[k].name);
	put_cells(g, &all, n);
	g->high = 220 + (int)n * (all.bases > 1 ? 6 + 10 * (int)all.bases : 17);
	snprintf(g->title, sizeof g->title, "Changes against %s",
		all.bases > 1 ? "several baselines" : "the baseline sweep");
	if (all.bases > 1)
		snprintf(g->subtitle, sizeof g->subtitle,
			"filled: faster or slower; hollow: same or undecided");
	else
		snprintf(g->subtitle, sizeof g->subtitle, "%.200s%s%s", d->bases[0].dir,
			*d->bases[0].machine ? ": " : "", d->bases[0].machine);
	snprintf(g->note, sizeof g->note,
		"%zu of %zu cells, changed ones first. Ratios of medians over launches; bars: 95 %% intervals.",
		n, all.count);
	free(all.cells);
	free(all.places);
	return true;
}
