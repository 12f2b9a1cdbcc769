/* SPDX-License-Identifier: MIT */
/*
 * chart_maps.c - the charts over categories: variants on one worker, threads against processes over
 * size and workers, and the phases of a run.
 */
#include "base/units.h"
#include "bench/backend/backend.h"
#include "bench/report/chart.h"
#include "bench/report/worker_pairs.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <string.h>

static bool failed(const struct summary *s)
{
	return s && !row_ok(s) && s->rejected.known && s->rejected.value > 0;
}

/* Writes setting and counts around a chart about the focus cell's neighbours. */
static void put_words(struct drawing *g, const struct factors *focus, const char *before, const char *bars,
	const char *after)
{
	char setting[256], counts[160];
	cell_setting(focus, setting, sizeof setting);
	snprintf(g->subtitle, sizeof g->subtitle, "%s%s%s", before, *before && *setting ? "; " : "", setting);
	chart_counts(g, bars, counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s%s%s", counts, *after ? " " : "", after);
}

/* variants ---------------------------------------------------------------------------------------------- */

enum { VARIANTS_MOST = 16 };

/* The serial rows of one problem, one a variant. */
static size_t ladder(const struct dataset *d, const struct factors *like, const struct summary **out)
{
	static const char *const free[] = {"variant", NULL};
	size_t n = 0;
	for (size_t i = 0; i < d->summary.count && n < VARIANTS_MOST; i++)
		if (cells_match(&dataset_row(d, i)->cell, like, free))
			out[n++] = dataset_row(d, i);
	return n;
}

/* The problem with the most variants on one worker of back end serial; of those the largest. */
static size_t best_ladder(const struct dataset *d, const char *kernel, const struct summary **best)
{
	size_t most = 0;
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i), *rows[VARIANTS_MOST];
		if (!row_ok(s) || strcmp(s->cell.kernel, kernel) != 0 || !backend_is_caller(s->cell.backend))
			continue;
		size_t n = ladder(d, &s->cell, rows);
		/* NOLINTNEXTLINE(clang-analyzer-core.*): n is at least 1: s itself matches */
		if (n > most || (n == most && s->cell.items.value > best[0]->cell.items.value)) {
			most = n;
			memcpy(best, rows, n * sizeof *rows);
		}
	}
	return most;
}

static double row_rate(const struct summary *s)
{
	return row_ok(s) ? (double)s->cell.items.value / s->median_seconds : 0;
}

bool chart_variants(struct drawing *g, const char *kernel)
{
	const struct summary *row[VARIANTS_MOST] = {NULL};
	size_t n = best_ladder(g->d, kernel, row);
	if (n < 2)
		return false;
	for (size_t i = 1; i < n; i++) /* slowest first */
		for (size_t k = i; k > 0 && row_rate(row[k]) < row_rate(row[k - 1]); k--) {
			const struct summary *swap = row[k];
			row[k] = row[k - 1];
			row[k - 1] = swap;
		}
	double low = INFINITY, high = 0;
	const struct summary *slowest = NULL;
	fprintf(g->vars, "n = %zu\n", n);
	chart_array(g->vars, "names", n);
	for (size_t i = 0; i < n; i++) {
		double rate = row_rate(row[i]), items = (double)row[i]->cell.items.value;
		char text[200] = "", number[32], low_text[32], high_text[32], seconds[32];
		chart_tic(g->vars, "names", i + 1, row[i]->cell.variant);
		fprintf(g->data, "%zu\t", i + 1);
		if (rate > 0) {
			chart_shown(g, row[i]);
			low = fmin(low, rate);
			high = fmax(high, fmin(2 * rate, fmax(rate, items / row[i]->median_low)));
			slowest = slowest ? slowest : row[i];
		}
		chart_real(g->data, rate > 0 ? rate : NAN);
		fputc('\t', g->data);
		chart_real(g->data, items / row[i]->median_high);
		fputc('\t', g->data);
		chart_real(g->data, items / row[i]->median_low);
		fprintf(g->data, "\t%d\t", failed(row[i]));
		if (rate > 0 && row[i] != slowest) {
			struct ranged r = dataset_ratio(g->d, slowest, row[i]);
			if (isnan(r.low))
				snprintf(text, sizeof text, "%s×", units_ratio(r.value, number));
			else
				snprintf(text, sizeof text, "%s× (%s to %s)", units_ratio(r.value, number),
					units_ratio(r.low, low_text), units_ratio(r.high, high_text));
		}
		chart_field(g->data, rate > 0 ? text : failed(row[i]) ? "failed" : "");
		snprintf(text, sizeof text, "%s: %s %s/s, %s, n = %" PRIu64, row[i]->cell.variant,
			units_count(rate, number), kernel_items(kernel),
			units_seconds(row[i]->median_seconds, seconds), row[i]->samples.value);
		fputc('\t', g->data);
		chart_field(g->data, rate > 0 ? text : "");
		fputc('\n', g->data);
	}
	bool logarithmic = high > 30 * low;
	fprintf(g->vars, "xlog = %d\nxlow = %.9g\nxhigh = %.9g\n", logarithmic, logarithmic ? low / 2 : 0,
		logarithmic ? high * pow(high / low, 0.35) : high * 1.3);
	chart_rate_axis(g, "xscale", "yname", kernel, logarithmic ? 0 : high);
	g->high = 200 + 42 * (int)n;
	char before[96], size[32], after[128];
	snprintf(g->title, sizeof g->title, "%s: variants on one worker", kernel);
	struct factors like = row[n - 1]->cell;
	snprintf(like.variant, sizeof like.variant, "%s", "");
	snprintf(before, sizeof before, "%s %s, back end serial", units_size(like.items.value, size),
		kernel_items(kernel));
	snprintf(after, sizeof after, "Factors are relative to %s.", slowest->cell.variant);
	put_words(g, &like, before, "bars: 95 % intervals", after);
	return true;
}

