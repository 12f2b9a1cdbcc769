/* SPDX-License-Identifier: MIT */
/*
 * probe_arm.h - the probes of a sweep: one launch of each in every complete block, among the cells. What they
 * find goes to probe_launches.csv.
 */
#ifndef PARSCALE_BENCH_SWEEP_PROBE_ARM_H
#define PARSCALE_BENCH_SWEEP_PROBE_ARM_H

#include "bench/sweep/campaign.h"
#include "bench/sweep/plan.h"

struct probe_arm;

/* Opens probe_launches.csv in the arm's folder where the plan has probes, and takes over what earlier sessions
 * measured. *is stays where it is until probe_arm_close. NULL with *e set. */
struct probe_arm *probe_arm_open(const struct plan *p, const struct campaign_arm *is, struct err *e);
void probe_arm_close(struct probe_arm *g); /* NULL is legal */

/* Has this probe of the plan still to be launched in this block? */
bool probe_arm_wants(const struct probe_arm *g, size_t probe, unsigned block);

/* Launches it, all its rows appended at once. `trouble` gets what went wrong in it, or "". -1 with *e set
 * when the sweep cannot go on, or was interrupted. */
int probe_arm_launch(struct probe_arm *g, size_t probe, unsigned block, char trouble[256], struct err *e);

/* Seconds that its next launch may take. */
double probe_arm_cost(const struct probe_arm *g, size_t probe);

/* Launches of all probes and sessions, made and in the end, and the seconds that those to come will take. */
struct probe_arm_forecast {
	double made, launches, seconds;
};
struct probe_arm_forecast probe_arm_forecast(const struct probe_arm *g);

#endif
