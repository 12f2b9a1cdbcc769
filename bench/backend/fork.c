/* SPDX-License-Identifier: MIT */
/*
 * fork.c - each worker is a process, forked from the opener, whose memory it sees as it was then. A worker
 * never returns into the opener's code, never runs its exit handlers, never prints its buffers, and dies with
 * it.
 */
#include "bench/backend/process.h"

#include <errno.h>
#include <unistd.h>

static _Noreturn void child_life(const struct member *m)
{
	process_settle(m->team->opener);
	process_disown();
	control_live(&m->team->control, m->worker);
	_exit(0);
}

static int create(struct member *m)
{
	pid_t pid = fork();
	if (pid == 0)
		child_life(m);
	m->pid = pid;
	return pid < 0 ? errno : 0;
}

static const struct spawned_team_kind processes = {
	.create = create, .reap = process_reap, .kill = process_kill, .describe = process_describe};

static struct team *open_processes(const struct job *job, const struct team_plan *plan, struct err *e)
{
	return spawned_team_open(&backend_fork, &processes, job, plan, e);
}

const struct backend backend_fork = {
	.name = "fork",
	.summary = "child processes that inherit the input in memory",
	.worker = "process",
	.max_workers = BACKEND_MAX_WORKERS,
	.open = open_processes,
	.run = spawned_team_run,
	.slot = spawned_team_slot,
	.close = spawned_team_close,
};