/* threads against processes ----------------------------------------------------------------------------- */

static const struct summary *member(const struct dataset *d, const struct factors *like, const char *backend,
	const char *lifetime, uint64_t workers, uint64_t items)
{
	static const char *const free[] = {"backend", "lifetime", "workers", "size", NULL};
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct factors *f = &dataset_row(d, i)->cell;
		if (f->workers.value == workers && f->items.value == items &&
			strcmp(f->backend, backend) == 0 && strcmp(f->lifetime, lifetime) == 0 &&
			cells_match(f, like, free))
			return dataset_row(d, i);
	}
	return NULL;
}

/* One field of the map; whether both were measured. `insignificant`: in place of a ratio that may be 1. */
static bool put_ratio(struct drawing *g, const struct worker_pair *p, size_t column, size_t row,
	const struct summary *a, const struct summary *b, const char *insignificant)
{
	char text[160] = "", hover[320] = "", value[32], low[32], high[32], ta[32], tb[32];
	int verdict = 2;
	struct ranged r = {1, NAN, NAN};
	bool both = a && b && row_ok(a) && row_ok(b);
	if (both) {
		chart_shown(g, a);
		chart_shown(g, b);
		r = dataset_ratio(g->d, a, b);
		bool spans = r.low <= 1 && r.high >= 1;
		verdict = isnan(r.low) ? 2 : spans ? 0 : 1;
		units_ratio(r.value, value);
		if (verdict == 0)
			snprintf(text, sizeof text, "%s", insignificant);
		else
			snprintf(text, sizeof text, "%s%s", value, verdict == 2 ? " ?" : "");
		int n = snprintf(
			hover, sizeof hover, "%s/%s, %s: %s", p->processes, p->threads, p->lifetime, value);
		if (verdict == 2)
			n += snprintf(
				hover + n, sizeof hover - (size_t)n, ", too few launches for an interval");
		else
			n += snprintf(hover + n, sizeof hover - (size_t)n, " (%s to %s%s)",
				units_ratio(r.low, low), units_ratio(r.high, high),
				spans ? ", not significant" : "");
		snprintf(hover + n, sizeof hover - (size_t)n, "; %s against %s",
			units_seconds(a->median_seconds, ta), units_seconds(b->median_seconds, tb));
	} else if (failed(a) || failed(b)) {
		verdict = 3;
		snprintf(text, sizeof text, "failed");
		snprintf(hover, sizeof hover, "%s failed", failed(a) ? p->processes : p->threads);
	} else
		return false;
	fprintf(g->data, "%zu\t%zu\t%.9g\t%d\t", column, row, r.value, verdict);
	chart_field(g->data, text);
	fputc('\t', g->data);
	chart_field(g->data, hover);
	fputc('\n', g->data);
	return both;
}

