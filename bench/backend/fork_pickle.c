/* SPDX-License-Identifier: MIT */
/*
 * fork_pickle.c - fork-pipe, but what travels is serialised object by object, made for each run and read in
 * it, as a pool of an interpreter's processes has to do it: the difference between the two is what
 * serialising costs.
 */
#include "bench/backend/fork_pipe.h"
#include "bench/backend/spawned_team.h"

static struct team *open_processes(const struct job *job, const struct team_plan *plan, struct err *e)
{
	return fork_pipe_open(&backend_fork_pickle, job, plan, e);
}

const struct backend backend_fork_pickle = {
	.name = "fork-pickle",
	.summary =
		"like fork-pipe, with every word and result serialised as in an interpreter's process pool",
	.worker = "process",
	.max_workers = BACKEND_MAX_WORKERS,
	.message_passing = true,
	.serialised = true,
	.open = open_processes,
	.run = spawned_team_run,
	.slot = spawned_team_slot,
	.close = spawned_team_close,
};
