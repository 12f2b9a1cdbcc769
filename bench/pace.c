/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include "stats.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 64, FEWEST_SAMPLES = 6, FEWEST_LAUNCHES = 2, FAILURES = 2 };

struct progress {
	double *seconds; /* ascending */
	size_t count, room;
	unsigned launches, failures;
	unsigned next_block; /* the first that it has not been launched in */
	double width;
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
		free(t->cells[i].seconds);
	if (t)
		free(t->cells);
	free(t);
}

static int add(struct progress *c, double seconds, struct err *e)
{
	if (c->count == c->room) {
		size_t room = c->room ? 2 * c->room : ROOM;
		double *more = realloc(c->seconds, room * sizeof *more);
		if (!more)
			return err_set(e, ERR_FAILED, "out of memory for the sweep");
		c->seconds = more;
		c->room = room;
	}
	c->seconds[c->count++] = seconds;
	return 0;
}

static double width_of(const struct progress *c)
{
	struct interval i = stats_median_interval(c->seconds, c->count, 0.95);
	double median = stats_median(c->seconds, c->count);
	if (c->count < FEWEST_SAMPLES || c->launches < FEWEST_LAUNCHES || !(median > 0) || !(i.high >= i.low))
		return INFINITY;
	return (i.high - i.low) / 2 / median;
}

int pace_take(struct pace *t, size_t cell, const struct table *samples, size_t from, size_t count, double cost, struct err *e)
{
	struct progress *c = &t->cells[cell];
	bool good = count > 0;
	for (size_t i = from; i < from + count; i++) {
		const struct sample *row = table_row(samples, i);
		bool ok = strcmp(row->status, "ok") == 0;
		good &= ok;
		if (ok && add(c, row->seconds, e) != 0)
			return -1;
		if (row->block.known && row->block.value >= c->next_block)
			c->next_block = (unsigned)row->block.value + 1;
	}
	stats_sort(c->seconds, c->count);
	c->launches++;
	c->failures += !good;
	c->width = width_of(c);
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
	if (c->width <= t->plan->precision)
		return "precise";
	return c->launches >= t->plan->most_launches ? "most-launches" : NULL;
}

bool pace_wants(const struct pace *t, size_t cell, unsigned block)
{
	return t->cells[cell].next_block <= block && !pace_stop(t, cell);
}

double pace_width(const struct pace *t, size_t cell)
{
	return t->cells[cell].width;
}

double pace_cost(const struct pace *t, size_t cell)
{
	return t->cells[cell].cost;
}

/* How many launches a cell will have had in the end: the width falls with the square root of their number. */
static double launches_in_the_end(const struct pace *t, const struct progress *c)
{
	const struct plan *p = t->plan;
	if (c->launches < p->launches || isinf(c->width))
		return p->launches > c->launches ? p->launches : c->launches;
	double ratio = c->width / p->precision, wanted = c->launches * ratio * ratio;
	wanted = wanted < c->launches ? c->launches : wanted;
	return wanted < p->most_launches ? wanted : p->most_launches;
}

struct forecast pace_forecast(const struct pace *t)
{
	struct forecast f = {0, 0};
	double known = 0, unknown = 0, sum = 0;
	for (size_t i = 0; i < t->plan->count; i++) {
		const struct progress *c = &t->cells[i];
		double all = pace_stop(t, i) ? c->launches : launches_in_the_end(t, c), left = all - c->launches;
		f.launches += all;
		known += c->cost > 0;
		sum += c->cost;
		f.seconds += c->cost * left;
		unknown += c->cost > 0 ? 0 : left;
	}
	f.seconds += known > 0 ? unknown * sum / known : 0;
	return f;
}
