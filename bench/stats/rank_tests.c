/* SPDX-License-Identifier: MIT */
/*
 * rank_tests.c - Mann and Whitney's test, Wilcoxon's signed ranks, and the Hodges-Lehmann shift.
 *
 * Both tests reduce to one sorted array of differences. For two groups it holds all b[j] - a[i];
 * the number of positive ones is Mann and Whitney's U. For pairs it holds all Walsh averages (d[i]
 * + d[j]) / 2, i <= j; the number of positive ones is Wilcoxon's signed-rank statistic. A test of
 * "larger by more than x" counts the differences above x by binary search, the Hodges-Lehmann
 * estimate is their median, and the confidence interval lies between the two differences that the
 * test just does not reject. So estimate, interval and p-value can never contradict each other.
 *
 * The null distribution is counted exactly up to RANK_TESTS_EXACT differences (30 values on both
 * sides) and is normal, with continuity correction, above. Cost: n m log(n m) to sort, n^2 m^2
 * additions for the exact counts.
 */
#include "bench/stats/rank_tests.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static double normal_below(double z)
{
	return erfc(-z / sqrt(2)) / 2;
}

/*
 * U takes the value u in as many of the C(n + m, n) equally likely orders as u has partitions into
 * at most n parts of at most m each (Mann and Whitney 1947). Part sizes are allowed one after the
 * other; ways[k][u] counts the partitions with exactly k parts. There are only additions, so
 * nothing cancels. `ways` has n + 1 rows of n * m + 1 places.
 */
static void count_partitions(size_t n, size_t m, double *ways)
{
	const size_t row = n * m + 1;
	memset(ways, 0, (n + 1) * row * sizeof *ways);
	ways[0] = 1;
	for (size_t part = 1; part <= m; part++)
		for (size_t k = 1; k <= n; k++)
			for (size_t u = part; u < row; u++)
				ways[k * row + u] += ways[(k - 1) * row + u - part];
}

/* For pairs, the statistic takes the value u in as many of the 2^n equally likely sign patterns as
 * there are subsets of the ranks 1 .. n with the sum u. `ways` has n (n + 1) / 2 + 1 places. */
static void count_sums(size_t n, double *ways)
{
	const size_t most = n * (n + 1) / 2;
	ways[0] = 1;
	for (size_t rank = 1; rank <= n; rank++)
		for (size_t u = most; u >= rank; u--)
			ways[u] += ways[u - rank];
}

static int fill_exact(struct rank_tests *r, struct err *e)
{
	const size_t row = r->count + 1, rows = r->m ? r->n + 1 : 1;
	double *ways = calloc(rows * row, sizeof *ways), all = 0;
	if (!ways)
		return err_set(e, ERR_FAILED, "out of memory for ranks of %zu and %zu values", r->n, r->m);
	if (r->m)
		count_partitions(r->n, r->m, ways);
	else
		count_sums(r->n, ways);
	for (size_t u = 0; u < row; u++) {
		for (size_t k = 0; k < rows; k++)
			all += ways[k * row + u];
		r->below[u] = all;
	}
	for (size_t u = 0; u < row; u++)
		r->below[u] /= all;
	free(ways);
	return 0;
}

/* Moments under the null hypothesis: U has mean n m / 2 and variance n m (n + m + 1) / 12; the
 * signed-rank sum has mean n (n + 1) / 4 and variance n (n + 1) (2 n + 1) / 24, which is count (n +
 * 1/2) / 6. */
static void fill_normal(struct rank_tests *r)
{
	const double count = (double)r->count, n = (double)r->n;
	const double deviation = sqrt(count * (r->m ? n + (double)r->m + 1 : n + 0.5) / (r->m ? 12 : 6));
	for (size_t u = 0; u < r->count; u++)
		r->below[u] = normal_below(((double)u + 0.5 - count / 2) / deviation);
	r->below[r->count] = 1;
}

int rank_tests_make(struct rank_tests *r, size_t n, size_t m, struct err *e)
{
	assert(n);
	*r = (struct rank_tests){.n = n, .m = m};
	const bool fits = m ? n < SIZE_MAX / 2 / m : n < SIZE_MAX / 2 / n;
	r->count = m ? n * m : n * (n + 1) / 2;
	if (!fits || !(r->below = calloc(r->count + 1, sizeof *r->below)) ||
		!(r->differences = calloc(r->count, sizeof *r->differences)))
		return err_set(e, ERR_FAILED, "out of memory for ranks of %zu and %zu values", n, m);
	if (r->count <= RANK_TESTS_EXACT)
		return fill_exact(r, e);
	fill_normal(r);
	return 0;
}

void rank_tests_free(struct rank_tests *r)
{
	free(r->below);
	free(r->differences);
	*r = (struct rank_tests){0};
}

