/* SPDX-License-Identifier: MIT */
/*
 * progress.h - the state of each cell of a sweep: launches, precision, cost of a launch, and the
 * work that is left.
 *
 * A cell is done when it has had the plan's launches and, at one of the looks at it (stats_look:
 * after 6, 9, 14 ... launches), the 95 % interval of its median was narrow enough; whether it
 * differs from another cell plays no part. In a sweep of several programs each is an arm: a cell is
 * launched by all, and is done when it is done in all or has failed in one. Nothing here launches
 * or writes.
 */
#ifndef PARSCALE_BENCH_SWEEP_PROGRESS_H
#define PARSCALE_BENCH_SWEEP_PROGRESS_H

#include "bench/data/csv.h"
#include "bench/sweep/plan.h"

struct progress;

/* For all cells of a plan and so many arms, none launched. NULL without memory. */
struct progress *progress_open(const struct plan *p, size_t arms, struct err *e);
void progress_close(struct progress *t);

/* One launch of a cell by an arm has ended: its rows are in `samples` from row `from` on; it cost
 * so many seconds (NAN: unknown, from an earlier session). */
int progress_record(struct progress *t, size_t cell, size_t arm, const struct table *samples, size_t from,
	size_t count, double cost, struct err *e);

/* A spare cell (plan.h) sleeps: nothing is wanted of it until it is woken, or has been launched in an earlier session. */
bool progress_asleep(const struct progress *t, size_t cell);
void progress_wake(struct progress *t, size_t cell);

/* How often its first arm has launched it. */
unsigned progress_launches(const struct progress *t, size_t cell);

/* Whether the cell should be launched in this block: it has not been yet, and it wants more launches. */
bool progress_wants(const struct progress *t, size_t cell, unsigned block);

/* Whether it has been launched in this block, or a later one. */
bool progress_had(const struct progress *t, size_t cell, unsigned block);

/* Half the 95 % interval of the cell's median over that median, of the arm where it is wider;
 * INFINITY if there is none yet. */
double progress_width(const struct progress *t, size_t cell);

/* Into needs[cell], of all cells: the seconds after which the cell will probably be precise; 0 for one that wants no
 * more launches, INFINITY for one that will rather have had the plan's most launches before. */
void progress_needs(const struct progress *t, double *needs);

/* Seconds of the median of its first arm's launches; NAN: it has none yet. */
double progress_median(const struct progress *t, size_t cell);

/* Seconds that the cell's next launch may take, of all arms together; 0 if nothing is known. */
double progress_cost(const struct progress *t, size_t cell);

/* Launches that the sweep has made and will probably make in all, and the seconds that those to come will
 * take; and between which they will lie in some 8 of 10 sweeps: what is not known yet is mostly how much
 * launches scatter, and the range narrows as that shows. */
struct forecast {
	double launches, seconds, low, high;
};
struct forecast progress_forecast(const struct progress *t);

/* Why nothing more is wanted of a cell: "precise", "most-launches", "failed", "smooth" (asleep); NULL while it wants more.
 * Static texts. */
const char *progress_stop(const struct progress *t, size_t cell);

#endif
