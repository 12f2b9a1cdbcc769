/* SPDX-License-Identifier: MIT */
/*
 * chart_samples.c - the charts of single samples: deviation from the cell's median over time
 * (drift), and the distribution within a cell (spread).
 *
 * Cells are measured in random order, so deviations of all cells together, cut into stretches of
 * time, show drift of the machine: the median of a stretch should be 0.
 */
#include "base/units.h"
#include "bench/report/chart.h"
#include "bench/stats/stats.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* drift ------------------------------------------------------------------------------------------------- */

struct moment {
	double minute, percent; /* percent NAN: failed */
	unsigned kernel;        /* index */
	bool canary;            /* of the cell that is launched in every block for this chart's sake */
	uint64_t block;
};

static int by_minute(const void *a, const void *b)
{
	double x = ((const struct moment *)a)->minute, y = ((const struct moment *)b)->minute;
	return (x > y) - (x < y);
}

enum { KERNELS = 6, STRETCHES = 24, BLOCKS = 16 };

/* Every sample with a stamp, in the order they were taken; how many. Samples of cells with fewer than three,
 * or of kernels beyond the first KERNELS, are left out. */
static size_t moments(const struct dataset *d, const char *const *kernel, size_t subjects, struct moment *out)
{
	size_t n = 0;
	const struct summary *row = NULL;
	const double canary = dataset_number(d, "plan.canary"); /* NAN: none */
	for (size_t i = 0; i < d->samples.count; i++) {
		const struct sample *s = table_row(&d->samples, i);
		if (!(s->stamp > 0))
			continue;
		if (!row || factors_compare(&row->cell, &s->cell) != 0)
			row = dataset_summary_of(d, &s->cell);
		size_t k = 0;
		while (k < subjects && strcmp(kernel[k], s->cell.kernel) != 0)
			k++;
		bool ok = strcmp(s->status, "ok") == 0 && s->seconds > 0;
		if (k == subjects || !row || (ok && row->samples.value < 3))
			continue;
		out[n++] = (struct moment){.minute = s->stamp / 60,
			.percent = ok ? 100 * (s->seconds / row->median_seconds - 1) : NAN,
			.kernel = (unsigned)k,
			.canary = s->cell_id.known && (double)s->cell_id.value == canary,
			.block = s->block.value};
	}
	qsort(out, n, sizeof *out, by_minute);
	for (size_t i = n; i-- > 0;)
		out[i].minute -= out[0].minute;
	return n;
}

/* What a stretch of time was like. */
struct stretch {
	double middle; /* minute */
	size_t samples;
	double median, low, high; /* percent; quartiles. NAN below three samples */
};

struct course { /* of the whole sweep, all cells together */
	struct moment *all;
	size_t count, ok;
	double *sorted; /* the percentages of those that are ok */
	struct stretch stretch[STRETCHES];
};

static void course_free(struct course *t)
{
	free(t->all);
	free(t->sorted);
}

/* Whether there is enough to tell a drift; freed by course_free either way. */
static bool course_read(const struct dataset *d, const char *const *kernel, size_t subjects, struct course *t)
{
	*t = (struct course){.all = calloc(d->samples.count + 1, sizeof *t->all),
		.sorted = calloc(d->samples.count + 1, sizeof *t->sorted)};
	if (!t->all || !t->sorted)
		return false;
	t->count = moments(d, kernel, subjects, t->all);
	double *work = t->sorted, step = t->count > 0 ? t->all[t->count - 1].minute / STRETCHES : 0;
	if (!(step > 0))
		return false;
	size_t at = 0;
	for (int k = 0; k < STRETCHES; k++) {
		size_t n = 0;
		for (; at < t->count && (t->all[at].minute <= (k + 1) * step || k + 1 == STRETCHES); at++)
			if (!isnan(t->all[at].percent))
				work[n++] = t->all[at].percent;
		stats_sort(work, n);
		t->stretch[k] = (struct stretch){(k + 0.5) * step, n, n < 3 ? NAN : stats_median(work, n),
			n < 3 ? NAN : stats_quantile(work, n, 0.25),
			n < 3 ? NAN : stats_quantile(work, n, 0.75)};
	}
	for (size_t i = 0; i < t->count; i++)
		if (!isnan(t->all[i].percent))
			work[t->ok++] = t->all[i].percent;
	stats_sort(work, t->ok);
	return t->ok >= 12;
}

