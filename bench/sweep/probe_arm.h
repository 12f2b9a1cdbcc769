/* SPDX-License-Identifier: MIT */
/*
 * probe_arm.h - the probes of a sweep: one launch of each in every complete block, among the cells. What they
 * find goes to probe_launches.csv.
 */
#ifndef PARSCALE_BENCH_SWEEP_PROBE_ARM_H
#define PARSCALE_BENCH_SWEEP_PROBE_ARM_H

#include "bench/sweep/plan.h"

struct probing;

/* Opens `dir`/probe_launches.csv where the plan has probes, and takes over what earlier sessions measured.
 * The parscale at path `program` measures, NULL: this one. NULL with *e set. */
struct probing *probing_open(const struct plan *p, const char *dir, const char *program, struct err *e);
void probing_close(struct probing *g); /* NULL is legal */

/* Has this probe of the plan still to be launched in this block? */
bool probing_wants(const struct probing *g, size_t probe, unsigned block);

/* Launches it, all its rows appended at once. `trouble` gets what went wrong in it, or "". -1 with *e set
 * when the sweep cannot go on, or was interrupted. */
int probing_launch(struct probing *g, size_t probe, unsigned block, char trouble[256], struct err *e);

/* Seconds that its next launch may take. */
double probing_cost(const struct probing *g, size_t probe);

/* Launches of all probes and sessions, made and in the end, and the seconds that those to come will take. */
struct probing_forecast {
	double made, launches, seconds;
};
struct probing_forecast probing_forecast(const struct probing *g);

#endif
