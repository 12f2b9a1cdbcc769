/* SPDX-License-Identifier: MIT */
/*
 * models.c - fits Amdahl's law and the Universal Scalability Law to times over worker counts.
 *
 * Multiplying the law by p makes it linear: T(p) p = c0 + c1 (p - 1) + c2 p (p - 1), with c0 =
 * T(1), sigma = c1 / c0, kappa = c2 / c0. Each equation is divided by the measured T(p) p, so that
 * the sum of squares is of relative errors: otherwise the slowest points, those of few workers,
 * decide alone. There are three unknowns at most, so the normal equations are solved by
 * elimination.
 *
 * Coefficients must not be negative. With three terms it is enough to try every subset that
 * contains the constant (at most four) and to keep the best fit whose coefficients are all >= 0;
 * that is the active-set method of non-negative least squares, done exhaustively.
 *
 * Intervals come from the bootstrap: launches of each worker count are drawn with replacement 2,000
 * times, each draw is fitted, and the 2.5 % and 97.5 % quantiles are taken. With two or three
 * launches per point plain resampling is too narrow; `widening` corrects for that. The seed is
 * fixed, so the same folder always gives the same report.
 */
#include "bench/stats/models.h"

#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 3, RESAMPLES = 2000 };

/* One fit: T(p) p = c[0] + c[1] (p - 1) + c[2] p (p - 1), and the mean square of its relative errors. */
struct fit {
	double c[TERMS];
	double error;
};

/* One time for each worker count. */
struct curve {
	const double *workers;
	const double *seconds;
	size_t count;
};

static void terms_of(double p, double seconds, double x[TERMS])
{
	double weight = 1 / (p * seconds); /* makes the errors relative */
	x[0] = weight;
	x[1] = weight * (p - 1);
	x[2] = weight * p * (p - 1);
}

/* Solves the n equations m c = v by elimination with pivots; false where they do not determine c. Both are
 * changed. */
static bool solve(double m[TERMS][TERMS], double v[TERMS], int n, double c[TERMS])
{
	for (int k = 0; k < n; k++) {
		int pivot = k;
		for (int r = k + 1; r < n; r++)
			if (fabs(m[r][k]) > fabs(m[pivot][k]))
				pivot = r;
		if (!(fabs(m[pivot][k]) > 0))
			return false;
		for (int i = 0; i < n; i++) {
			double kept = m[k][i];
			m[k][i] = m[pivot][i];
			m[pivot][i] = kept;
		}
		double kept = v[k];
		v[k] = v[pivot];
		v[pivot] = kept;
		for (int r = k + 1; r < n; r++) {
			double factor = m[r][k] / m[k][k];
			for (int i = k; i < n; i++)
				m[r][i] -= factor * m[k][i];
			v[r] -= factor * v[k];
		}
	}
	for (int k = n - 1; k >= 0; k--) {
		double sum = v[k];
		for (int i = k + 1; i < n; i++)
			sum -= m[k][i] * c[i];
		c[k] = sum / m[k][k];
	}
	return true;
}

/* Least squares with those terms whose bit is set in `used`; false where they do not fit or are negative. */
static bool fit_terms(const struct curve *y, unsigned used, struct fit *f)
{
	double m[TERMS][TERMS] = {{0}}, v[TERMS] = {0}, c[TERMS] = {0}, x[TERMS];
	int place[TERMS], n = 0;
	for (int i = 0; i < TERMS; i++)
		if (used >> i & 1)
			place[n++] = i;
	for (size_t k = 0; k < y->count; k++) {
		terms_of(y->workers[k], y->seconds[k], x);
		for (int r = 0; r < n; r++) {
			v[r] += x[place[r]];
			for (int i = 0; i < n; i++)
				m[r][i] += x[place[r]] * x[place[i]];
		}
	}
	if (!solve(m, v, n, c))
		return false;
	*f = (struct fit){0};
	for (int i = 0; i < n; i++) {
		f->c[place[i]] = c[i];
		if (!(c[i] >= 0))
			return false;
	}
	for (size_t k = 0; k < y->count; k++) {
		terms_of(y->workers[k], y->seconds[k], x);
		double model = f->c[0] * x[0] + f->c[1] * x[1] + f->c[2] * x[2];
		f->error += (model - 1) * (model - 1) / (double)y->count;
	}
	return true;
}

/* The best fit without negative terms, of the terms in `allowed` and any part of them that has the first. */
static struct fit best_fit(const struct curve *y, unsigned allowed)
{
	struct fit best = {.error = INFINITY}, f;
	for (unsigned used = 1; used < 1u << TERMS; used += 2)
		if (!(used & ~allowed) && fit_terms(y, used, &f) && f.error < best.error)
			best = f;
	return best;
}

/* All models of one curve. */
struct reading {
	double amdahl_serial, usl_contention, usl_coherency, karp_flatt;
	double amdahl_error, usl_error;
};

static double karp_flatt(const struct curve *y)
{
	double one = (double)NAN, most = 1, seconds = 0;
	for (size_t k = 0; k < y->count; k++) {
		if (y->workers[k] <= 1)
			one = y->seconds[k];
		if (y->workers[k] > most) {
			most = y->workers[k];
			seconds = y->seconds[k];
		}
	}
	return (seconds / one - 1 / most) / (1 - 1 / most);
}

