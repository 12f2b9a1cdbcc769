/* SPDX-License-Identifier: MIT */
/*
 * chart_probe.c - the chart of a probe: the time of each of its cases, as a ladder on a logarithmic
 * axis.
 */
#include "base/units.h"
#include "bench/probe/probe.h"
#include "bench/report/chart.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MOST = 64 };

static int by_median(const void *a, const void *b)
{
	double x = (*(const struct probe_row *const *)a)->median,
	       y = (*(const struct probe_row *const *)b)->median;
	return (x > y) - (x < y);
}

/* The ok rows of a probe's first number, which is a time; how many there are, the first
 * CASES_MOST in `out`. */
static size_t cases(const struct dataset *d, const char *probe, const struct probe_row **out)
{
	const char *metric = NULL;
	size_t n = 0;
	for (size_t i = 0; i < d->probes.count; i++) {
		const struct probe_row *r = table_row(&d->probes, i);
		if (strcmp(r->of.probe, probe) != 0)
			continue;
		metric = metric ? metric : r->of.metric;
		if (strcmp(r->of.metric, metric) != 0 || strcmp(r->of.unit, "ns") != 0 ||
			strcmp(r->status, "ok") != 0 || !(r->median > 0))
			continue;
		if (n < CASES_MOST)
			out[n] = r;
		n++;
	}
	return n;
}

/* Of a case: what its workers are; or that its bar covers most of the axis. */
enum kind { THREAD = 1, PROCESS, NEITHER, NOISY };

static enum kind kind_of(const struct probe_row *r)
{
	return strcmp(r->of.worker, "thread") == 0    ? THREAD
	       : strcmp(r->of.worker, "process") == 0 ? PROCESS
						      : NEITHER;
}

/* Whether the bar of a case covers most of an axis: its median says next to nothing. */
static bool spans_axis(const struct probe_row *r, double low, double high)
{
	const double most = 0.7;
	return log(r->median_high / r->median_low) > most * log(high / low); /* false where there is no bar */
}

static void put_case(
	struct drawing *g, size_t place, const struct probe_row *r, enum kind kind, size_t *width)
{
	char name[160], text[400], seconds[UNITS_RANGE_BYTES], range[UNITS_RANGE_BYTES], ratio[32];
	snprintf(name, sizeof name, "%s%s%s", r->of.mechanism, *r->of.setting ? ", " : "", r->of.setting);
	chart_tic(g->vars, "names", place, name);
	*width = strlen(name) > *width ? strlen(name) : *width;
	fprintf(g->data, "%zu\t%.9g\t", place, r->median * 1e-9);
	chart_real(g->data, r->median_low * 1e-9);
	fputc('\t', g->data);
	chart_real(g->data, r->median_high * 1e-9);
	int n = snprintf(text, sizeof text, "%s: %s", name, units_seconds(r->median * 1e-9, seconds));
	if (!isnan(r->median_low))
		n += snprintf(text + n, sizeof text - (size_t)n, " (%s)",
			units_seconds_range(r->median_low * 1e-9, r->median_high * 1e-9, range));
	if (r->ratio > 0)
		n += snprintf(text + n, sizeof text - (size_t)n, ", %s times %s",
			units_ratio(r->ratio, ratio), r->base);
	if (kind == NOISY && (size_t)n < sizeof text)
		snprintf(text + n, sizeof text - (size_t)n, ", too noisy");
	fprintf(g->data, "\t%d\t", (int)kind);
	chart_field(g->data, text);
	fputc('\n', g->data);
}

bool chart_probe(struct drawing *g, const char *probe)
{
	const struct probe_row *row[CASES_MOST];
	size_t all = cases(g->d, probe, row), n = all < CASES_MOST ? all : CASES_MOST, width = 0;
	if (n == 0 || paths_say_it(g->d, probe) || caches_say_it(g->d, probe))
		return false;
	qsort(row, n, sizeof *row, by_median);
	fprintf(g->vars, "n = %zu\n", n);
	chart_array(g->vars, "names", n);
	double low = INFINITY, high = 0;
	bool has[NOISY + 1] = {false};
	for (size_t i = 0; i < n; i++) {
		low = fmin(low, fmin(row[i]->median, row[i]->median_low));
		high = fmax(high, fmax(row[i]->median, row[i]->median_high));
	}
	for (size_t i = 0; i < n; i++) {
		const enum kind kind = n > 1 && spans_axis(row[i], low, high) ? NOISY : kind_of(row[i]);
		put_case(g, i + 1, row[i], kind, &width);
		chart_probed(g, row[i]);
		has[kind] = true;
	}
	fprintf(g->vars, "name_width = %zu\nxlow = %.6g\nxhigh = %.6g\n", width < 64 ? width : (size_t)64,
		low * 1e-9 / 1.5, high * 1e-9 * 1.5);
	chart_array(g->vars, "has", NOISY);
	for (int k = THREAD; k <= NOISY; k++)
		fprintf(g->vars, "has[%d] = %d\n", k, has[k]);
	char name[96];
	snprintf(name, sizeof name, "time, %s", row[0]->of.metric);
	chart_text(g->vars, "xname", name);
	g->high = 210 + 18 * (int)n;
	struct err unknown = {0}; /* a probe of another version */
	const struct probe *known = probe_find(probe, &unknown);
	snprintf(g->title, sizeof g->title, "%s%s%s", probe, known ? ": " : "", known ? known->summary : "");
	snprintf(g->subtitle, sizeof g->subtitle,
		"what is timed and what to expect: parscale probe %s --help", probe);
	chart_probed_note(g, all > n ? " Only the first cases are shown." : "");
	return true;
}
