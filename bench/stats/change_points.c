/* SPDX-License-Identifier: MIT */
/*
 * change_points.c - E-divisive by prefix sums of the matrix of distances, and its kin.
 *
 * With S(a, b) the sum of distances |x_i - x_j| over i < a, j < b, the sums between and within the parts of any split
 * are a few terms of S. So all splits and all ends of the right part, n^2 / 2 of them, cost one addition table of n^2. A
 * random order costs another one, since the distances are those of the values as they then stand.
 *
 * The p-value counts the observed order too, so it is never 0. A test ends early once ENOUGH random orders were as
 * large: what is then left to decide is far from any level (Besag and Clifford, Biometrika 78, 1991), and the
 * p-value ENOUGH / orders so far is valid for a test that stops there.
 */
#include "bench/stats/change_points.h"

#include "base/rng.h"
#include "bench/stats/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ENOUGH = 20 };

/* Room for the sums of a stretch of up to n values. */
struct sums {
	double *table; /* (n + 1)^2 */
	size_t n;
};

struct split {
	size_t at; /* in the stretch; 0: too short for any */
	double statistic;
};

static double between(const struct sums *s, size_t a, size_t b, size_t c, size_t d)
{
	const size_t row = s->n + 1;
	return s->table[b * row + d] - s->table[a * row + d] - s->table[b * row + c] + s->table[a * row + c];
}

static void fill_sums(struct sums *s, const double *x, size_t n)
{
	const size_t row = n + 1;
	s->n = n;
	memset(s->table, 0, row * sizeof *s->table);
	for (size_t i = 0; i < n; i++) {
		double line = 0;
		s->table[(i + 1) * row] = 0;
		for (size_t j = 0; j < n; j++) {
			line += fabs(x[i] - x[j]);
			s->table[(i + 1) * row + j + 1] = s->table[i * row + j + 1] + line;
		}
	}
}

/* The statistic of the parts 0 .. at and at .. end. */
static double statistic(const struct sums *s, size_t at, size_t end)
{
	const double n = (double)at, m = (double)(end - at);
	const double across = between(s, 0, at, at, end) / (n * m);
	const double left = between(s, 0, at, 0, at) / (n * (n - 1)),
		     right = between(s, at, end, at, end) / (m * (m - 1));
	return n * m / (n + m) * (2 * across - left - right);
}

/* The best split of a stretch; `whole`: the right part always ends where the stretch does. */
static struct split best_split(struct sums *s, const double *x, size_t n, bool whole)
{
	struct split best = {0, -INFINITY};
	if (n < 2 * CHANGE_PART)
		return best;
	fill_sums(s, x, n);
	for (size_t at = CHANGE_PART; at + CHANGE_PART <= n; at++)
		for (size_t end = whole ? n : at + CHANGE_PART; end <= n; end++) {
			const double q = statistic(s, at, end);
			if (q > best.statistic)
				best = (struct split){at, q};
		}
	return best;
}

/* Stretches between the changes so far: they begin at start[0] = 0 and end where the next begins, the last at n. */
struct state {
	const double *x;
	size_t n;
	size_t *start;
	struct split *split; /* the best one of each stretch */
	size_t stretches;
	struct sums sums;
	double *order; /* the values in random order */
	uint64_t random;
};

static size_t stretch_end(const struct state *s, size_t k)
{
	return k + 1 < s->stretches ? s->start[k + 1] : s->n;
}

static size_t best_stretch(const struct state *s)
{
	size_t best = 0;
	for (size_t k = 1; k < s->stretches; k++)
		if (s->split[k].statistic > s->split[best].statistic)
			best = k;
	return best;
}

/* How often the values in random order, each within its stretch, have a split as good as the best one. */
static double permuted_p(struct state *s, double found, size_t orders)
{
	size_t as_large = 0, done = 0;
	memcpy(s->order, s->x, s->n * sizeof *s->order);
	while (done < orders && as_large < ENOUGH) {
		double largest = -INFINITY;
		for (size_t k = 0; k < s->stretches; k++) {
			const size_t first = s->start[k], count = stretch_end(s, k) - first;
			rng_shuffle(s->order + first, count, &s->random);
			const struct split split = best_split(&s->sums, s->order + first, count, false);
			largest = fmax(largest, split.statistic);
		}
		as_large += largest >= found * (1 - 1e-12);
		done++;
	}
	return as_large == ENOUGH ? (double)ENOUGH / (double)done
				  : (double)(1 + as_large) / (double)(1 + done);
}

static void find_split(struct state *s, size_t k)
{
	const size_t first = s->start[k];
	s->split[k] = best_split(&s->sums, s->x + first, stretch_end(s, k) - first, false);
}

/* Makes two stretches of number k; where the second begins. */
static size_t cut(struct state *s, size_t k)
{
	const size_t at = s->start[k] + s->split[k].at;
	memmove(s->start + k + 2, s->start + k + 1, (s->stretches - k - 1) * sizeof *s->start);
	memmove(s->split + k + 2, s->split + k + 1, (s->stretches - k - 1) * sizeof *s->split);
	s->start[k + 1] = at;
	s->stretches++;
	find_split(s, k);
	find_split(s, k + 1);
	return at;
}