static struct reading read_curve(const struct curve *y)
{
	struct fit amdahl = best_fit(y, 3), usl = best_fit(y, 7);
	return (struct reading){
		.amdahl_serial = amdahl.c[1] / amdahl.c[0],
		.usl_contention = usl.c[1] / usl.c[0],
		.usl_coherency = usl.c[2] / usl.c[0],
		.karp_flatt = karp_flatt(y),
		.amdahl_error = sqrt(amdahl.error),
		.usl_error = sqrt(usl.error),
	};
}

/* The geometric mean. The median of two or three values jumps under resampling; this does not. */
static double geometric_mean(const struct model_point *p)
{
	double sum = 0;
	for (size_t i = 0; i < p->launches; i++)
		sum += log(p->seconds[i]);
	return exp(sum / (double)p->launches);
}

/*
 * How much wider an interval from n launches must be than resampling makes it. Two corrections:
 * resampled values deviate from their own mean, which understates the variance by (n - 1) / n; and
 * the variance itself is estimated from n - 1 differences, so Student's t replaces the normal
 * quantile, with the degrees of freedom of two worker counts, by Fisher's expansion (Abramowitz and
 * Stegun 26.7.5).
 */
static double widening(size_t launches)
{
	double n = (double)launches, v = 2 * (n - 1), z = 1.959964, z3 = z * z * z, z5 = z3 * z * z,
	       z7 = z5 * z * z;
	double t = z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
		   (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
	return sqrt(n / (n - 1)) * t / z;
}

/* The geometric mean of one resample, its deviation from `mean` widened. */
static double resampled_mean(const struct model_point *p, double mean, uint64_t *state)
{
	double sum = 0;
	for (size_t i = 0; i < p->launches; i++)
		sum += log(p->seconds[rng_next(state) % p->launches] / mean);
	return mean * exp(sum / (double)p->launches * widening(p->launches));
}

static struct estimate estimate(double value, double *resampled)
{
	stats_sort(resampled, RESAMPLES);
	double low = stats_quantile(resampled, RESAMPLES, 0.025),
	       high = stats_quantile(resampled, RESAMPLES, 0.975);
	return (struct estimate){value, {fmin(low, value), fmax(high, value)}};
}

/* The worker count with the least T(p). With T(p) / T(1) = (1 - sigma) / p + sigma + kappa (p - 1)
 * the derivative is zero at p = sqrt((1 - sigma) / kappa); without kappa there is no minimum. */
static double peak(double contention, double coherency)
{
	if (!(coherency > 0))
		return INFINITY;
	return contention < 1 ? fmax(sqrt((1 - contention) / coherency), 1) : 1;
}

const char *model_refusal(const struct model_point *points, size_t count)
{
	if (count < MODEL_FEWEST_COUNTS)
		return "fewer than four worker counts: any curve would fit";
	for (size_t k = 0; k < count; k++)
		if (points[k].launches < MODEL_FEWEST_LAUNCHES)
			return "a worker count with a single launch: no interval";
	return NULL;
}

int model_fit(const struct model_point *points, size_t count, struct model *m, struct err *e)
{
	assert(!model_refusal(points, count));
	double *room = calloc(3 * count + 4 * RESAMPLES, sizeof *room);
	if (!room)
		return err_set(e, ERR_FAILED, "out of memory for the models");
	double *workers = room, *means = room + count, *drawn = room + 2 * count, *serial = room + 3 * count;
	double *contention = serial + RESAMPLES, *coherency = contention + RESAMPLES,
	       *karp = coherency + RESAMPLES;
	uint64_t state = 1; /* the same launches are drawn every time */
	for (size_t k = 0; k < count; k++) {
		workers[k] = points[k].workers;
		means[k] = geometric_mean(&points[k]);
	}
	struct curve measured = {workers, means, count}, resampled = {workers, drawn, count};
	struct reading found = read_curve(&measured);
	for (size_t i = 0; i < RESAMPLES; i++) {
		for (size_t k = 0; k < count; k++)
			drawn[k] = resampled_mean(&points[k], means[k], &state);
		struct reading r = read_curve(&resampled);
		serial[i] = r.amdahl_serial;
		contention[i] = r.usl_contention;
		coherency[i] = r.usl_coherency;
		karp[i] = r.karp_flatt;
	}
	*m = (struct model){
		.amdahl_serial = estimate(found.amdahl_serial, serial),
		.usl_contention = estimate(found.usl_contention, contention),
		.usl_coherency = estimate(found.usl_coherency, coherency),
		.karp_flatt = {(double)NAN, {(double)NAN, (double)NAN}},
		.amdahl_error = found.amdahl_error,
		.usl_error = found.usl_error,
		.usl_peak_workers = peak(found.usl_contention, found.usl_coherency),
	};
	if (!isnan(found.karp_flatt))
		m->karp_flatt = estimate(found.karp_flatt, karp);
	free(room);
	return 0;
}
