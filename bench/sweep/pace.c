/* SPDX-License-Identifier: MIT */
#include "sweep/pace.h"

#include "data/stats.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 16, FAILURES = 2 };

struct progress {
	double *medians; /* of the launches that have samples that count, ascending */
	size_t count, room;
	unsigned launches, failures;
	unsigned next_block; /* the first that it has not been launched in */
	double width;
	bool precise; /* at the last look */
	double cost;
};

struct pace {
	const struct plan *plan;
	struct progress *cells;
};

struct pace *pace_open(const struct plan *p, struct err *e)
{
	struct pace *t = calloc(1, sizeof *t);
	if (t)
		t->cells = calloc(p->count, sizeof *t->cells);
	if (!t || !t->cells) {
		pace_close(t);
		err_set(e, ERR_FAILED, "out of memory for the sweep");
		return NULL;
	}
	t->plan = p;
	for (size_t i = 0; i < p->count; i++)
		t->cells[i].width = INFINITY;
	return t;
}

void pace_close(struct pace *t)
{
	for (size_t i = 0; t && t->cells && i < t->plan->count; i++)
		free(t->cells[i].medians);
	if (t)
		free(t->cells);
	free(t);
}

static int add(struct progress *c, double median, struct err *e)
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

static double width_of(const struct progress *c)
{
	struct interval i = stats_launch_interval(c->medians, c->count);
	double median = stats_median(c->medians, c->count);
	return i.high >= i.low && median > 0 ? (i.high - i.low) / 2 / median : INFINITY;
}

/* The median of the rows that count goes to *median (NAN: none does); whether all of them count. */
static bool read_launch(struct progress *c, const struct table *samples, size_t from, size_t count,
	double *median, double *work)
{
	size_t n = 0;
	for (size_t i = from; i < from + count; i++) {
		const struct sample *row = table_row(samples, i);
		if (strcmp(row->status, "ok") == 0)
			work[n++] = row->seconds;
		if (row->block.known && row->block.value >= c->next_block)
			c->next_block = (unsigned)row->block.value + 1;
	}
	stats_sort(work, n);
	*median = stats_median(work, n);
	return n > 0 && n == count;
}

int pace_take(struct pace *t, size_t cell, const struct table *samples, size_t from, size_t count,
	double cost, struct err *e)
{
	struct progress *c = &t->cells[cell];
	double median, *work = calloc(count + 1, sizeof *work);
	if (!work)
		return err_set(e, ERR_FAILED, "out of memory for the sweep");
	bool good = read_launch(c, samples, from, count, &median, work);
	free(work);
	if (!isnan(median) && add(c, median, e) != 0)
		return -1;
	c->launches++;
	c->failures += !good;
	c->width = width_of(c);
	if (!isnan(median) && stats_look(c->count))
		c->precise = c->width <= t->plan->precision;
	c->cost = isnan(cost) ? c->cost : cost;
	return 0;
}

const char *pace_stop(const struct pace *t, size_t cell)
{
	const struct progress *c = &t->cells[cell];
	if (c->launches < t->plan->launches)
		return NULL;
	if (c->failures >= FAILURES)
		return "failed";
	if (c->precise || isinf(t->plan->precision)) /* off: the least launches are all */
		return "precise";
	return c->launches >= t->plan->most_launches ? "most-launches" : NULL;
}

bool pace_wants(const struct pace *t, size_t cell, unsigned block)
{
	return t->cells[cell].next_block <= block && !pace_stop(t, cell);
}

bool pace_had(const struct pace *t, size_t cell, unsigned block)
{
	return t->cells[cell].next_block > block;
}

double pace_width(const struct pace *t, size_t cell)
{
	return t->cells[cell].width;
}

double pace_cost(const struct pace *t, size_t cell)
{
	return t->cells[cell].cost;
}

/* Squared deviations of the logarithms of a cell's launches from their mean. */
static double squares(const struct progress *c)
{
	double mean = 0, sum = 0;
	for (size_t i = 0; i < c->count; i++)
		mean += log(c->medians[i]) / (double)c->count;
	for (size_t i = 0; i < c->count; i++)
		sum += pow(log(c->medians[i]) - mean, 2);
	return sum;
}

/* Variance of the logarithms between launches of a common cell: of all cells, and, while there is little of them, of a common machine. */
static double common_variance(const struct pace *t)
{
	double sum = 2 * 0.02 * 0.02, freedom = 2;
	for (size_t i = 0; i < t->plan->count; i++)
		if (t->cells[i].count > 1) {
			sum += squares(&t->cells[i]);
			freedom += (double)t->cells[i].count - 1;
		}
	return sum / freedom;
}

/*
 * How many launches a cell will have had in the end: the look at which an interval of +-2.05 standard errors of the median (1.25 those of the
 * mean, for normal values) will be narrow enough. Its scatter is its own as far as that is known, and else the common one.
 */
static double launches_in_the_end(const struct pace *t, const struct progress *c, double common)
{
	const struct plan *p = t->plan;
	const double weight = 2;
	if (isinf(p->precision))
		return p->launches > c->launches ? p->launches : c->launches;
	double freedom = c->count > 1 ? (double)c->count - 1 : 0;
	double variance = ((c->count > 1 ? squares(c) : 0) + weight * common) / (freedom + weight);
	double wanted = fmax(variance * pow(2.05 * 1.25 / p->precision, 2), fmax(c->launches, p->launches));
	size_t look = wanted < p->most_launches ? (size_t)ceil(wanted) : p->most_launches;
	while (look < p->most_launches && !stats_look(look))
		look++;
	return (double)look;
}

struct forecast pace_forecast(const struct pace *t)
{
	struct forecast f = {0, 0};
	double known = 0, unknown = 0, sum = 0, common = common_variance(t);
	for (size_t i = 0; i < t->plan->count; i++) {
		const struct progress *c = &t->cells[i];
		double all = pace_stop(t, i) ? c->launches : launches_in_the_end(t, c, common),
		       left = all - c->launches;
		f.launches += all;
		known += c->cost > 0;
		sum += c->cost;
		f.seconds += c->cost * left;
		unknown += c->cost > 0 ? 0 : left;
	}
	f.seconds += known > 0 ? unknown * sum / known : 0;
	return f;
}
