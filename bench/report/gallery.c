/* SPDX-License-Identifier: MIT */
/*
 * gallery.c - reads the folders of many machines, chooses the problem that each kernel is compared on, and relates
 * every rate to the base's.
 */
#include "bench/report/gallery.h"

#include "base/units.h"
#include "bench/report/report.h"
#include "bench/stats/rank_tests.h"
#include "kernels/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double gallery_margin = 0.01;
static const double level = 0.05;
static const struct ranged nothing = {NAN, NAN, NAN};
enum { PROBLEMS_MOST = 256 };

/* --- the machines --- */

static int check_names(const struct gallery_request *r, struct err *e)
{
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(r->folder[i].name, r->folder[k].name) == 0)
				return err_set(e, ERR_USAGE,
					"gallery: two folders are named '%s': %s and %s; name one as NAME=DIR",
					r->folder[i].name, r->folder[k].dir, r->folder[i].dir);
	return 0;
}

static int find_base(const struct gallery_request *r, size_t *base, struct err *e)
{
	*base = 0;
	if (!r->base)
		return 0;
	while (*base < r->count && strcmp(r->folder[*base].name, r->base) != 0)
		++*base;
	return *base < r->count ? 0
				: err_set(e, ERR_USAGE, "--base: no machine is named '%s', but for one '%s'",
					  r->base, r->folder[0].name);
}

/* A folder that `merge --cross-machine` made has rows of several machines. */
static int check_single(const struct dataset *d, struct err *e)
{
	for (size_t i = 0; i < d->summary.count; i++)
		if (*dataset_row(d, i)->cell.machine)
			return err_set(e, ERR_USAGE,
				"%s: merged from several machines; name the folders that it was made of",
				d->dir);
	return 0;
}

static int open_machine(struct gallery_machine *m, const struct gallery_folder *f, int style, struct err *e)
{
	m->name = f->name;
	m->price = f->price;
	m->watts = f->watts;
	m->style = style;
	m->mean = nothing;
	if (dataset_open(&m->d, f->dir, e) != 0 || check_single(&m->d, e) != 0)
		return -1;
	const double cores = dataset_number(&m->d, "machine.cores");
	m->cpus = dataset_cpus(&m->d);
	m->cores = cores >= 1 && cores < m->cpus ? (unsigned)cores : m->cpus;
	return 0;
}

/* --- the kernels --- */

static bool is_ceiling(const char *name)
{
	struct err unknown = {0};
	const struct kernel *k = kernel_find(name, &unknown);
	return k && k->ceiling != CEILING_NONE;
}

static int by_kernel(const void *a, const void *b)
{
	const struct gallery_kernel *x = a, *y = b;
	return x->ceiling != y->ceiling ? x->ceiling - y->ceiling : kernel_order(x->name, y->name);
}

/* The kernels of all machines, subjects first. */
static void list_kernels(struct gallery *g)
{
	const char *names[GALLERY_KERNELS];
	for (size_t i = 0; i < g->count; i++) {
		const size_t n = dataset_kernels(&g->machine[i].d, names, GALLERY_KERNELS);
		for (size_t k = 0; k < n; k++) {
			size_t at = 0;
			while (at < g->kernels && strcmp(g->kernel[at].name, names[k]) != 0)
				at++;
			if (at == g->kernels && g->kernels < GALLERY_KERNELS)
				g->kernel[g->kernels++] = (struct gallery_kernel){
					.name = names[k], .ceiling = is_ceiling(names[k])};
		}
	}
	qsort(g->kernel, g->kernels, sizeof *g->kernel, by_kernel);
	while (g->subjects < g->kernels && !g->kernel[g->subjects].ceiling)
		g->subjects++;
}

static size_t machines_having(const struct gallery *g, const struct factors *problem)
{
	size_t n = 0;
	for (size_t i = 0; i < g->count; i++)
		n += dataset_focus_at(&g->machine[i].d, problem) != NULL;
	return n;
}

/* The different problems of a kernel in a dataset, behind n others in `list`; how many then. */
static size_t list_problems(
	const struct dataset *d, const char *kernel, const struct factors **list, size_t n)
{
	for (size_t i = 0; i < d->summary.count && n < PROBLEMS_MOST; i++) {
		const struct summary *s = dataset_row(d, i);
		size_t at = 0;
		if (!row_ok(s) || strcmp(s->cell.kernel, kernel) != 0 ||
			strcmp(s->cell.scaling, "strong") != 0)
			continue;
		while (at < n && !cells_ask_same(&s->cell, list[at]))
			at++;
		if (at == n)
			list[n++] = &s->cell;
	}
	return n;
}

