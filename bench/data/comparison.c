/* SPDX-License-Identifier: MIT */
#include "data/comparison.h"

#include "data/group.h"
#include "data/ranksum.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const double level = 0.05, confidence = 0.95, power = 0.9;

const char *const verdict_names[VERDICT_COUNT] = {"slower", "unmeasured", "faster", "undecided", "same"};

/* The logarithms of one cell's launches on both sides. */
struct pair {
	double *a, *b;
	size_t n, m;
};

static struct uint_field known(uint64_t value)
{
	return (struct uint_field){value, true};
}

static void to_logs(const struct group *g, double *logs)
{
	for (size_t i = 0; i < g->launch_count; i++)
		logs[i] = log(g->launches[i]);
}

/* Squared deviations from the mean, of values no further than `limit` from the median: those beyond count as
 * if they lay there. */
static double squares(const double *sorted, size_t n, double limit)
{
	const double median = stats_median(sorted, n);
	double mean = 0, sum = 0;
	for (size_t i = 0; i < n; i++)
		mean += fmax(fmin(sorted[i] - median, limit), -limit) / (double)n;
	for (size_t i = 0; i < n; i++)
		sum += pow(fmax(fmin(sorted[i] - median, limit), -limit) - mean, 2);
	return sum;
}

/*
 * Standard deviation between launches, on the safe side: its upper 80 % limit, since an estimate from few
 * launches is too small half of the time. Chi-square quantile by Wilson and Hilferty. NAN with less than one
 * degree of freedom. The test goes by ranks, which do not mind how far out an outlier is: beyond twelve
 * standard deviations, as the median absolute deviation tells them, it counts as if it lay there.
 */
static double scatter(const struct pair *p)
{
	double freedom = (double)(p->n + p->m) - 2, k = 2 / (9 * freedom);
	if (freedom < 1)
		return (double)NAN;
	double quantile = freedom * pow(1 - k - 0.8416 * sqrt(k), 3);
	const double deviation = fmax(stats_mad(p->a, p->n), stats_mad(p->b, p->m));
	const double limit = deviation > 0 ? 12 * 1.4826 * deviation : INFINITY;
	return sqrt((squares(p->a, p->n, limit) + squares(p->b, p->m, limit)) / quantile);
}

static void fill_row(const struct pair *p, const struct ranksum *r, const struct comparison_rules *rules,
	size_t cells, struct comparison *row)
{
	double margin = log1p(rules->margin);
	double above = ranksum_above(r, p->a, p->b, margin), below = ranksum_below(r, p->a, p->b, margin);
	struct shift s = ranksum_shift(r, p->a, p->b, confidence);
	double sigma = scatter(p);
	row->ratio = exp(s.value);
	row->ratio_low = exp(s.interval.low);
	row->ratio_high = exp(s.interval.high);
	row->p_value = fmin(1, 2 * fmin(above, below));
	if (isfinite(sigma))
		row->launches_needed = known(
			ranksum_needed(log1p(rules->effect) - margin, sigma, level / (double)cells, power));
}

static enum verdict judge(const struct comparison *row, double margin)
{
	if (isnan(row->p_value))
		return VERDICT_UNMEASURED;
	if (row->q_value <= level)
		return row->ratio > 1 ? VERDICT_SLOWER : VERDICT_FASTER;
	bool within = row->ratio_low >= 1 / (1 + margin) && row->ratio_high <= 1 + margin;
	return within ? VERDICT_SAME : VERDICT_UNDECIDED;
}

enum verdict comparison_verdict(const struct comparison *row)
{
	size_t v = 0;
	while (v + 1 < VERDICT_COUNT && strcmp(verdict_names[v], row->verdict) != 0)
		v++;
	return (enum verdict)v;
}

/* Rows for the cells on both sides, without statistics; `groups` gets both groups of each row. */
static int pair_up(const struct groups *a, const struct groups *b, struct table *rows,
	const struct group *(*groups)[2], struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct group *g = &a->list[i], *h = groups_find(b, g->cell);
		if (!h)
			continue;
		groups[rows->count][0] = g;
		groups[rows->count][1] = h;
		struct comparison *row = table_add(rows, NULL, e);
		if (!row)
			return -1;
		row->cell = *g->cell;
		row->a_launches = known(g->launch_count);
		row->b_launches = known(h->launch_count);
		row->a_seconds = stats_median(g->launches, g->launch_count);
		row->b_seconds = stats_median(h->launches, h->launch_count);
	}
	return 0;
}

/* Tests every row; cells with equally many launches share the distribution of ranks. */
static int test_rows(const struct group *(*groups)[2], const struct comparison_rules *rules, double *logs,
	struct table *rows, struct err *e)
{
	struct ranksum r = {0};
	int bad = 0;
	for (size_t i = 0; i < rows->count && !bad; i++) {
		const struct group *a = groups[i][0], *b = groups[i][1];
		struct pair p = {logs, logs + a->launch_count, a->launch_count, b->launch_count};
		if (p.n == 0 || p.m == 0)
			continue;
		to_logs(a, p.a);
		to_logs(b, p.b);
		if (r.n != p.n || r.m != p.m) {
			ranksum_free(&r);
			bad = ranksum_make(&r, p.n, p.m, e);
		}
		if (!bad)
			fill_row(&p, &r, rules, rows->count, table_row(rows, i));
	}
	ranksum_free(&r);
	return bad;
}

static int adjust(struct table *rows, double *p, double *q, struct err *e)
{
	for (size_t i = 0; i < rows->count; i++)
		p[i] = ((const struct comparison *)table_row(rows, i))->p_value;
	if (ranksum_adjust(p, q, rows->count, e) != 0)
		return -1;
	for (size_t i = 0; i < rows->count; i++)
		((struct comparison *)table_row(rows, i))->q_value = q[i];
	return 0;
}

static int compare_groups(const struct groups *a, const struct groups *b,
	const struct comparison_rules *rules, size_t samples, struct table *rows, struct err *e)
{
	double *work = calloc(samples + 2 * a->count + 1, sizeof *work);
	const struct group *(*groups)[2] = calloc(a->count + 1, sizeof *groups);
	int bad =
		work && groups ? 0 : err_set(e, ERR_FAILED, "out of memory to compare %zu samples", samples);
	if (!bad)
		bad = pair_up(a, b, rows, groups, e);
	if (!bad)
		bad = test_rows(groups, rules, work, rows, e);
	if (!bad)
		bad = adjust(rows, work, work + rows->count, e);
	free(work);
	free(groups);
	return bad;
}

int comparison_make(const struct table *a, const struct table *b, const struct comparison_rules *rules,
	struct table *rows, struct comparison_result *result, struct err *e)
{
	struct groups x = {0}, y = {0};
	assert(rules->margin >= 0 && rules->effect > rules->margin);
	*result = (struct comparison_result){0};
	int bad = groups_make(&x, a, e);
	if (!bad)
		bad = groups_make(&y, b, e);
	if (!bad)
		bad = compare_groups(&x, &y, rules, a->count + b->count, rows, e);
	for (size_t i = 0; i < rows->count && !bad; i++) {
		struct comparison *row = table_row(rows, i);
		enum verdict v = judge(row, rules->margin);
		strcpy(row->verdict, verdict_names[v]);
		result->verdicts[v]++;
	}
	result->only_a = x.count - rows->count;
	result->only_b = y.count - rows->count;
	groups_free(&x);
	groups_free(&y);
	return bad;
}
