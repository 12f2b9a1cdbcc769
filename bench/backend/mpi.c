/* SPDX-License-Identifier: MIT */
/*
 * mpi.c - the back end as every program but parscale-mpi sees it: its workers are ranks, which a launcher has
 * started before there is a team, so a team can only be opened in there (bench/mpi/rank_team.c).
 */
#include "bench/backend/backend.h"

#include "config.h"

static struct team *open_elsewhere(const struct job *job, const struct team_plan *plan, struct err *e)
{
	(void)job;
	(void)plan;
	err_set(e, ERR_ABSENT, "mpi: its workers are ranks of parscale-mpi, started by mpirun");
	return NULL;
}

const struct backend backend_mpi = {
	.name = "mpi",
	.summary = "MPI ranks, on one host or many, that share no memory",
	.missing = MISSING_MPI,
	.worker = "process",
	.runtime = true,
	.max_workers = BACKEND_MAX_WORKERS,
	.exec_workers = true,
	.host = "parscale-mpi",
	.open = open_elsewhere,
};