/* The problem that most machines have measured, and of those the largest. */
static void choose_problem(const struct gallery *g, struct gallery_kernel *k)
{
	const struct factors *list[PROBLEMS_MOST];
	size_t n = 0;
	for (size_t m = 0; m < g->count; m++)
		n = list_problems(&g->machine[m].d, k->name, list, n);
	for (size_t i = 0; i < n; i++) {
		const size_t having = machines_having(g, list[i]);
		if (having > k->having ||
			(having == k->having && list[i]->items.value > k->problem->items.value)) {
			k->problem = list[i];
			k->having = having;
		}
	}
}

/* The row's rate; of a ceiling of memory, bytes. */
static struct ranged rate_of(const struct gallery_kernel *k, const struct summary *s)
{
	if (!s)
		return nothing;
	const double rate = k->ceiling && s->bytes_per_second > 0 ? s->bytes_per_second : s->items_per_second;
	return (struct ranged){
		rate, rate * s->median_seconds / s->median_high, rate * s->median_seconds / s->median_low};
}

static void choose_rows(struct gallery *g, struct gallery_kernel *k)
{
	if (!k->ceiling)
		choose_problem(g, k);
	for (size_t m = 0; m < g->count; m++) {
		const struct dataset *d = &g->machine[m].d;
		struct gallery_entry *x = &k->entry[m];
		const struct summary *focus = k->ceiling ? dataset_focus(d, k->name) : NULL;
		const struct factors *problem = k->ceiling ? focus ? &focus->cell : NULL : k->problem;
		*x = (struct gallery_entry){0};
		if (problem) {
			x->whole.row = dataset_focus_at(d, problem);
			x->one.row = dataset_single_at(d, problem);
		}
		if (k->ceiling)
			k->having += focus != NULL;
		x->whole.rate = rate_of(k, x->whole.row);
		x->one.rate = rate_of(k, x->one.row);
	}
}

/* --- relations --- */

/* The ratio of two rates that were measured independently (MOVER). */
static struct ranged divide(struct ranged a, struct ranged b)
{
	const double value = a.value / b.value;
	return (struct ranged){value, value * exp(-hypot(log(a.value / a.low), log(b.high / b.value))),
		value * exp(hypot(log(a.high / a.value), log(b.value / b.low)))};
}

static double normal_above(double z)
{
	return erfc(z / sqrt(2)) / 2;
}

/* Two-sided p-value of no ratio beyond the margin, from the interval alone. */
static double interval_p(struct ranged ratio)
{
	const double error = log(ratio.high / ratio.low) / (2 * 1.959964), beyond = log1p(gallery_margin);
	if (!(error > 0))
		return NAN;
	return fmin(1, 2 * normal_above((fabs(log(ratio.value)) - beyond) / error));
}

/* The same from the medians of launches on both sides, by ranks; NAN where there are none. */
static int launches_p(const double *a, size_t n, const double *b, size_t m, double *p, struct err *e)
{
	struct rank_tests r = {0};
	const double margin = log1p(gallery_margin);
	double *logs = calloc(n + m + 1, sizeof *logs);
	*p = NAN;
	if (!logs)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < n + m; i++)
		logs[i] = log(i < n ? a[i] : b[i - n]);
	int bad = n > 0 && m > 0 ? rank_tests_make(&r, n, m, e) : 0;
	if (!bad && n > 0 && m > 0) {
		rank_tests_take(&r, logs, logs + n);
		*p = fmin(1, 2 * fmin(rank_tests_above(&r, margin), rank_tests_below(&r, margin)));
	}
	rank_tests_free(&r);
	free(logs);
	return bad;
}

static int relate(const struct gallery *g, size_t machine, struct gallery_rate *x,
	const struct gallery_rate *base, struct err *e)
{
	x->ratio = nothing;
	x->p = x->q = NAN;
	x->verdict = VERDICT_UNMEASURED;
	if (!x->row || !base->row)
		return 0;
	if (machine == g->base) {
		x->ratio = (struct ranged){1, 1, 1};
		return 0;
	}
	size_t n, m;
	const double *a = dataset_launches(&g->machine[g->base].d, base->row, &n);
	const double *b = dataset_launches(&g->machine[machine].d, x->row, &m);
	x->ratio = divide(x->rate, base->rate);
	if (launches_p(a, n, b, m, &x->p, e) != 0)
		return -1;
	if (isnan(x->p))
		x->p = interval_p(x->ratio);
	return 0;
}

static enum verdict judge(const struct gallery_rate *x)
{
	if (isnan(x->ratio.value))
		return VERDICT_UNMEASURED;
	if (x->q <= level)
		return x->ratio.value > 1 ? VERDICT_FASTER : VERDICT_SLOWER;
	const bool within = x->ratio.low >= 1 / (1 + gallery_margin) && x->ratio.high <= 1 + gallery_margin;
	return within ? VERDICT_SAME : VERDICT_UNDECIDED;
}

/* All rates that have a ratio, in turn. */
static struct gallery_rate *rate_at(struct gallery *g, size_t i)
{
	struct gallery_entry *x = &g->entries[i / 2];
	return i % 2 ? &x->one : &x->whole;
}

