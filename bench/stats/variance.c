/* SPDX-License-Identifier: MIT */
/*
 * variance.c - predicts the number of launches that a cell still needs, for the progress line and
 * the budget of a sweep.
 *
 * Each source of knowledge is a normal estimate (mean and variance) of the logarithm of a standard
 * deviation, so sources combine by weighting with the inverse variance. Three of them: the cell's
 * own launches; its samples within a launch, shifted by the usual ratio of the two; and the
 * population of all cells. The population's mean and width are estimated by three rounds of the
 * same weighting (an empirical Bayes random-effects model). With the standard deviation known as a
 * distribution, the chance that a look at the interval finds it too wide is a normal probability,
 * and the expected number of launches is the sum over the looks still to come. Cost: linear in
 * cells and in looks, no iteration to convergence, so it can be recomputed after every launch.
 */
#include "bench/stats/variance.h"

#include "bench/stats/stats.h"

#include <math.h>

/* What is known of the logarithm of a standard deviation. */
struct hint {
	double mean, variance;
};

/* The logarithm of a standard deviation estimated from normal values: half the logarithm of a
 * chi-squared draw, whose mean and variance are digamma and trigamma of half the degrees of
 * freedom. Their series are cut short: within 2 % and 8 % of the truth even for one degree. */
static struct hint hint_of(const struct spread *s)
{
	const double least = 1e-4, d = s->freedom, deviation = fmax(sqrt(s->squares / d), least);
	return (struct hint){
		log(deviation) + 1 / (2 * (d - 0.2)), (2 / d + 2 / (d * d) + 4 / (3 * d * d * d)) / 4};
}

struct spread variance_within(const double *seconds, size_t n)
{
	double mean = 0, squares = 0;
	for (size_t i = 0; i < n; i++)
		mean += log(seconds[i]) / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += pow(log(seconds[i]) - mean, 2);
	return (struct spread){squares, n > 1 ? (double)n - 1 : 0};
}

/* Launches have outliers, which the interval of a median ignores. From four launches on the median
 * absolute deviation is used, scaled to the standard deviation of normal values (1.4826, and a
 * factor for small n); it is worth half as many degrees of freedom. */
struct spread variance_between(const double *sorted, size_t n)
{
	if (n < 4)
		return variance_within(sorted, n);
	const double deviation =
		stats_mad(sorted, n) / stats_median(sorted, n) * 1.4826 * (1 + 1 / (double)n);
	const double freedom = ((double)n - 1) / 2;
	return (struct spread){deviation * deviation * freedom, freedom};
}

/* The two estimates combined, each weighted by its inverse variance. */
static struct hint combined(struct hint a, struct hint b)
{
	const double weight = 1 / a.variance + 1 / b.variance;
	return (struct hint){(a.mean / a.variance + b.mean / b.variance) / weight, 1 / weight};
}

/* The logarithm of how much more launches vary than the samples within them: a factor of three,
 * within a factor of two, until cells have shown it; cells differ in it by 0.6. */
static const double usual_ratio = 1.1, ratio_variance = 0.5, own_ratio_variance = 0.36;

static struct hint learn_ratio(const struct variance *cells, size_t count)
{
	struct hint ratio = {usual_ratio, ratio_variance};
	for (size_t i = 0; i < count; i++)
		if (cells[i].within.freedom > 0 && cells[i].between.freedom > 0) {
			const struct hint w = hint_of(&cells[i].within);
			const struct hint b = hint_of(&cells[i].between);
			const double variance = w.variance + b.variance + own_ratio_variance;
			ratio = combined(ratio, (struct hint){b.mean - w.mean, variance});
		}
	return ratio;
}

/*
 * From the variance within launches: where the population's mean probably is, and how wide it is.
 */
