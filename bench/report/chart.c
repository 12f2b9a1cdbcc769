/* SPDX-License-Identifier: MIT */
/*
 * chart.c - the table of charts, and what their prepare functions share: quoting for gnuplot,
 * series of cells, axes and captions.
 */
#include "bench/report/chart.h"
#include "bench/report/label.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const double report_margin = 0.05;

const struct chart charts[] = {
	{"speedup", "How much faster is it with more workers?",
		"Higher is better. The ideal is as many times as there are workers, up to the CPUs. Points "
		"stand a little apart for their bars to be seen.",
		OF_KERNEL, chart_speedup},
	{"efficiency", "How much of each worker is put to use?",
		"1 is all of it. Where workers outnumber CPUs the ideal falls, for they take turns.",
		OF_KERNEL, chart_efficiency},
	{"weak", "Does each worker keep its pace when the problem grows with the workers?",
		"1 is the pace of one worker alone. Every worker has the same share, so the problem grows "
		"along the axis.",
		OF_KERNEL, chart_weak},
	{"throughput", "How fast is it at which problem size?",
		"Higher is better. On the left the cost of handing out work shows, on the right the cost of "
		"memory.",
		OF_KERNEL, chart_throughput},
	{"ratio", "Threads or processes: which, and from which size does it matter?",
		"Time of processes over time of threads. Grey: no difference can be told. Coloured: it can, "
		"however small; the deeper, the further from 1.",
		OF_KERNEL, chart_ratio},
	{"breakeven", "From which size does it pay?",
		"Left is sooner. Below that size starting workers and collecting from them costs more than "
		"they save.",
		OF_KERNEL, chart_breakeven},
	{"phases", "What is a run's time made of?",
		"Left the smallest problem, where a run costs mostly itself; right the largest. Pools are "
		"launched once, before.",
		OF_KERNEL, chart_phases},
	{"workers", "Do the workers begin and end together?",
		"A bar is a worker. Grey is waiting: at the gate for those that are not ready, at the end "
		"for those that are not done. What is uneven on the "
		"right is lost.",
		OF_KERNEL, chart_workers},
	{"variants", "What do vector instructions bring on one worker?",
		"Higher is better; all variants give the same answer.", OF_KERNEL, chart_variants},
	{"spread", "How far do repetitions differ?",
		"Steep is steady. A step to the right is a launch that ran slower, a long tail to the right "
		"is interference.",
		OF_KERNEL, chart_spread},
	{"roofline", "What can the machine do, and how near do the kernels come?",
		"Up is faster. Left of where a slope ends memory is the roof, right of it the registers. The "
		"lower "
		"of the two above a point bounds it; how far below it "
		"is what the kernel spends beside what it cannot do without.",
		OF_CEILINGS, chart_roofline},
	{"probe", "What does it cost?", "Left is cheaper; each line of the grid is ten times the one before.",
		OF_PROBE, chart_probe},
	{"paths", "Does passing large results erode the gain?",
		"Higher is better. On the left the hand-over costs most, on the right the copying. Solid "
		"lines are between processes, the dashed one within "
		"one.",
		OF_PROBE, chart_paths},
	{"drift", "Did the machine keep its speed during the sweep?",
		"Each point is a sample against the median of its cell. Cells are measured in random order, "
		"so a drift would bend the line.",
		OF_STEADINESS, chart_drift},
	{"against", "What changed against the other sweep?",
		"Left of 1 is faster than before, right is slower. The band is what counts as no change. A "
		"bar that crosses it decides nothing.",
		OF_CHANGES, chart_against},
	{NULL, NULL, NULL, OF_KERNEL, NULL},
};

/* gnuplot keeps single-quoted text as it is, but for the quote itself, which is doubled; as is `twice`. */
static void put_quoted(FILE *vars, const char *text, char twice)
{
	fputc('\'', vars);
	for (; *text; text++) {
		if (*text == '\'' || *text == twice)
			fputc(*text, vars);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, vars);
	}
	fputs("'\n", vars);
}

void chart_text(FILE *vars, const char *name, const char *text)
{
	fprintf(vars, "%s = ", name);
	put_quoted(vars, text, '\'');
}

void chart_array(FILE *vars, const char *name, size_t n)
{
	fprintf(vars, "array %s[%zu]\n", name, n > 0 ? n : 1);
}

void chart_element(FILE *vars, const char *name, size_t i, const char *text)
{
	fprintf(vars, "%s[%zu] = ", name, i);
	put_quoted(vars, text, '\'');
}

void chart_tic(FILE *vars, const char *name, size_t i, const char *text)
{
	fprintf(vars, "%s[%zu] = ", name, i);
	put_quoted(vars, text, '%');
}

void chart_field(FILE *data, const char *text)
{
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == '"' || *text == '\'' || *text == '\\' ? ' '
												   : *text,
			data);
}

static void note_counts(struct drawing *g, uint64_t n, uint64_t l)
{
	if (g->samples_most == 0 || n < g->samples_least)
		g->samples_least = n;
	if (n > g->samples_most)
		g->samples_most = n;
	if (g->launches_most == 0 || l < g->launches_least)
		g->launches_least = l;
	if (l > g->launches_most)
		g->launches_most = l;
}

void chart_shown(struct drawing *g, const struct summary *s)
{
	note_counts(g, s->samples.value, s->launches.value);
}

void chart_probed(struct drawing *g, const struct probe_row *r)
{
	note_counts(g, r->samples.value, r->launches.value);
}

