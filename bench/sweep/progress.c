/* SPDX-License-Identifier: MIT */
/*
 * progress.c - the state of each cell: launches, precision, cost; and the prediction of the time
 * left.
 *
 * A cell is precise if the 95 % interval of its median, halved, is within the plan's precision of
 * the median. It is judged only at certain launch counts (stats_look), because looking after each
 * one would stop cells by chance.
 *
 * Prediction: each cell's final number of launches is a random variable with a mean and a variance
 * (variance.h); times the cost of a launch these sum up to a mean and a variance for the sweep.
 * What all cells share - the population's mean and ratio - does not average out, so it is varied by
 * two standard errors instead and added in quadrature, with 10 % for changes of the machine. Costs
 * of cells never launched are the plan's estimates, scaled by the ratio seen so far.
 */
#include "bench/sweep/progress.h"

#include "bench/stats/stats.h"
#include "bench/stats/variance.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 16, FAILURES = 2 };

struct cell_progress {
	double *medians; /* of the launches that have samples that count, ascending */
	size_t count, room;
	unsigned launches, failures;
	unsigned next_block; /* the first that it has not been launched in */
	double width;
	bool precise;              /* at the last look */
	double cost, planned_cost; /* seconds of its last launch, 0: there was none; as the plan estimates */
};

struct progress {
	const struct plan *plan;
	size_t arms;
	/* of the cells; the arms of a cell follow each other */
	struct cell_progress *cells;
	struct variance *scatters;
	bool *asleep; /* of each cell */
};

static size_t all(const struct progress *t)
{
	return t->plan->count * t->arms;
}

/* The records of a cell, one for each arm. */
static struct cell_progress *arms_of(const struct progress *t, size_t cell)
{
	return t->cells + cell * t->arms;
}

struct progress *progress_open(const struct plan *p, size_t arms, struct err *e)
{
	struct progress *t = calloc(1, sizeof *t);
	if (t) {
		t->plan = p;
		t->arms = arms;
		t->cells = calloc(all(t), sizeof *t->cells);
		t->scatters = calloc(all(t), sizeof *t->scatters);
		t->asleep = calloc(p->count + 1, sizeof *t->asleep);
	}
	if (!t || !t->cells || !t->scatters || !t->asleep) {
		progress_close(t);
		err_set(e, ERR_FAILED, "out of memory for the sweep");
		return NULL;
	}
	for (size_t i = 0; i < p->count; i++)
		t->asleep[i] = p->cells[i].spare;
	for (size_t i = 0; i < all(t); i++) {
		t->cells[i].width = INFINITY;
		t->cells[i].planned_cost = plan_launch_seconds(p, i / arms);
	}
	return t;
}

void progress_close(struct progress *t)
{
	for (size_t i = 0; t && t->cells && i < all(t); i++)
		free(t->cells[i].medians);
	if (t) {
		free(t->cells);
		free(t->scatters);
		free(t->asleep);
	}
	free(t);
}

static int add(struct cell_progress *c, double median, struct err *e)
{
	if (c->count == c->room) {
		size_t room = c->room ? 2 * c->room : ROOM;
		double *more = realloc(c->medians, room * sizeof *more);
		if (!more)
			return err_set(e, ERR_FAILED, "out of memory for the sweep");
		c->medians = more;
		c->room = room;
	}
	c->medians[c->count++] = median;
	stats_sort(c->medians, c->count);
	return 0;
}

static double width_of(const struct cell_progress *c)
{
	struct interval i = stats_launch_interval(c->medians, c->count, (struct prior){0});
	double median = stats_median(c->medians, c->count);
	return i.high >= i.low && median > 0 ? (i.high - i.low) / 2 / median : INFINITY;
}

/* *median gets the median of the rows that count (NAN: none does); their squares are added to
 * *within. Returns whether all rows count. */
static bool read_launch(struct cell_progress *c, const struct table *samples, size_t from, size_t count,
	double *median, struct spread *within, double *work)
{
	size_t n = 0;
	for (size_t i = from; i < from + count; i++) {
		const struct sample *row = table_row(samples, i);
		if (strcmp(row->status, "ok") == 0 && row->seconds > 0 && isfinite(row->seconds))
			work[n++] = row->seconds;
		if (row->block.known && row->block.value >= c->next_block)
			c->next_block = (unsigned)row->block.value + 1;
	}
	stats_sort(work, n);
	*median = stats_median(work, n);
	const struct spread own = variance_within(work, n);
	if (own.squares > 0) { /* alike to the last digit: the clock tells no more */
		within->squares += own.squares;
		within->freedom += own.freedom;
	}
	return n > 0 && n == count;
}

int progress_record(struct progress *t, size_t cell, size_t arm, const struct table *samples, size_t from,
	size_t count, double cost, struct err *e)
{
	struct cell_progress *c = arms_of(t, cell) + arm;
	struct variance *scatter = &t->scatters[cell * t->arms + arm];
	t->asleep[cell] = false;
	double median, *work = calloc(count + 1, sizeof *work);
	if (!work)
		return err_set(e, ERR_FAILED, "out of memory for the sweep");
	bool good = read_launch(c, samples, from, count, &median, &scatter->within, work);
	free(work);
	if (!isnan(median) && add(c, median, e) != 0)
		return -1;
	scatter->between = variance_between(c->medians, c->count);
	c->launches++;
	c->failures += !good;
	c->width = width_of(c);
	if (!isnan(median) && stats_look(c->count))
		c->precise = c->width <= t->plan->precision;
	c->cost = isnan(cost) ? c->cost : cost;
	return 0;
}

