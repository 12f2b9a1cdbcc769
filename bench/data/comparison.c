/* SPDX-License-Identifier: MIT */
/*
 * comparison.c - the verdicts of `compare`: slower, faster, same or undecided for each cell of two
 * result sets.
 *
 * Each launch contributes one value, the logarithm of its median time, since samples of one launch
 * are not independent. The tests are by ranks (rank_tests.h), so outliers do not matter and no
 * shape is assumed. The null hypothesis is "the change is within the margin", not "no change": with
 * enough launches any two builds differ in something. P-values are adjusted for all cells by
 * Benjamini and Hochberg, since a sweep of 200 cells tested at 0.05 one by one would report 10
 * changes where there are none. Cells with equal launch counts share one null distribution, the
 * expensive part.
 */
#include "bench/data/comparison.h"

#include "bench/data/group.h"
#include "bench/stats/rank_tests.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const double level = 0.05, confidence = 0.95;
/* The power that launches_needed aims at. The variance is an estimate, so 0.95 here gives 9 of 10
 * trials in practice. */
static const double power = 0.95;

const char *const verdict_names[VERDICT_COUNT] = {"slower", "unmeasured", "faster", "undecided", "same"};

/* The logarithms of one cell's launches on both sides. */
struct sides {
	double *a, *b;
	size_t n, m; /* of pairs n, and m is 0 */
};

static size_t to_logs(const struct launched *l, size_t n, double *logs)
{
	for (size_t i = 0; i < n; i++)
		logs[i] = log(l[i].seconds);
	return n;
}

/* Only the launches that both sides have, in order. */
static size_t to_pairs(
	const struct launched *a, size_t n, const struct launched *b, size_t m, const struct sides *s)
{
	size_t pairs = 0;
	for (size_t i = 0, j = 0; i < n && j < m;)
		if (a[i].id == b[j].id) {
			s->a[pairs] = log(a[i++].seconds);
			s->b[pairs++] = log(b[j++].seconds);
		} else if (a[i].id < b[j].id) {
			i++;
		} else {
			j++;
		}
	return pairs;
}

/* Buffers for the launches of any one cell on both sides, and the null distribution of the previous
 * cell, which serves the next one if it has the same number of launches. */
struct desk {
	const struct comparison_rules *rules;
	struct launched *a_launched, *b_launched;
	struct sides sides;
	struct rank_tests ranks;
};

static void take_launches(const struct group *a, const struct group *b, struct desk *d)
{
	const size_t n = group_by_launch(a, d->a_launched), m = group_by_launch(b, d->b_launched);
	struct sides *s = &d->sides;
	s->n = s->m = 0;
	if (d->rules->paired) {
		s->n = to_pairs(d->a_launched, n, d->b_launched, m, s);
	} else if (n > 0 && m > 0) {
		s->n = to_logs(d->a_launched, n, s->a);
		s->m = to_logs(d->b_launched, m, s->b);
	}
}

static void fill_row(const struct rank_tests *r, const struct comparison_rules *rules, size_t cells,
	struct comparison *row)
{
	const double margin = log1p(rules->margin), beyond = log1p(rules->effect) - margin;
	const struct shift s = rank_tests_shift(r, confidence);
	const size_t needed = rank_tests_needed(r, beyond, level / (double)cells, power);
	row->ratio = exp(s.value);
	row->ratio_low = exp(s.interval.low);
	row->ratio_high = exp(s.interval.high);
	row->p_value = fmin(1, 2 * fmin(rank_tests_above(r, margin), rank_tests_below(r, margin)));
	row->launches_needed = (struct uint_field){needed, needed > 0};
	row->pairs = (struct uint_field){r->n, rules->paired};
}

/* "same" needs the whole interval within the margin (an equivalence test); a large p-value alone
 * only means that the data do not decide. */
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

int comparison_by_urgency(const void *a, const void *b)
{
	const struct comparison *x = a, *y = b;
	const int order = (int)comparison_verdict(x) - (int)comparison_verdict(y);
	const double p = fabs(log(x->ratio)), q = fabs(log(y->ratio)); /* NAN of unmeasured ones alone */
	return order ? order : (p < q) - (p > q);
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
		row->a_launches = uint_known(g->launch_count);
		row->b_launches = uint_known(h->launch_count);
		row->a_seconds = stats_median(g->launches, g->launch_count);
		row->b_seconds = stats_median(h->launches, h->launch_count);
	}
	return 0;
}

/* Tests every row; cells with equally many launches share the distribution of ranks. */
static int test_rows(const struct group *(*groups)[2], struct desk *d, struct table *rows, struct err *e)
{
	struct rank_tests *r = &d->ranks;
	const struct sides *s = &d->sides;
	int bad = 0;
	for (size_t i = 0; i < rows->count && !bad; i++) {
		take_launches(groups[i][0], groups[i][1], d);
		if (s->n == 0)
			continue;
		if (r->n != s->n || r->m != s->m) {
			rank_tests_free(r);
			bad = rank_tests_make(r, s->n, s->m, e);
		}
		if (bad)
			break;
		rank_tests_take(r, s->a, s->b);
		fill_row(r, d->rules, rows->count, table_row(rows, i));
	}
	return bad;
}

static int adjust(struct table *rows, double *p, double *q, struct err *e)
{
	for (size_t i = 0; i < rows->count; i++)
		p[i] = ((const struct comparison *)table_row(rows, i))->p_value;
	if (rank_tests_adjust(p, q, rows->count, e) != 0)
		return -1;
	for (size_t i = 0; i < rows->count; i++)
		((struct comparison *)table_row(rows, i))->q_value = q[i];
	return 0;
}

static int compare_groups(const struct groups *a, const struct groups *b,
	const struct comparison_rules *rules, size_t samples, struct table *rows, struct err *e)
{
	const size_t room = samples + 1;
	double *work = calloc(room, 2 * sizeof *work);
	struct launched *launched = calloc(room, 2 * sizeof *launched);
	const struct group *(*groups)[2] = calloc(a->count + 1, sizeof *groups);
	struct desk d = {.rules = rules,
		.a_launched = launched,
		.b_launched = launched ? launched + room : NULL,
		.sides = {work, work ? work + room : NULL, 0, 0}};
	int bad = work && launched && groups
			  ? 0
			  : err_set(e, ERR_FAILED, "out of memory to compare %zu samples", samples);
	if (!bad)
		bad = pair_up(a, b, rows, groups, e);
	if (!bad)
		bad = test_rows(groups, &d, rows, e);
	if (!bad)
		bad = adjust(rows, work, work + room, e);
	rank_tests_free(&d.ranks);
	free(work);
	free(launched);
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
