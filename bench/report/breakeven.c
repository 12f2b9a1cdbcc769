/* SPDX-License-Identifier: MIT */
/*
 * breakeven.c - finds the problem size from which on a ratio of times stays below a level.
 *
 * The ratio of times falls with the size, but it is measured at a few sizes and is noisy. The
 * crossing is taken from the largest size downwards: the last size at which the ratio is still
 * above the level, and the next one. Between them it is interpolated linearly on logarithmic axes,
 * since sizes span decades and overhead over work is near a power law. The same is done with both
 * ends of the ratios' intervals; that gives the interval of the crossing without a further
 * assumption.
 */
#include "bench/report/breakeven.h"
#include "base/units.h"

#include <string.h>

/* The row of the cell that agrees with `like` in all factors not in `free` and has this back end,
 * lifetime and size; NULL: none. */
static const struct summary *row_at(const struct dataset *d, const struct factors *like,
	const char *const *free, const char *backend, const char *lifetime, uint64_t size)
{
	for (size_t i = 0; i < d->summary.count; i++) {
		const struct summary *s = dataset_row(d, i);
		if (s->cell.items.value == size && row_ok(s) && strcmp(s->cell.backend, backend) == 0 &&
			strcmp(s->cell.lifetime, lifetime) == 0 && cells_match(&s->cell, like, free))
			return s;
	}
	return NULL;
}

static const char *const any_size[] = {"size", NULL}, *const any_worker[] = {
							      "backend", "lifetime", "size", NULL};

static size_t sizes_of(
	const struct dataset *d, const struct factors *like, const char *const *free, uint64_t *axis)
{
	size_t n = 0;
	for (size_t i = 0; i < d->summary.count; i++)
		if (cells_match(&dataset_row(d, i)->cell, like, free))
			n = axis_add(axis, n, dataset_row(d, i)->cell.items.value);
	return n;
}

static void ratios_add(struct ratios *r, uint64_t size, struct ranged ratio)
{
	if (!(ratio.value > 0))
		return;
	r->size[r->count] = size;
	r->ratio[r->count++] = ratio;
}

void ratios_to_serial(const struct dataset *d, const struct factors *one, struct ratios *r)
{
	uint64_t axis[AXIS_MOST];
	const size_t n = sizes_of(d, one, any_size, axis);
	r->count = 0;
	for (size_t k = 0; k < n; k++) {
		const struct summary *s = row_at(d, one, any_size, one->backend, one->lifetime, axis[k]);
		if (s)
			ratios_add(r, axis[k],
				(struct ranged){1 / s->serial_speedup, 1 / s->serial_speedup_high,
					1 / s->serial_speedup_low});
	}
}

void ratios_of_pair(
	const struct dataset *d, const struct factors *like, const struct worker_pair *pair, struct ratios *r)
{
	uint64_t axis[AXIS_MOST];
	const size_t n = sizes_of(d, like, any_worker, axis);
	r->count = 0;
	for (size_t k = 0; k < n; k++) {
		const struct summary *threads =
			row_at(d, like, any_worker, pair->threads, pair->lifetime, axis[k]);
		const struct summary *processes =
			row_at(d, like, any_worker, pair->processes, pair->lifetime, axis[k]);
		if (threads && processes)
			ratios_add(r, axis[k], dataset_ratio(d, processes, threads));
	}
}

bool ratios_to_threads(const struct dataset *d, const struct factors *like, const char *lifetime,
	struct worker_pair *pair, struct ratios *r)
{
	struct worker_pair all[WORKER_PAIRS_MOST];
	const size_t n = worker_pairs(d, like, all);
	r->count = 0;
	for (size_t k = 0; k < n && r->count == 0; k++)
		if (strcmp(all[k].lifetime, lifetime) == 0) {
			*pair = all[k];
			ratios_of_pair(d, like, pair, r);
		}
	return r->count > 0;
}

/* Which of a ratio's three numbers. */
enum which { VALUE, LOW, HIGH };

static double pick(const struct ranged *x, enum which which)
{
	return which == VALUE ? x->value : which == LOW ? x->low : x->high;
}

static double cross(const struct ratios *r, double level, enum which which)
{
	size_t k = r->count;
	while (k > 0 && pick(&r->ratio[k - 1], which) < level)
		k--;
	if (k > 0 && isnan(pick(&r->ratio[k - 1], which)))
		return NAN;
	if (k == 0 || k == r->count)
		return k == 0 ? 0 : INFINITY;
	const double above = pick(&r->ratio[k - 1], which), below = pick(&r->ratio[k], which);
	const double part = log(above / level) / log(above / below);
	return exp(log((double)r->size[k - 1]) * (1 - part) + log((double)r->size[k]) * part);
}

struct crossing crossing_find(const struct ratios *r, double level)
{
	if (r->count == 0)
		return (struct crossing){NAN, NAN, NAN};
	return (struct crossing){cross(r, level, VALUE), cross(r, level, LOW), cross(r, level, HIGH)};
}

enum crossing_kind crossing_kind(const struct crossing *c)
{
	if (isnan(c->low) || isnan(c->high) || (c->low <= 0 && isinf(c->high)))
		return CROSSING_UNDECIDED;
	return c->high <= 0 ? CROSSING_ALWAYS : isinf(c->low) ? CROSSING_NEVER : CROSSING_BETWEEN;
}

char *crossing_text(const struct crossing *c, char text[CROSSING_TEXT])
{
	static const char *const words[] = {[CROSSING_ALWAYS] = "at every size",
		[CROSSING_NEVER] = "at no size",
		[CROSSING_UNDECIDED] = "undecided"};
	const enum crossing_kind kind = crossing_kind(c);
	char at[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES];
	units_count(c->at, at);
	units_count(c->low, low);
	units_count(c->high, high);
	/* an end beyond the sizes measured is not known */
	if (kind != CROSSING_BETWEEN)
		snprintf(text, CROSSING_TEXT, "%s", words[kind]);
	else if (c->low > 0 && isfinite(c->high))
		snprintf(text, CROSSING_TEXT, "%s (%s to %s)", at, low, high);
	else if (c->at > 0 && isfinite(c->at))
		snprintf(text, CROSSING_TEXT, "%s (%s %s)", at, c->low > 0 ? "at least" : "at most",
			c->low > 0 ? low : high);
	else
		snprintf(text, CROSSING_TEXT, "%s %s", c->low > 0 ? "at least" : "at most",
			c->low > 0 ? low : high);
	return text;
}