static struct hint guess(const struct variance *cells, size_t count, struct hint ratio, double *variance)
{
	/* With no data: 1.2 %; and cells differ by a factor of two, which weighs as much as ten of
	 * them. */
	const double usual = log(0.012), usual_variance = 0.5, weight = 10;
	double n = 0, mean = 0, squares = 0;
	for (size_t i = 0; i < count; i++)
		if (cells[i].within.freedom > 0) {
			const struct hint h = hint_of(&cells[i].within);
			const double off = h.mean - mean;
			mean += off / ++n;
			squares += off * (h.mean - mean) - h.variance;
		}
	*variance = (weight * usual_variance + fmax(squares, 0.05 * n)) / (weight + n);
	return n > 0 ? (struct hint){mean + ratio.mean, ratio.variance + 0.02}
		     : (struct hint){usual, ratio_variance};
}

struct variance_population variance_learn(const struct variance *cells, size_t count)
{
	/* Cells of few launches show little of the population's width: the guess weighs as much as
	 * six cells. */
	const double guess_weight = 6, narrowest = 0.02;
	struct variance_population p;
	double guessed;
	const struct hint ratio = learn_ratio(cells, count), first = guess(cells, count, ratio, &guessed);
	p.ratio = ratio.mean;
	p.ratio_error = ratio.variance;
	p.variance = guessed;
	for (int round = 0; round < 3; round++) {
		struct hint mean = first;
		for (size_t i = 0; i < count; i++)
			if (cells[i].between.freedom > 0) {
				struct hint h = hint_of(&cells[i].between);
				h.variance += p.variance;
				mean = combined(mean, h);
			}
		p.mean = mean.mean;
		p.mean_error = mean.variance;
		double sum = guess_weight * guessed, weights = guess_weight;
		for (size_t i = 0; i < count; i++)
			if (cells[i].between.freedom > 0) {
				const struct hint h = hint_of(&cells[i].between);
				const double weight = pow(0.3 / (h.variance + 0.3), 2);
				sum += weight * (pow(h.mean - p.mean, 2) - h.variance);
				weights += weight;
			}
		p.variance = fmax(sum / weights, narrowest);
	}
	return p;
}

struct variance_population variance_shifted(const struct variance_population *of, double errors)
{
	struct variance_population p = *of;
	p.mean += errors * sqrt(of->mean_error);
	p.ratio += errors * sqrt(of->ratio_error);
	return p;
}

/* The first look at precision after more than so many launches. */
static double next_look(double launches)
{
	size_t look = (size_t)launches + 1;
	while (!stats_look(look))
		look++;
	return (double)look;
}

/*
 * A look finds the interval too wide with a probability that grows with the standard deviation: half where
 * that is 0.385 sqrt(n) times the precision, and from a sixth to five sixths within a factor of e^0.3 either
 * side. Simulated, for normal values and 6 to 48 launches.
 */
static double still_wide(struct hint scatter, double launches, double precision)
{
	const double own = 0.3, half_way = log(0.385 * sqrt(launches) * precision);
	return erfc((half_way - scatter.mean) / sqrt(2 * (own * own + scatter.variance))) / 2;
}

/* The expected number of launches is the sum over looks of the step to the next look times the
 * probability of going on; its second moment gives the variance. */
struct variance_end variance_launches(const struct variance_population *of, const struct variance *cell,
	double launches, const struct variance_rule *rule)
{
	struct hint known = {of->mean, of->variance};
	if (cell->within.freedom > 0) {
		struct hint h = hint_of(&cell->within);
		known = combined(known, (struct hint){h.mean + of->ratio, h.variance + own_ratio_variance});
	}
	if (cell->between.freedom > 0)
		known = combined(known, hint_of(&cell->between));
	double look = next_look(fmax(launches, rule->least - 1));
	double mean = fmin(look, rule->most), square = mean * mean;
	while (look < rule->most) {
		const double next = fmin(next_look(look), rule->most),
			     goes_on = still_wide(known, look, rule->precision);
		mean += (next - look) * goes_on;
		square += (next * next - look * look) * goes_on;
		look = next;
	}
	return (struct variance_end){mean, fmax(0, square - mean * mean)};
}