static int state_make(struct state *s, const double *x, size_t n, struct err *e)
{
	*s = (struct state){.x = x, .n = n, .stretches = 1, .random = 1};
	s->start = calloc(n + 1, sizeof *s->start);
	s->split = calloc(n + 1, sizeof *s->split);
	s->order = calloc(n + 1, sizeof *s->order);
	s->sums.table = n < 1 << 15 ? calloc((n + 1) * (n + 1), sizeof *s->sums.table) : NULL;
	if (!s->start || !s->split || !s->order || !s->sums.table)
		return err_set(e, ERR_FAILED, "out of memory for a series of %zu", n);
	find_split(s, 0);
	return 0;
}

static void state_free(struct state *s)
{
	free(s->start);
	free(s->split);
	free(s->order);
	free(s->sums.table);
}

int change_first(const double *x, size_t n, size_t orders, double *p_value, struct err *e)
{
	struct state s;
	*p_value = 1;
	if (n < CHANGE_FEWEST)
		return 0;
	const int bad = state_make(&s, x, n, e);
	if (!bad)
		*p_value = permuted_p(&s, s.split[0].statistic, orders);
	state_free(&s);
	return bad;
}

static int by_place(const void *a, const void *b)
{
	const struct change_point *x = a, *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

int change_points(const double *x, size_t n, const struct change_rules *rules, struct change_point *out,
	size_t *count, struct err *e)
{
	struct state s;
	*count = 0;
	if (n < CHANGE_FEWEST)
		return 0;
	const int bad = state_make(&s, x, n, e);
	while (!bad) {
		const size_t k = best_stretch(&s);
		if (s.split[k].at == 0)
			break;
		const double p = permuted_p(&s, s.split[k].statistic, rules->orders);
		if (p > rules->level)
			break;
		out[(*count)++] = (struct change_point){cut(&s, k), p};
	}
	state_free(&s);
	qsort(out, *count, sizeof *out, by_place);
	return bad;
}

/* --- the method of Hunter --- */

/* Welch's t-test of two samples of two values or more: two-sided p-value. */
static double welch_p(const double *a, size_t n, const double *b, size_t m)
{
	double mean[2] = {0, 0}, error[2] = {0, 0};
	for (size_t i = 0; i < n; i++)
		mean[0] += a[i] / (double)n;
	for (size_t i = 0; i < m; i++)
		mean[1] += b[i] / (double)m;
	for (size_t i = 0; i < n; i++)
		error[0] += (a[i] - mean[0]) * (a[i] - mean[0]) / (double)(n - 1) / (double)n;
	for (size_t i = 0; i < m; i++)
		error[1] += (b[i] - mean[1]) * (b[i] - mean[1]) / (double)(m - 1) / (double)m;
	const double variance = error[0] + error[1], apart = fabs(mean[0] - mean[1]);
	if (!(variance > 0))
		return apart > 0 ? 0 : 1;
	const double freedom =
		variance * variance /
		(error[0] * error[0] / (double)(n - 1) + error[1] * error[1] / (double)(m - 1));
	const unsigned whole = freedom < 1 ? 1 : freedom > 1e6 ? 1000000 : (unsigned)freedom;
	return stats_student_outside(whole, apart / sqrt(variance));
}

/* Splits x[first .. end) and its parts as long as the test allows; changes in order of place. */
static void split_all(struct sums *s, const double *x, size_t first, size_t end, double level,
	struct change_point *out, size_t *count)
{
	const struct split split = best_split(s, x + first, end - first, true);
	const size_t at = first + split.at;
	if (split.at == 0)
		return;
	const double p = welch_p(x + first, split.at, x + at, end - at);
	if (!(p <= level))
		return;
	split_all(s, x, first, at, level, out, count);
	out[(*count)++] = (struct change_point){at, p};
	split_all(s, x, at, end, level, out, count);
}

/* The p-values of all changes, each between its neighbours; the place of the weakest. */
static size_t weigh(const double *x, size_t n, struct change_point *list, size_t count)
{
	size_t weakest = 0;
	for (size_t i = 0; i < count; i++) {
		const size_t first = i > 0 ? list[i - 1].at : 0, end = i + 1 < count ? list[i + 1].at : n;
		list[i].p_value = welch_p(x + first, list[i].at - first, x + list[i].at, end - list[i].at);
		if (list[i].p_value > list[weakest].p_value)
			weakest = i;
	}
	return weakest;
}

int change_points_hunter(const double *x, size_t n, const struct change_rules *rules,
	struct change_point *out, size_t *count, struct err *e)
{
	struct sums s = {.table = n < 1 << 15 ? calloc((n + 1) * (n + 1), sizeof *s.table) : NULL};
	*count = 0;
	if (!s.table)
		return err_set(e, ERR_FAILED, "out of memory for a series of %zu", n);
	if (n >= CHANGE_FEWEST)
		split_all(&s, x, 0, n, 10 * rules->level, out, count);
	free(s.table);
	while (*count > 0) {
		const size_t weakest = weigh(x, n, out, *count);
		if (out[weakest].p_value <= rules->level)
			break;
		memmove(out + weakest, out + weakest + 1, (--*count - weakest) * sizeof *out);
	}
	return 0;
}