bool chart_ratio(struct drawing *g, const char *kernel)
{
	static const char *const free[] = {"backend", "lifetime", "workers", "size", NULL};
	struct worker_pair pairs[WORKER_PAIRS_MOST];
	const struct dataset *d = g->d;
	const struct summary *focus = dataset_focus(d, kernel);
	if (!focus)
		return false;
	uint64_t sizes[AXIS_MOST], workers[AXIS_MOST];
	size_t columns = 0, rows = 0, panels = 0, shown[WORKER_PAIRS_MOST];
	const size_t n = worker_pairs(d, &focus->cell, pairs);
	for (size_t p = 0; p < n; p++) {
		bool any = false;
		for (size_t i = 0; i < d->summary.count; i++) {
			const struct summary *s = dataset_row(d, i);
			if (strcmp(s->cell.backend, pairs[p].processes) != 0 ||
				strcmp(s->cell.lifetime, pairs[p].lifetime) != 0 ||
				!cells_match(&s->cell, &focus->cell, free))
				continue;
			const struct summary *other = member(d, &focus->cell, pairs[p].threads,
				pairs[p].lifetime, s->cell.workers.value, s->cell.items.value);
			if (!other)
				continue;
			columns = axis_add(sizes, columns, s->cell.items.value);
			rows = axis_add(workers, rows, s->cell.workers.value);
			any = any || (row_ok(s) && row_ok(other));
		}
		if (any)
			shown[panels++] = p;
	}
	if (panels == 0)
		return false;
	fprintf(g->vars, "panels = %zu\ncolumns = %zu\nrows = %zu\nacross = %zu\ndown = %zu\n", panels,
		columns, rows, panels > 1 ? (size_t)2 : (size_t)1, (panels + 1) / 2);
	char text[160], size[32];
	const bool wide = columns * (panels > 1 ? 2 : 1) <= 6; /* fields that the words fit in */
	chart_array(g->vars, "heads", panels);
	for (size_t k = 0; k < panels; k++) {
		const struct worker_pair *p = &pairs[shown[k]];
		snprintf(text, sizeof text, "%s / %s, %s", p->processes, p->threads, p->lifetime);
		chart_element(g->vars, "heads", k + 1, text);
		for (size_t c = 0; c < columns; c++)
			for (size_t r = 0; r < rows; r++)
				put_ratio(g, p, c + 1, r + 1,
					member(d, &focus->cell, p->processes, p->lifetime, workers[r],
						sizes[c]),
					member(d, &focus->cell, p->threads, p->lifetime, workers[r],
						sizes[c]),
					wide ? "not significant" : "n.s.");
		fputs("\n\n", g->data);
	}
	chart_array(g->vars, "size_names", columns);
	for (size_t c = 0; c < columns; c++)
		chart_tic(g->vars, "size_names", c + 1, units_size(sizes[c], size));
	chart_array(g->vars, "worker_names", rows);
	for (size_t r = 0; r < rows; r++) {
		snprintf(text, sizeof text, "%" PRIu64, workers[r]);
		chart_tic(g->vars, "worker_names", r + 1, text);
	}
	snprintf(text, sizeof text, "problem size, %s", kernel_items(kernel));
	chart_text(g->vars, "xname", text);
	g->high = 216 + (int)((panels + 1) / 2) * (int)(rows < 3 ? 130 : 30 * rows + 84);
	snprintf(g->title, sizeof g->title, "%s: time of processes / time of threads", kernel);
	put_words(g, &focus->cell, "", "",
		wide ? "Grey: not significant (95 % interval contains 1). ?: too few launches for an interval."
		     : "Grey, n.s.: not significant (95 % interval contains 1). ?: too few launches for an "
		       "interval.");
	return true;
}

/* phases ------------------------------------------------------------------------------------------------ */

static const char *const phase_names[] = {
#define PHASE(name, meaning) #name,
#include "bench/data/measured.def"
};

enum { PHASES = sizeof phase_names / sizeof *phase_names };

static void phases_of(const struct summary *s, double ns[PHASES])
{
	const double all[PHASES] = {
#define PHASE(name, meaning) s->name##_ns,
#include "bench/data/measured.def"
	};
	for (int k = 0; k < PHASES; k++)
		ns[k] = isnan(all[k]) ? 0 : all[k];
}

static void put_bar(
	struct drawing *g, size_t row, const char *name, const struct summary *s, double unit, double end)
{
	double ns[PHASES], from = 0, total = 0;
	char text[200], seconds[32];
	phases_of(s, ns);
	for (int k = 0; k < PHASES; k++)
		total += ns[k];
	for (int k = 0; k < PHASES; k++) {
		if (ns[k] <= 0 || from >= end)
			continue;
		snprintf(text, sizeof text, "%s, %s: %s, %.1f %% of the sum", name, phase_names[k],
			units_seconds(ns[k] * 1e-9, seconds), 100 * ns[k] / total);
		fprintf(g->data, "%zu\t%.9g\t%.9g\t%d\t", row, from / unit, fmin(from + ns[k], end) / unit,
			k + 1);
		chart_field(g->data, text);
		fputc('\n', g->data);
		from += ns[k];
	}
	snprintf(text, sizeof text, "%s%s", total > end ? "\xe2\x86\x92 " : "",
		units_seconds(total * 1e-9, seconds));
	fprintf(g->data, "%zu\t0\t%.9g\t0\t", row, fmin(total, end) / unit);
	chart_field(g->data, text);
	fputc('\n', g->data);
}