void rank_tests_take(struct rank_tests *r, const double *a, const double *b)
{
	size_t k = 0;
	for (size_t i = 0; i < r->n; i++)
		if (r->m)
			for (size_t j = 0; j < r->m; j++)
				r->differences[k++] = b[j] - a[i];
		else
			for (size_t j = 0; j <= i; j++)
				r->differences[k++] = (b[i] - a[i]) / 2 + (b[j] - a[j]) / 2;
	stats_sort(r->differences, r->count);
}

/* How many differences are <= x; below it, where not `equal`. */
static size_t up_to(const struct rank_tests *r, double x, bool equal)
{
	size_t low = 0, high = r->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (r->differences[middle] < x || (equal && r->differences[middle] == x))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

double rank_tests_above(const struct rank_tests *r, double by)
{
	return r->below[up_to(r, by, true)];
}

double rank_tests_below(const struct rank_tests *r, double by)
{
	return r->below[r->count - up_to(r, -by, false)];
}

struct shift rank_tests_shift(const struct rank_tests *r, double confidence)
{
	size_t outside = 0; /* differences beyond each end */
	while (outside < r->count / 2 && r->below[outside] <= (1 - confidence) / 2)
		outside++;
	struct shift s = {stats_median(r->differences, r->count), {(double)NAN, (double)NAN}};
	if (outside)
		s.interval =
			(struct interval){r->differences[outside - 1], r->differences[r->count - outside]};
	return s;
}

/* z with P(normal <= z) = p, by halving. */
static double normal_quantile(double p)
{
	double low = -40, high = 40;
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;
		if (normal_below(middle) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* The least number of values that can reach significance: the smallest two-sided p-value is 2 of
 * C(2 n, n) orders for two groups of n, or 2 of 2^n sign patterns for pairs. */
static double least_needed(bool pairs, double alpha)
{
	double least = 2, values = 0;
	while (least > alpha) {
		values++;
		least *= pairs ? 0.5 : values / (2 * (2 * values - 1));
	}
	return values;
}

/* The upper 90 % confidence limit of a standard deviation, relative to its estimate from so many
 * degrees of freedom: sqrt(freedom / chi-squared quantile), the quantile by Wilson and Hilferty. */
static double upper_limit(double freedom)
{
	const double k = 2 / (9 * freedom);
	return pow(1 - k - 1.2816 * sqrt(k), -1.5);
}

/* `size` in standard deviations of a normal distribution with the same share of differences within
 * `size` of the median. If that is below one half, the share says little, and the distance that
 * holds one half (the MAD) is the yardstick. */
static double reach_of(const struct rank_tests *r, double size)
{
	const double middle = stats_median(r->differences, r->count),
		     half = stats_mad(r->differences, r->count);
	const size_t within = up_to(r, middle + size, true) - up_to(r, middle - size, false);
	const double normal_half = 0.6745;
	return 2 * within < r->count ? normal_half * size / half
				     : normal_quantile((1 + (double)within / (double)r->count) / 2);
}

size_t rank_tests_needed(const struct rank_tests *r, double size, double alpha, double power)
{
	const bool pairs = r->m == 0;
	const double freedom = pairs ? (double)r->n - 1 : (double)(r->n + r->m) - 2;
	if (freedom < 1)
		return 0;
	/* The distance is the shift over the standard deviation of normal differences. Then as for
	 * Student's test (Guenther, The American Statistician 35, 1981), over the efficiency of
	 * ranks, 3 / pi. A Walsh average of two differences has half their variance, so pairs need
	 * the number twice. */
	const double distance = reach_of(r, size / upper_limit(freedom)), z = normal_quantile(1 - alpha / 2),
		     spread = (z + normal_quantile(power)) / distance;
	const double n = ceil((pairs ? 2 : 1) * (spread * spread + z * z / 4) * 3.14159265358979323846 / 3);
	return (size_t)fmin(fmax(n, least_needed(pairs, alpha)), 1e9);
}

struct ranked {
	double p;
	size_t place;
};

static int by_p(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	return (x->p > y->p) - (x->p < y->p);
}

/* The step-up procedure (Benjamini and Hochberg, JRSS B 57, 1995): q of rank i is the least of p n
 * / rank over all ranks from i on. */
int rank_tests_adjust(const double *p, double *q, size_t n, struct err *e)
{
	struct ranked *order = calloc(n + 1, sizeof *order);
	size_t known = 0;
	if (!order)
		return err_set(e, ERR_FAILED, "out of memory for %zu tests", n);
	for (size_t i = 0; i < n; i++) {
		q[i] = (double)NAN;
		if (!isnan(p[i]))
			order[known++] = (struct ranked){p[i], i};
	}
	qsort(order, known, sizeof *order, by_p);
	double least = 1;
	for (size_t rank = known; rank > 0; rank--) {
		double rate = order[rank - 1].p * (double)known / (double)rank;
		least = rate < least ? rate : least;
		q[order[rank - 1].place] = least;
	}
	free(order);
	return 0;
}
