/* SPDX-License-Identifier: MIT */
/*
 * ceiling.c - relates each cell's rates to the ceilings measured in the same sweep (a roofline).
 *
 * A roofline (Williams, Waterman, Patterson, CACM 52, 2009) bounds a kernel by the memory bandwidth
 * and by the arithmetic rate of the machine. Both are measured here, by the kernels `read`, `peak`,
 * `flops` and `divide`, and not taken from data sheets: a ceiling with the same workers, placement,
 * instruction set and about the same number of bytes is one that this machine, in this state, did
 * reach. The ceiling with the highest percentage binds.
 */
#include "bench/data/ceiling.h"

#include "bench/backend/backend.h"

#include <math.h>
#include <string.h>

const struct kernel *ceiling_kernel(const struct summary *s)
{
	struct err unknown = {0};
	return kernel_find(s->cell.kernel, &unknown);
}

bool ceiling_same_set(const char *variant, const char *other)
{
	const size_t n = strcspn(variant, "-");
	return strcspn(other, "-") == n && memcmp(variant, other, n) == 0;
}

double ceiling_bytes(const struct summary *s)
{
	return s->bytes_per_second * s->median_seconds;
}

double ceiling_demanded(const struct summary *s, const struct demand *d)
{
	if (!s->cell.items.known || (d->per_found != 0 && !s->count.known))
		return (double)NAN;
	/* what was found is one problem's, of which each worker solved one */
	const double solved = strcmp(s->cell.scaling, "throughput") == 0 ? (double)s->cell.workers.value : 1;
	double operations = d->per_item * (double)s->cell.items.value;
	if (d->per_byte != 0) /* else its bytes may be unknown */
		operations += d->per_byte * ceiling_bytes(s);
	if (d->per_found != 0)
		operations += d->per_found * (double)s->count.value * solved;
	return operations / s->median_seconds;
}

/* Whether runs of ceilings have a start each: elsewhere those of a batch have one together (trial.c), so that they
 * measure memory and registers alone, which no run of microseconds with a start may be compared with. */
static bool starts_each_run(const struct summary *s)
{
	for (const struct backend *const *b = backends; *b; b++)
		if (strcmp((*b)->name, s->cell.backend) == 0)
			return (*b)->message_passing || (*b)->host;
	return false;
}

/* Whether `bound` may bound the cell. */
static bool alike(const struct summary *bound, const struct summary *s)
{
	return bound->cell.workers.known && s->cell.workers.known &&
	       bound->cell.workers.value == s->cell.workers.value &&
	       strcmp(bound->cell.placement, s->cell.placement) == 0 &&
	       strcmp(bound->cell.memory_policy, s->cell.memory_policy) == 0 &&
	       (!starts_each_run(bound) || strcmp(bound->cell.backend, s->cell.backend) == 0);
}

/* Sizes in doublings above the cell's, in tenths, since sizes are recomputed from rates. */
static double doublings(const struct summary *read, const struct summary *s)
{
	return round(10 * log2(ceiling_bytes(read) / ceiling_bytes(s))) / 10;
}

/* The highest bandwidth at about the cell's size with the same number of workers, or of the nearest smaller size if
 * that is higher; 0: unknown. */
static double most_read(const struct table *summary, const struct summary *s)
{
	double like = 0, smaller = 0, nearest = -CEILING_DOUBLINGS;
	for (size_t j = 0; isfinite(s->bytes_per_second) && j < summary->count; j++) {
		const struct summary *read = table_row(summary, j);
		const struct kernel *k = ceiling_kernel(read);
		if (!k || k->ceiling != CEILING_READ || !alike(read, s))
			continue;
		const double above = doublings(read, s), rate = read->bytes_per_second;
		if (fabs(above) <= 1)
			like = fmax(like, rate);
		if (above > 0 || !(above >= nearest))
			continue;
		smaller = above > nearest ? rate : fmax(smaller, rate);
		nearest = above;
	}
	return smaller > 0 ? fmax(like, smaller) : 0;
}

/* The highest rate of one kind of operation with the same number of workers, of the same
 * instruction set if there is such a cell; 0: unknown. */
static double most_done(const struct table *summary, const struct summary *s, const char *of)
{
	double any = 0, same_set = 0;
	for (size_t j = 0; j < summary->count; j++) {
		const struct summary *peak = table_row(summary, j);
		if (strcmp(peak->cell.kernel, of) != 0 || !alike(peak, s) || !(peak->items_per_second > 0))
			continue;
		any = fmax(any, peak->items_per_second);
		if (ceiling_same_set(s->cell.variant, peak->cell.variant))
			same_set = fmax(same_set, peak->items_per_second);
	}
	return same_set > 0 ? same_set : any;
}

/* Notes a ceiling, where it is known and nearer than those before. */
static void note(struct summary *s, const char *name, double rate, double most)
{
	const double pct = 100 * rate / most;
	if (!(most > 0) || !isfinite(pct) || pct < s->pct_of_ceiling)
		return;
	strcpy(s->ceiling, name);
	s->pct_of_ceiling = pct;
}

void ceiling_fill(struct table *summary)
{
	for (size_t i = 0; i < summary->count; i++) {
		struct summary *s = table_row(summary, i);
		const struct kernel *k = ceiling_kernel(s);
		const double most = most_read(summary, s);
		if (most > 0)
			s->ceiling_bytes_per_second = most;
		if (k && k->demands)
			s->operations_per_second = ceiling_demanded(s, k->demands);
		if (!k || k->ceiling != CEILING_NONE)
			continue;
		note(s, "read", s->bytes_per_second, most);
		for (const struct demand *d = k->demands; d && d->of; d++)
			note(s, d->of, ceiling_demanded(s, d), most_done(summary, s, d->of));
	}
}