double course_worst(const struct dataset *d)
{
	enum { ENOUGH = 12 }; /* samples of a stretch, for its median to say something */
	const char *kernel[KERNELS];
	struct course t;
	double worst = NAN;
	if (course_read(d, kernel, dataset_kernels(d, kernel, KERNELS), &t))
		for (int k = 0; k < STRETCHES; k++)
			if (t.stretch[k].samples >= ENOUGH)
				worst = fmax(worst, fabs(t.stretch[k].median));
	course_free(&t);
	return worst;
}

static void put_drift(struct drawing *g, const struct course *t, const char *const *kernel, size_t subjects)
{
	enum { MOST_POINTS = 900 }; /* more would be a cloud, and a large file */
	const struct moment *m = t->all;
	size_t n = t->count, beyond = 0, failures = 0, blocks = 0, each = (n + MOST_POINTS - 1) / MOST_POINTS;
	double low = fmin(-2, 1.4 * stats_quantile(t->sorted, t->ok, 0.02)),
	       high = fmax(2, 1.4 * stats_quantile(t->sorted, t->ok, 0.98));
	/* a NAN ends each list, so that an index without samples stays an index */
	for (unsigned k = 0; k < subjects; k++) {
		for (size_t i = 0; i < n; i += each)
			if (m[i].kernel == k && m[i].percent >= low && m[i].percent <= high)
				fprintf(g->data, "%.6g\t%.4g\n", m[i].minute, m[i].percent);
		fputs("NaN\tNaN\n\n\n", g->data);
	}
	for (int k = 0; k < STRETCHES; k++) {
		const double value[] = {t->stretch[k].median, t->stretch[k].low, t->stretch[k].high};
		fprintf(g->data, "%.6g", t->stretch[k].middle);
		for (int i = 0; i < 3; i++) {
			fputc('\t', g->data);
			chart_real(g->data, value[i]);
		}
		fputc('\n', g->data);
	}
	fputs("\n\n", g->data);
	for (int below = 0; below < 2; below++) {
		for (size_t i = 0; i < n; i++)
			if (below ? m[i].percent < low : m[i].percent > high) {
				fprintf(g->data, "%.6g\n", m[i].minute);
				beyond++;
			}
		fputs("NaN\n\n\n", g->data);
	}
	for (size_t i = 0; i < n; i++)
		if (isnan(m[i].percent)) {
			fprintf(g->data, "%.6g\n", m[i].minute);
			failures++;
		}
	fputs("NaN\n\n\n", g->data);
	size_t canaries = 0;
	for (size_t i = 0; i < n; i++)
		if (m[i].canary && m[i].percent >= low && m[i].percent <= high) {
			fprintf(g->data, "%.6g\t%.4g\n", m[i].minute, m[i].percent);
			canaries++;
		}
	fputs("NaN\tNaN\n\n\n", g->data);
	fprintf(g->vars, "canaries = %zu\n", canaries);
	chart_array(g->vars, "block_at", BLOCKS);
	for (size_t i = 1; i < n && blocks < BLOCKS; i++)
		if (m[i].block > m[i - 1].block && m[i].block > blocks)
			fprintf(g->vars, "block_at[%zu] = %.6g\n", ++blocks, m[i].minute);
	fprintf(g->vars, "blocks = %zu\nbeyond = %d\nfailures = %d\nn = %zu\n", blocks, beyond > 0,
		failures > 0, subjects);
	fprintf(g->vars, "xhigh = %.6g\nylow = %.6g\nyhigh = %.6g\n", m[n - 1].minute * 1.01, low, high);
	chart_array(g->vars, "names", subjects);
	for (size_t k = 0; k < subjects; k++)
		chart_element(g->vars, "names", k + 1, kernel[k]);
	char thinned[48] = "";
	if (each > 1)
		snprintf(thinned, sizeof thinned, " (one in %zu drawn)", each);
	snprintf(g->title, sizeof g->title, "Every sample over the time of the sweep");
	snprintf(g->subtitle, sizeof g->subtitle,
		"cells with at least 3 samples; deviation of each sample from its cell's median");
	snprintf(g->note, sizeof g->note,
		"%zu samples%s, %zu of them outside the chart. On a steady machine the median line stays at 0.",
		t->ok, thinned, beyond);
}

