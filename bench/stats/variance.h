/* SPDX-License-Identifier: MIT */
/*
 * variance.h - how many launches cells will need for their precision, foreseen from the scatter that they have
 * shown.
 *
 * A cell's own scatter between launches shows from its second launch on. Before, it is guessed: cells of one
 * sweep are draws of a common population of scatters (of standard deviations of the logarithm of a launch's
 * median, which are spread log-normally); where that lies is learnt from the cells that have several launches
 * and, weakly, from the samples within launches, which scatter less than launches do. Pure.
 */
#ifndef PARSCALE_BENCH_STATS_VARIANCE_H
#define PARSCALE_BENCH_STATS_VARIANCE_H

#include <stddef.h>

/* Squared deviations of logarithms from their means, and how many of them were free. Zeroed: nothing is
 * known. */
struct spread {
	double squares, freedom;
};

/* What a cell has shown. */
struct scatter {
	struct spread between, within; /* launches' medians; samples of a launch, all launches added up */
};

/* Logarithms of the cells' standard deviations between launches, and of what they are over those within; and
 * how uncertain what all cells share is: the variance of `mean` and of `ratio` as estimates. */
struct scatter_population {
	double mean, variance, ratio;
	double mean_error, ratio_error;
};

/* Of one launch's samples; of a cell's launches, sorted. Positive values. */
struct spread scatter_within(const double *seconds, size_t n);
struct spread scatter_between(const double *sorted, size_t n);

struct scatter_population scatter_learn(const struct scatter *cells, size_t count);

/* The same, were all cells to scatter more than they seem to, by so many standard errors. */
struct scatter_population scatter_shifted(const struct scatter_population *of, double errors);

struct scatter_rule {
	double precision;   /* as in a plan; finite */
	double least, most; /* launches that a cell gets at least, at most */
};

/* After how many launches a cell that has had `launches` and wants more will stop. */
struct scatter_end {
	double mean, variance;
};
struct scatter_end scatter_launches(const struct scatter_population *of, const struct scatter *cell,
	double launches, const struct scatter_rule *rule);

#endif
