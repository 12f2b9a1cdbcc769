/* SPDX-License-Identifier: MIT */
/*
 * chart.c - the table of charts, and what their prepare functions share: quoting for gnuplot,
 * series of cells, axes and captions.
 */
#include "bench/report/chart.h"
#include "bench/backend/backend.h"
#include "bench/report/label.h"
#include "kernels/kernel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const double report_margin = 0.05;

const struct chart charts[] = {
#define CHART(name, part, question, reading) {#name, question, reading, part, chart_##name},
#include "bench/report/charts.def"
	{0}};

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

int series_order(const struct factors *a, const struct factors *b)
{
	int order = backend_order(a->backend, b->backend);
	if (order == 0)
		order = strcmp(a->lifetime, b->lifetime);
	return order ? order : (int)a->threads_per_rank.value - (int)b->threads_per_rank.value;
}

static int series_compare(const void *a, const void *b)
{
	return series_order(((const struct series *)a)->of, ((const struct series *)b)->of);
}

bool series_has(const struct series *one, const char *x, const struct summary *s)
{
	const char *const free[] = {x, NULL};
	return cells_match(&s->cell, one->of, free);
}

size_t chart_series(const struct dataset *d, const struct factors *like, const char *x, struct series *out)
{
	const char *const free[] = {"backend", "lifetime", "threads_per_rank", x, NULL};
	size_t n = 0;
	for (size_t i = 0; i < d->summary.count && n < SERIES_MOST; i++) {
		const struct summary *s = dataset_row(d, i);
		if (backend_is_caller(s->cell.backend) || !cells_match(&s->cell, like, free))
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
		if (backend_is_caller(all[k].of->backend))
			continue;
		if (lifetime && strcmp(all[k].of->lifetime, lifetime) != 0)
			return false;
		lifetime = all[k].of->lifetime;
	}
	return true;
}

void chart_shorten(const char *text, size_t most, char *out)
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
	chart_shorten(f->backend, 22, name);
	const bool one = series_one_lifetime(all, n) || backend_is_caller(f->backend);
	const int used = snprintf(text, size, "%s%s%s", name, one ? "" : ", ", one ? "" : f->lifetime);
	if (f->threads_per_rank.known && used > 0 && (size_t)used < size)
		snprintf(
			text + used, size - (size_t)used, ", %" PRIu64 " threads", f->threads_per_rank.value);
}

int series_style(const struct series *one)
{
	enum { COLOURS = 9, SHAPES = 6 };
	const struct uint_field threads = one->of->threads_per_rank;
	return backend_style(one->of->backend) +
	       (threads.known ? COLOURS * (int)(threads.value % SHAPES) : 0);
}

void chart_style(FILE *vars, const struct series *one, size_t i, const char *name)
{
	chart_element(vars, "names", i, name);
	fprintf(vars, "styles[%zu] = %d\nforms[%zu] = %d\n", i, series_style(one), i,
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
