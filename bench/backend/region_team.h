/* SPDX-License-Identifier: MIT */
/*
 * region_team.h - a team in which the opener is worker 0: each part of the workers' life (enter, a run, leave) is
 * a parallel region that it enters with the others and leaves when all have. Hence no time-out, and nobody to
 * notice the dead.
 */
#ifndef PARSCALE_BENCH_BACKEND_REGION_TEAM_H
#define PARSCALE_BENCH_BACKEND_REGION_TEAM_H

#include "bench/backend/control.h"

typedef void region_team_part_fn(const struct control *c, unsigned worker);

struct region_team_kind {
	/* Calls part(c, w) for every worker w, each in its own thread, always the same one in lifetime pool;
	 * for none, and -1, if there are not enough threads. */
	int (*all)(const struct control *c, region_team_part_fn *part, struct err *e);

	/* Gives up the threads. May be NULL. */
	void (*release)(void);
};

/* The functions of struct backend, but for open's first two arguments. */
struct team *region_team_open(const struct backend *b, const struct region_team_kind *kind,
	const struct job *job, const struct team_plan *plan, struct err *e);
int region_team_run(struct team *t, struct err *e);
void *region_team_slot(struct team *t, unsigned worker);
void region_team_close(struct team *t);

#endif
