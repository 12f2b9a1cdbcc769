/* SPDX-License-Identifier: MIT */
#include "sweep/pace.h"

#include "data/stats.h"
#include "sweep/scatter.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 16, FAILURES = 2 };

struct progress {
	double *medians; /* of the launches that have samples that count, ascending */
	size_t count, room;
	unsigned launches, failures;
	unsigned next_block; /* the first that it has not been launched in */
	double width;
	bool precise;              /* at the last look */
	double cost, planned_cost; /* seconds of its last launch, 0: there was none; as the plan estimates */
};

struct pace {
	const struct plan *plan;
	size_t sides;
	/* of the cells, all sides of one after each other */
	struct progress *cells;
	struct scatter *scatters;
};

static size_t all(const struct pace *t)
{
	return t->plan->count * t->sides;
}

/* A cell on its sides. */
static struct progress *sides_of(const struct pace *t, size_t cell)
{
	return t->cells + cell * t->sides;
}

struct pace *pace_open(const struct plan *p, size_t sides, struct err *e)
{
	struct pace *t = calloc(1, sizeof *t);
	if (t) {
		t->plan = p;
		t->sides = sides;
		t->cells = calloc(all(t), sizeof *t->cells);
		t->scatters = calloc(all(t), sizeof *t->scatters);
	}
	if (!t || !t->cells || !t->scatters) {
		pace_close(t);
		err_set(e, ERR_FAILED, "out of memory for the sweep");
		return NULL;
	}
	for (size_t i = 0; i < all(t); i++) {
		t->cells[i].width = INFINITY;
		t->cells[i].planned_cost = plan_launch_seconds(p, i / sides);
	}
	return t;
}

void pace_close(struct pace *t)
{
	for (size_t i = 0; t && t->cells && i < all(t); i++)
		free(t->cells[i].medians);
	if (t) {
		free(t->cells);
		free(t->scatters);
	}
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
	struct interval i = stats_launch_interval(c->medians, c->count, (struct prior){0});
	double median = stats_median(c->medians, c->count);
	return i.high >= i.low && median > 0 ? (i.high - i.low) / 2 / median : INFINITY;
}

/* The median of the rows that count goes to *median (NAN: none does), their spread is added to *within;
 * whether all of them count. */
static bool read_launch(struct progress *c, const struct table *samples, size_t from, size_t count,
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
	const struct spread own = scatter_within(work, n);
	if (own.squares > 0) { /* alike to the last digit: the clock tells no more */
		within->squares += own.squares;
		within->freedom += own.freedom;
	}
	return n > 0 && n == count;
}

int pace_take(struct pace *t, size_t cell, size_t side, const struct table *samples, size_t from,
	size_t count, double cost, struct err *e)
{
	struct progress *c = sides_of(t, cell) + side;
	struct scatter *scatter = &t->scatters[cell * t->sides + side];
	double median, *work = calloc(count + 1, sizeof *work);
	if (!work)
		return err_set(e, ERR_FAILED, "out of memory for the sweep");
	bool good = read_launch(c, samples, from, count, &median, &scatter->within, work);
	free(work);
	if (!isnan(median) && add(c, median, e) != 0)
		return -1;
	scatter->between = scatter_between(c->medians, c->count);
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
	const struct plan *p = t->plan;
	bool few = false, failed = false, precise = true, most = false;
	for (size_t s = 0; s < t->sides; s++) {
		const struct progress *c = sides_of(t, cell) + s;
		few |= c->launches < p->launches;
		failed |= c->failures >= FAILURES;
		precise &= c->precise || isinf(p->precision); /* off: the least launches are all */
		most |= c->launches >= p->most_launches;
	}
	return few ? NULL : failed ? "failed" : precise ? "precise" : most ? "most-launches" : NULL;
}

unsigned pace_launches(const struct pace *t, size_t cell)
{
	return sides_of(t, cell)->launches;
}

bool pace_wants(const struct pace *t, size_t cell, unsigned block)
{
	return !pace_had(t, cell, block) && !pace_stop(t, cell);
}

bool pace_had(const struct pace *t, size_t cell, unsigned block)
{
	return sides_of(t, cell)->next_block > block;
}

double pace_width(const struct pace *t, size_t cell)
{
	double width = 0;
	for (size_t s = 0; s < t->sides; s++)
		width = fmax(width, sides_of(t, cell)[s].width);
	return width;
}

double pace_cost(const struct pace *t, size_t cell)
{
	double cost = 0;
	for (size_t s = 0; s < t->sides; s++)
		cost += sides_of(t, cell)[s].cost;
	return cost;
}

/* How many launches a cell will have had in the end, on each side. */
static double launches_in_the_end(const struct pace *t, size_t cell, const struct scatter_population *of)
{
	const struct plan *p = t->plan;
	const double launches = pace_launches(t, cell);
	const struct scatter_rule rule = {p->precision, p->launches, p->most_launches};
	double end = p->launches;
	if (pace_stop(t, cell))
		return launches;
	for (size_t s = 0; s < t->sides && !isinf(p->precision); s++)
		end = fmax(end, scatter_launches(of, &t->scatters[cell * t->sides + s], launches, &rule));
	return end;
}

struct forecast pace_forecast(const struct pace *t)
{
	const struct scatter_population of = scatter_learn(t->scatters, all(t));
	struct forecast f = {0, 0};
	/* seconds of launches, as the plan has them but for `spent` */
	double unknown = 0, spent = 0, planned = 0;
	for (size_t i = 0; i < t->plan->count; i++) {
		const double end = launches_in_the_end(t, i, &of);
		f.launches += end * (double)t->sides;
		for (size_t s = 0; s < t->sides; s++) {
			const struct progress *c = sides_of(t, i) + s;
			const double left = fmax(0, end - c->launches);
			f.seconds += c->cost * left;
			spent += c->cost;
			planned += c->cost > 0 ? c->planned_cost : 0;
			unknown += c->cost > 0 ? 0 : c->planned_cost * left;
		}
	}
	f.seconds += planned > 0 ? unknown * spent / planned : unknown;
	return f;
}