static int judge_all(struct gallery *g, struct err *e)
{
	const size_t n = 2 * g->kernels * g->count;
	double *p = calloc(2 * n + 1, sizeof *p), *q = p + n;
	if (!p)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t i = 0; i < n; i++)
		p[i] = rate_at(g, i)->p;
	const int bad = rank_tests_adjust(p, q, n, e);
	for (size_t i = 0; i < n && !bad; i++) {
		rate_at(g, i)->q = q[i];
		rate_at(g, i)->verdict = judge(rate_at(g, i));
	}
	free(p);
	return bad;
}

static bool all_have(const struct gallery *g, size_t k)
{
	for (size_t m = 0; m < g->count; m++)
		if (isnan(gallery_at(g, k, m)->whole.ratio.value))
			return false;
	return true;
}

/* Geometric means of ratios; their errors as if the kernels' were independent. */
static void average(struct gallery *g)
{
	for (size_t m = 0; m < g->count; m++) {
		double sum = 0, below = 0, above = 0;
		g->in_common = 0;
		for (size_t k = 0; k < g->subjects; k++) {
			const struct ranged *r = &gallery_at(g, k, m)->whole.ratio;
			if (!all_have(g, k))
				continue;
			g->in_common++;
			sum += log(r->value);
			below = hypot(below, log(r->value / r->low));
			above = hypot(above, log(r->high / r->value));
		}
		const double n = (double)g->in_common;
		if (g->in_common > 0)
			g->machine[m].mean =
				(struct ranged){exp(sum / n), exp((sum - below) / n), exp((sum + above) / n)};
	}
}

static int by_mean(const void *a, const void *b, void *of)
{
	const struct gallery *g = of;
	const size_t i = *(const size_t *)a, k = *(const size_t *)b;
	const double x = g->machine[i].mean.value, y = g->machine[k].mean.value;
	if (isnan(x) != isnan(y))
		return isnan(x) - isnan(y);
	return x > y ? -1 : x < y ? 1 : (i > k) - (i < k);
}

static int make_kernels(struct gallery *g, struct err *e)
{
	list_kernels(g);
	g->entries = calloc(g->kernels * g->count + 1, sizeof *g->entries);
	g->order = calloc(g->count, sizeof *g->order);
	if (!g->entries || !g->order)
		return err_set(e, ERR_FAILED, "out of memory");
	for (size_t k = 0; k < g->kernels; k++) {
		g->kernel[k].entry = g->entries + k * g->count;
		choose_rows(g, &g->kernel[k]);
		for (size_t m = 0; m < g->count; m++) {
			struct gallery_entry *x = &g->kernel[k].entry[m];
			const struct gallery_entry *base = &g->kernel[k].entry[g->base];
			if (relate(g, m, &x->whole, &base->whole, e) != 0 ||
				relate(g, m, &x->one, &base->one, e) != 0)
				return -1;
		}
	}
	return 0;
}

int gallery_open(struct gallery *g, const struct gallery_request *r, struct err *e)
{
	*g = (struct gallery){0};
	if (check_names(r, e) != 0 || find_base(r, &g->base, e) != 0)
		return -1;
	g->machine = calloc(r->count, sizeof *g->machine);
	if (!g->machine)
		return err_set(e, ERR_FAILED, "out of memory");
	for (; g->count < r->count; g->count++) {
		struct gallery_machine *m = &g->machine[g->count];
		const int style = g->count == g->base ? 1 : (int)g->count + (g->count < g->base) + 1;
		if (open_machine(m, &r->folder[g->count], style, e) != 0) {
			dataset_close(&m->d);
			return -1;
		}
		const char *model = dataset_text(&m->d, "machine.model");
		g->simulated = g->simulated || (model && strncmp(model, "simulated", 9) == 0);
	}
	if (make_kernels(g, e) != 0 || judge_all(g, e) != 0)
		return -1;
	average(g);
	for (size_t i = 0; i < g->count; i++)
		g->order[i] = i;
	qsort_r(g->order, g->count, sizeof *g->order, by_mean, g);
	return 0;
}

void gallery_close(struct gallery *g)
{
	for (size_t i = 0; i < g->count; i++)
		dataset_close(&g->machine[i].d);
	free(g->machine);
	free(g->entries);
	free(g->order);
	*g = (struct gallery){0};
}

char *gallery_rate_text(const struct gallery_kernel *k, double rate, char *text)
{
	char count[UNITS_BYTES];
	struct err unknown = {0};
	const struct kernel *kernel = kernel_find(k->name, &unknown);
	const bool memory = k->ceiling && kernel && kernel->item_bytes;
	snprintf(text, GALLERY_RATE, "%s%s%s/s", units_count(rate, count), memory ? "" : " ",
		memory ? "B" : kernel_items(k->name));
	return text;
}