bool chart_drift(struct drawing *g, const char *all)
{
	const char *kernel[KERNELS];
	size_t subjects = dataset_kernels(g->d, kernel, KERNELS);
	struct course t;
	(void)all;
	bool shows = course_read(g->d, kernel, subjects, &t);
	if (shows)
		put_drift(g, &t, kernel, subjects);
	course_free(&t);
	return shows;
}

/* spread ------------------------------------------------------------------------------------------------ */

bool chart_spread(struct drawing *g, const char *kernel)
{
	const struct summary *focus = dataset_focus(g->d, kernel);
	struct series series[SERIES_MOST];
	const struct summary *row[SERIES_MOST];
	size_t found = focus ? chart_series(g->d, &focus->cell, "", series) : 0, n = 0, points = 0;
	double low = INFINITY, high = 0;
	for (size_t k = 0; k < found; k++) {
		const struct summary *s = dataset_summary_of(g->d, series[k].of);
		size_t count;
		const double *x = dataset_samples(g->d, s, &count);
		if (count < 3)
			continue;
		series[n] = series[k];
		row[n++] = s;
		points += count;
		low = fmin(low, x[0]);
		high = fmax(high, x[count - 1]);
	}
	if (n == 0)
		return false;
	char scale_name[8], text[200], setting[256], size[32], seconds[32];
	double unit = units_seconds_unit(high, scale_name);
	/* where some take many times as long as others a linear axis would press the rest into one line */
	const bool logarithmic = high > 15 * low;
	fprintf(g->vars, "n = %zu\nxlog = %d\nxlow = %.9g\nxhigh = %.9g\n", n, logarithmic,
		(logarithmic ? low / 1.2 : low - 0.03 * (high - low)) / unit,
		(logarithmic ? high * 1.2 : high + 0.03 * (high - low)) / unit);
	chart_text(g->vars, "unit", scale_name);
	chart_array(g->vars, "names", n);
	chart_array(g->vars, "styles", n);
	chart_array(g->vars, "forms", n);
	for (size_t k = 0; k < n; k++) {
		size_t count;
		const double *x = dataset_samples(g->d, row[k], &count);
		char name[128];
		series_name(series, n, k, name, sizeof name);
		chart_style(g->vars, &series[k], k + 1, name);
		chart_shown(g, row[k]);
		for (size_t i = 0; i < count; i++) {
			bool marked = i == 0 || i + 1 == count || i == count / 4 || i == count / 2 ||
				      i == 3 * count / 4;
			snprintf(text, sizeof text, "%s: %zu of %zu samples took at most %s", name, i + 1,
				count, units_seconds(x[i], seconds));
			fprintf(g->data, "%.9g\t%.6g\t%d\t", x[i] / unit, (double)(i + 1) / (double)count,
				marked);
			chart_field(g->data, text);
			fputc('\n', g->data);
		}
		fputs("\n\n", g->data);
	}
	snprintf(g->title, sizeof g->title, "%s: distribution of run times", kernel);
	cell_setting(&focus->cell, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%s %s, %" PRIu64 " worker%s; %s",
		units_size(focus->cell.items.value, size), kernel_items(kernel), focus->cell.workers.value,
		units_plural(focus->cell.workers.value), setting);
	snprintf(g->note, sizeof g->note,
		"%zu samples of %zu cell%s, at least %" PRIu64
		" each. The median is where a line crosses 0.5.",
		points, n, units_plural(n), g->samples_least);
	return true;
}
