/* SPDX-License-Identifier: MIT */
/*
 * variance.h - predicts how many launches each cell needs to reach its precision, from the variance
 * seen so far.
 *
 * A cell's own variance between launches shows from its second launch on. Before that it is
 * guessed: the cells of one sweep are draws from a common population of standard deviations (of the
 * logarithm of a launch's median), which is log-normal. Its mean is learnt from the cells that have
 * several launches and, weakly, from the samples within launches, which vary less than launches do.
 * Pure.
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
struct variance {
	struct spread between, within; /* launches' medians; samples of a launch, all launches added up */
};

/* Logarithms of the cells' standard deviations between launches, and of what they are over those within; and
 * how uncertain what all cells share is: the variance of `mean` and of `ratio` as estimates. */
struct variance_population {
	double mean, variance, ratio;
	double mean_error, ratio_error;
};

/* Of one launch's samples; of a cell's launches, sorted. Positive values. */
struct spread variance_within(const double *seconds, size_t n);
struct spread variance_between(const double *sorted, size_t n);

struct variance_population variance_learn(const struct variance *cells, size_t count);

/* The same, were all cells to scatter more than they seem to, by so many standard errors. */
struct variance_population variance_shifted(const struct variance_population *of, double errors);

struct variance_rule {
	double precision;   /* as in a plan; finite */
	double least, most; /* launches that a cell gets at least, at most */
};

/* After how many launches a cell that has had `launches` and wants more will stop. */
struct variance_end {
	double mean, variance;
};
struct variance_end variance_launches(const struct variance_population *of, const struct variance *cell,
	double launches, const struct variance_rule *rule);

#endif
