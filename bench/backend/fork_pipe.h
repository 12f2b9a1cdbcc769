/* SPDX-License-Identifier: MIT */
/*
 * fork_pipe.h - teams of forked processes behind pipes, for the back ends that are such. What
 * travels is the concern of the job's wire.
 */
#ifndef PARSCALE_BENCH_BACKEND_FORK_PIPE_H
#define PARSCALE_BENCH_BACKEND_FORK_PIPE_H

#include "bench/backend/backend.h"

/* backend.open of `b`; ERR_ABSENT for a job without a wire. Run, slot and close are those of a spawned team. */
struct team *fork_pipe_open(
	const struct backend *b, const struct job *job, const struct team_plan *plan, struct err *e);

#endif