void chart_probed_note(struct drawing *g, const char *more)
{
	char counts[160];
	chart_counts(g, "bars: 95 % intervals", counts, sizeof counts);
	snprintf(g->note, sizeof g->note, "%s%s", counts, more);
}

/* "12 samples", "12 to 40 samples" */
static void range(char *text, size_t size, uint64_t low, uint64_t high, const char *what)
{
	if (low == high)
		snprintf(text, size, "%" PRIu64 " %s%s", low, what,
			low == 1                        ? ""
			: what[strlen(what) - 1] == 'h' ? "es"
							: "s");
	else
		snprintf(text, size, "%" PRIu64 " to %" PRIu64 " %s%s", low, high, what,
			what[strlen(what) - 1] == 'h' ? "es" : "s");
}

void chart_counts(const struct drawing *g, const char *bars, char *text, size_t size)
{
	char samples[64], launches[64];
	range(samples, sizeof samples, g->samples_least, g->samples_most, "sample");
	range(launches, sizeof launches, g->launches_least, g->launches_most, "launch");
	if (g->samples_most < 6 && *bars)
		bars = "too few for intervals";
	snprintf(text, size, "Medians of %s (%s)%s%s.", samples, launches, *bars ? "; " : "", bars);
}

static int series_compare(const void *a, const void *b)
{
	const struct factors *x = ((const struct series *)a)->of, *y = ((const struct series *)b)->of;
	int order = backend_order(x->backend, y->backend);
	return order ? order : strcmp(x->lifetime, y->lifetime);
}

bool series_has(const struct series *one, const char *x, const struct summary *s)
{
	const char *const free[] = {x, NULL};
	return cells_match(&s->cell, one->of, free);
}

size_t chart_series(const struct dataset *d, const struct factors *like, const char *x, struct series *out)
{
	const char *const free[] = {"backend", "lifetime", x, NULL};
	size_t n = 0;
	for (size_t i = 0; i < d->summary.count && n < SERIES_MOST; i++) {
		const struct summary *s = dataset_row(d, i);
		if (strcmp(s->cell.backend, "serial") == 0 || !cells_match(&s->cell, like, free))
			continue;
		size_t k = 0;
		while (k < n && !series_has(&out[k], x, s))
			k++;
		if (k == n)
			out[n++].of = &s->cell;
	}
	qsort(out, n, sizeof *out, series_compare);
	return n;
}

bool series_one_lifetime(const struct series *all, size_t n)
{
	const char *lifetime = NULL;
	for (size_t k = 0; k < n; k++) {
		if (strcmp(all[k].of->backend, "serial") == 0)
			continue;
		if (lifetime && strcmp(all[k].of->lifetime, lifetime) != 0)
			return false;
		lifetime = all[k].of->lifetime;
	}
	return true;
}

/* Cuts a text to `most` bytes and an ellipsis, between characters. `out` has room for most + 4. */
static void shorten(const char *text, size_t most, char *out)
{
	size_t n = strlen(text);
	if (n > most) {
		n = most;
		while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
			n--;
		snprintf(out, most + 4, "%.*s…", (int)n, text);
	} else
		memcpy(out, text, n + 1);
}

void series_name(const struct series *all, size_t n, size_t i, char *text, size_t size)
{
	const struct factors *f = all[i].of;
	char name[64];
	shorten(f->backend, 22, name);
	if (series_one_lifetime(all, n) || strcmp(f->backend, "serial") == 0)
		snprintf(text, size, "%s", name);
	else
		snprintf(text, size, "%s, %s", name, f->lifetime);
}

void chart_style(FILE *vars, const struct series *one, size_t i, const char *name)
{
	chart_element(vars, "names", i, name);
	fprintf(vars, "styles[%zu] = %d\nforms[%zu] = %d\n", i, backend_style(one->of->backend), i,
		strcmp(one->of->lifetime, "spawn") == 0);
}

static int rising(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double chart_end(double *lengths, size_t n)
{
	if (n == 0)
		return 0;
	qsort(lengths, n, sizeof *lengths, rising);
	const double longest = lengths[n - 1], median = lengths[(n - 1) / 2];
	return median > 0 && longest > 6 * median ? 4 * median : longest;
}

size_t axis_add(uint64_t *axis, size_t n, uint64_t x)
{
	size_t at = n;
	while (at > 0 && axis[at - 1] > x)
		at--;
	if ((at > 0 && axis[at - 1] == x) || n == AXIS_MOST)
		return n;
	memmove(axis + at + 1, axis + at, (n - at) * sizeof *axis);
	axis[at] = x;
	return n + 1;
}

void chart_real(FILE *f, double x)
{
	if (isnan(x))
		fputs("NaN", f);
	else
		fprintf(f, "%.17g", x);
}

void chart_rate_axis(
	struct drawing *g, const char *scale, const char *name, const char *kernel, double highest)
{
	static const char *const power[] = {"", "10³ ", "10⁶ ", "10⁹ ", "10¹² "};
	double divisor = 1;
	size_t p = 0;
	while (p < 4 && highest / divisor >= 1000) {
		divisor *= 1000;
		p++;
	}
	char text[96];
	snprintf(text, sizeof text, "%s%s/s", power[p], kernel_items(kernel));
	fprintf(g->vars, "%s = %.1f\n", scale, divisor);
	chart_text(g->vars, name, text);
}