bool chart_phases(struct drawing *g, const char *kernel)
{
	static const char *const free_size[] = {"backend", "lifetime", "threads_per_rank", "size", NULL};
	const struct dataset *d = g->d;
	const struct summary *focus = dataset_focus(d, kernel);
	if (!focus)
		return false;
	struct series series[SERIES_MOST];
	uint64_t sizes[AXIS_MOST];
	size_t n = chart_series(d, &focus->cell, "size", series), points = 0, kept = 0, most = 0,
	       have[AXIS_MOST] = {0};
	for (int pass = 0; pass < 2; pass++) /* first the sizes, then how many series have each */
		for (size_t i = 0; i < d->summary.count; i++) {
			const struct summary *s = dataset_row(d, i);
			if (!row_ok(s) || !(s->compute_ns > 0) || backend_is_caller(s->cell.backend) ||
				!cells_match(&s->cell, &focus->cell, free_size))
				continue;
			if (pass == 0)
				points = axis_add(sizes, points, s->cell.items.value);
			for (size_t k = 0; pass == 1 && k < points; k++)
				have[k] += sizes[k] == s->cell.items.value;
		}
	for (size_t k = 0; k < points; k++)
		most = have[k] > most ? have[k] : most;
	for (size_t k = 0; k < points; k++) /* those that most series have */
		if (2 * have[k] > most)
			sizes[kept++] = sizes[k];
	points = kept;
	if (n == 0 || points == 0)
		return false;
	/* the smallest shows what a run costs, the largest what remains of it */
	size_t panels = points > 1 ? 2 : 1, width = 0;
	bool cut = false;
	fprintf(g->vars, "n = %zu\npanels = %zu\nphases = %d\n", n, panels, PHASES);
	chart_array(g->vars, "phase_names", PHASES);
	for (size_t k = 0; k < PHASES; k++)
		chart_element(g->vars, "phase_names", k + 1, phase_names[k]);
	chart_array(g->vars, "names", n);
	for (size_t k = 0; k < n; k++) {
		char name[128];
		series_name(series, n, k, name, sizeof name);
		chart_tic(g->vars, "names", n - k, name); /* the first on top */
		width = strlen(name) > width ? strlen(name) : width;
	}
	fprintf(g->vars, "name_width = %zu\n", width < 40 ? width : (size_t)40);
	chart_array(g->vars, "heads", panels);
	chart_array(g->vars, "units", panels);
	chart_array(g->vars, "ends", panels);
	for (size_t p = 0; p < panels; p++) {
		const struct summary *found[SERIES_MOST] = {NULL};
		double lengths[SERIES_MOST], ns[PHASES];
		size_t bars = 0;
		for (size_t k = 0; k < n; k++) {
			for (size_t i = 0; i < d->summary.count && !found[k]; i++) {
				const struct summary *s = dataset_row(d, i);
				if (s->cell.items.value == sizes[p == 0 ? 0 : points - 1] &&
					series_has(&series[k], "size", s))
					found[k] = s;
			}
			if (found[k] && row_ok(found[k])) {
				phases_of(found[k], ns);
				lengths[bars] = 0;
				for (int i = 0; i < PHASES; i++)
					lengths[bars] += ns[i];
				bars++;
			}
		}
		const double longest = chart_end(lengths, bars);
		cut |= bars > 0 && lengths[bars - 1] > longest;
		char unit_name[8];
		double unit = 1e9 * units_seconds_unit(longest * 1e-9, unit_name);
		for (size_t k = 0; k < n; k++) {
			char name[128];
			series_name(series, n, k, name, sizeof name);
			if (found[k] && row_ok(found[k])) {
				chart_shown(g, found[k]);
				put_bar(g, n - k, name, found[k], unit, longest);
			} else if (failed(found[k]))
				fprintf(g->data, "%zu\t0\t0\t-1\t\n", n - k);
		}
		fputs("\n\n", g->data);
		char head[96], size[32];
		snprintf(head, sizeof head, "%s %s", units_size(sizes[p == 0 ? 0 : points - 1], size),
			kernel_items(kernel));
		chart_element(g->vars, "heads", p + 1, head);
		chart_element(g->vars, "units", p + 1, unit_name);
		fprintf(g->vars, "ends[%zu] = %.9g\n", p + 1, longest / unit * 1.3);
	}
	g->high = 240 + 30 * (int)n;
	char before[64];
	snprintf(before, sizeof before, "%" PRIu64 " worker%s", focus->cell.workers.value,
		units_plural(focus->cell.workers.value));
	snprintf(g->title, sizeof g->title, "%s: where the time goes", kernel);
	put_words(g, &focus->cell, before, "",
		cut ? "Each phase is its own median; their sum may differ from the median run. Arrow: bar truncated."
		    : "Each phase is its own median; their sum may differ from the median run.");
	return true;
}
