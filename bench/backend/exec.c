/* SPDX-License-Identifier: MIT */
/*
 * exec.c - each worker is a fresh program. It inherits nothing but its words and descriptors: what the job
 * needs it makes again, in `enter`, before the team's gate. What that takes is part of the launch.
 */
#include "bench/backend/process.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static int create(struct member *m)
{
	const struct control *c = &m->team->control;
	const char *argv[BACKEND_WORDS + 3];
	char worker[16], fd[16];
	size_t n = 0;
	for (; c->job->program[n]; n++)
		argv[n] = c->job->program[n];
	snprintf(worker, sizeof worker, "%u", m->worker);
	snprintf(fd, sizeof fd, "%d", c->fd);
	argv[n] = worker;
	argv[n + 1] = fd;
	argv[n + 2] = NULL;
	posix_spawn_file_actions_t actions;
	int failed = posix_spawn_file_actions_init(&actions);
	if (failed)
		return failed;
	/* to itself: that it is not closed */
	failed = posix_spawn_file_actions_adddup2(&actions, c->fd, c->fd);
	/* the strings are not changed: POSIX keeps the type for old callers */
	if (!failed)
		failed = posix_spawn(
			&m->pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static const struct spawned_team_kind programs = {
	.create = create, .reap = process_reap, .kill = process_kill, .describe = process_describe};

static struct team *open_programs(const struct job *job, const struct team_plan *plan, struct err *e)
{
	size_t words = 0;
	while (job->program && job->program[words] && words <= BACKEND_WORDS)
		words++;
	if (words == 0)
		err_set(e, ERR_ABSENT, "exec: this program cannot start workers as fresh programs");
	else if (words > BACKEND_WORDS)
		err_set(e, ERR_FAILED, "exec: more than %d words", BACKEND_WORDS);
	else if (access(job->program[0], X_OK) != 0)
		err_set(e, ERR_ABSENT, "exec: cannot start %s: %s", job->program[0], strerror(errno));
	else
		return spawned_team_open(&backend_exec, &programs, job, plan, e);
	return NULL;
}

int backend_attach(int fd, unsigned worker, struct job *job, struct err *e)
{
	struct control c;
	pid_t opener;
	if (control_attach(&c, fd, job, &opener, e) != 0)
		return -1;
	if (worker >= c.plan.workers) {
		control_close(&c);
		return err_set(e, ERR_FAILED, "worker %u of a team of %u", worker, c.plan.workers);
	}
	process_settle(opener);
	control_live(&c, worker);
	control_close(&c);
	return 0;
}

const struct backend backend_exec = {
	.name = "exec",
	.summary = "fresh programs that inherit no memory",
	.worker = "process",
	.max_workers = BACKEND_MAX_WORKERS,
	.exec_workers = true,
	.open = open_programs,
	.run = spawned_team_run,
	.slot = spawned_team_slot,
	.close = spawned_team_close,
};