const char *progress_stop(const struct progress *t, size_t cell)
{
	const struct plan *p = t->plan;
	bool few = false, failed = false, precise = true, most = false;
	if (t->asleep[cell])
		return "smooth";
	for (size_t s = 0; s < t->arms; s++) {
		const struct cell_progress *c = arms_of(t, cell) + s;
		few |= c->launches < p->launches;
		failed |= c->failures >= FAILURES;
		precise &= c->precise || isinf(p->precision); /* off: the least launches are all */
		most |= c->launches >= p->most_launches;
	}
	return few ? NULL : failed ? "failed" : precise ? "precise" : most ? "most-launches" : NULL;
}

bool progress_asleep(const struct progress *t, size_t cell)
{
	return t->asleep[cell];
}

void progress_wake(struct progress *t, size_t cell)
{
	t->asleep[cell] = false;
}

double progress_median(const struct progress *t, size_t cell)
{
	const struct cell_progress *c = arms_of(t, cell);
	return c->count > 0 ? stats_median(c->medians, c->count) : (double)NAN;
}

unsigned progress_launches(const struct progress *t, size_t cell)
{
	return arms_of(t, cell)->launches;
}

bool progress_wants(const struct progress *t, size_t cell, unsigned block)
{
	return !progress_had(t, cell, block) && !progress_stop(t, cell);
}

bool progress_had(const struct progress *t, size_t cell, unsigned block)
{
	return arms_of(t, cell)->next_block > block;
}

double progress_width(const struct progress *t, size_t cell)
{
	double width = 0;
	for (size_t s = 0; s < t->arms; s++)
		width = fmax(width, arms_of(t, cell)[s].width);
	return width;
}

double progress_cost(const struct progress *t, size_t cell)
{
	double cost = 0;
	for (size_t s = 0; s < t->arms; s++)
		cost += arms_of(t, cell)[s].cost;
	return cost;
}

/* The predicted final number of launches of a cell, per arm; of several arms the largest. */
static struct variance_end launches_in_the_end(
	const struct progress *t, size_t cell, const struct variance_population *of)
{
	const struct plan *p = t->plan;
	const double launches = progress_launches(t, cell);
	const struct variance_rule rule = {p->precision, p->launches, p->most_launches};
	struct variance_end end = {p->launches, 0};
	if (progress_stop(t, cell))
		return (struct variance_end){launches, 0};
	for (size_t s = 0; s < t->arms && !isinf(p->precision); s++) {
		const struct variance_end own =
			variance_launches(of, &t->scatters[cell * t->arms + s], launches, &rule);
		end = own.mean > end.mean ? own : end;
	}
	return end;
}

/* Seconds spent on launches over the plan's estimate of them; 1 before the first launch. */
static double progress_scale(const struct progress *t)
{
	double spent = 0, planned = 0;
	for (size_t i = 0; i < all(t); i++) {
		spent += t->cells[i].cost;
		planned += t->cells[i].cost > 0 ? t->cells[i].planned_cost : 0;
	}
	return planned > 0 ? spent / planned : 1;
}

void progress_needs(const struct progress *t, double *needs)
{
	const struct variance_population of = variance_learn(t->scatters, all(t));
	const double scale = progress_scale(t);
	for (size_t i = 0; i < t->plan->count; i++) {
		const double launches = progress_launches(t, i), end = launches_in_the_end(t, i, &of).mean,
			     known = progress_cost(t, i),
			     cost = known > 0 ? known : (double)t->arms * arms_of(t, i)->planned_cost * scale;
		/* at the look before the last it would have to be as likely as not */
		const bool hopeless = end > 0.9 * t->plan->most_launches && launches >= t->plan->launches;
		needs[i] = progress_stop(t, i) ? 0
			   : hopeless          ? (double)INFINITY
					       : fmax(1, end - launches) * cost;
	}
}

/* Predicted totals for one assumption about the variance: sums over cells. */
struct outlook {
	double launches, seconds, variance;
};

static struct outlook look_out(const struct progress *t, const struct variance_population *of, double scale)
{
	const double unknown_error = 0.5; /* of a launch's cost before the first: a share of it */
	struct outlook o = {0, 0, 0};
	for (size_t i = 0; i < t->plan->count; i++) {
		const struct variance_end end = launches_in_the_end(t, i, of);
		double cost = 0, unknown = 0, left = 0;
		for (size_t s = 0; s < t->arms; s++) {
			const struct cell_progress *c = arms_of(t, i) + s;
			const double own = c->cost > 0 ? c->cost : c->planned_cost * scale;
			left = fmax(0, end.mean - c->launches);
			cost += own;
			unknown += c->cost > 0 ? 0 : own * left * unknown_error;
			o.seconds += own * left;
		}
		o.launches += end.mean * (double)t->arms;
		o.variance += cost * cost * end.variance + unknown * unknown;
	}
	return o;
}

struct forecast progress_forecast(const struct progress *t)
{
	/* Two standard errors of the shared parameters, whose own error is a guess; and 10 % of the
	 * rest, by which a machine may change. The coverage is simulated in test_campaign_forecasts. */
	const double errors = 2, change = 0.1, scale = progress_scale(t);
	const struct variance_population of = variance_learn(t->scatters, all(t)),
					 less = variance_shifted(&of, -errors),
					 more = variance_shifted(&of, errors);
	const struct outlook o = look_out(t, &of, scale), low = look_out(t, &less, scale),
			     high = look_out(t, &more, scale);
	/* what each cell has for itself, and the machine */
	const double own = errors * errors * o.variance + pow(change * o.seconds, 2);
	return (struct forecast){.launches = o.launches,
		.seconds = o.seconds,
		.low = fmax(0, o.seconds - sqrt(pow(o.seconds - low.seconds, 2) + own)),
		.high = o.seconds + sqrt(pow(high.seconds - o.seconds, 2) + own)};
}
