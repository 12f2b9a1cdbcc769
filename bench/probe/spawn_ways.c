/* SPDX-License-Identifier: MIT */
/*
 * spawn_ways.c - the ways to make a worker and to reap it: two functions and one table line each.
 */
#include "bench/probe/spawn_ways.h"

#include "base/system.h"
#include "bench/probe/probe.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void worker_life(struct worker *w)
{
	w->mark->stamp = clock_ns();
	w->mark->argument = w->argument;
}

static struct parent *thread_parent;

static void *thread_main(void *worker)
{
	worker_life(worker);
	__atomic_add_fetch(&thread_parent->touched, 1, __ATOMIC_RELAXED);
	return NULL;
}

static int create_thread(struct parent *p, struct worker *w, const char *program)
{
	(void)program;
	thread_parent = p;
	return pthread_create(&w->thread, NULL, thread_main, w);
}

static int join_thread(struct worker *w, int *status)
{
	*status = 0;
	return pthread_join(w->thread, NULL);
}

static int create_fork(struct parent *p, struct worker *w, const char *program)
{
	(void)program;
	w->pid = fork();
	if (w->pid == 0) {
		worker_life(w);
		p->touched++;
		_exit(0);
	}
	return w->pid < 0 ? errno : 0;
}

static int create_vfork(struct parent *p, struct worker *w, const char *program)
{
	(void)p;
	(void)program;
	pid_t pid = vfork();
	if (pid == 0) {
		worker_life(w);
		_exit(0);
	}
	w->pid = pid;
	return pid < 0 ? errno : 0;
}

/* The words of a command: PROGRAM FD ARGUMENT. */
struct words {
	char fd[16], argument[32];
	const char *argv[4];
};

static char *const *make_words(
	struct words *words, const struct parent *p, const struct worker *w, const char *program)
{
	snprintf(words->fd, sizeof words->fd, "%d", p->echo[1]);
	snprintf(words->argument, sizeof words->argument, "%" PRIu64, w->argument);
	words->argv[0] = program;
	words->argv[1] = words->fd;
	words->argv[2] = words->argument;
	words->argv[3] = NULL;
	return (char *const *)(uintptr_t)words->argv; /* not changed: POSIX keeps the type for old callers */
}

static int create_fork_exec(struct parent *p, struct worker *w, const char *program)
{
	struct words words;
	char *const *argv = make_words(&words, p, w, program);
	w->pid = fork();
	if (w->pid == 0) {
		execv(program, argv);
		_exit(127);
	}
	return w->pid < 0 ? errno : 0;
}

static int create_vfork_exec(struct parent *p, struct worker *w, const char *program)
{
	struct words words;
	char *const *argv = make_words(&words, p, w, program);
	pid_t pid = vfork();
	if (pid == 0) {
		execv(program, argv);
		_exit(127);
	}
	w->pid = pid;
	return pid < 0 ? errno : 0;
}

static int create_posix_spawn(struct parent *p, struct worker *w, const char *program)
{
	struct words words;
	return posix_spawn(&w->pid, program, NULL, NULL, make_words(&words, p, w, program), environ);
}

static int create_system(struct parent *p, struct worker *w, const char *program)
{
	char command[4200];
	snprintf(command, sizeof command, "'%s' %d %" PRIu64, program, p->echo[1], w->argument);
	int status = system(command);
	w->status = status;
	return status < 0 ? errno : 0;
}

static int reaped_system(struct worker *w, int *status)
{
	*status = w->status;
	return 0;
}

static int create_popen(struct parent *p, struct worker *w, const char *program)
{
	char command[4200];
	(void)p;
	snprintf(command, sizeof command, "'%s' 1 %" PRIu64, program, w->argument);
	w->stream = popen(command, "re");
	return w->stream ? 0 : errno;
}

static int reap_popen(struct worker *w, int *status)
{
	int read = fscanf(w->stream, "%" SCNu64 " %" SCNu64, &w->mark->argument, &w->mark->stamp);
	*status = pclose(w->stream);
	w->stream = NULL;
	return *status < 0 ? errno : *status == 0 && read != 2 ? EIO : 0;
}

static int reap_wait(struct worker *w, int *status)
{
	while (waitpid(w->pid, status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return 0;
}

/* SIGCHLD is blocked while the probe is open; signals do not queue, so each one means: look. */
static int reap_sigchld(struct worker *w, int *status)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		pid_t ended = waitpid(w->pid, status, WNOHANG);
		if (ended != 0)
			return ended < 0 ? errno : 0;
		sigwaitinfo(&set, NULL);
	}
}

static int reap_pidfd(struct worker *w, int *status)
{
	int fd = system_process_file(w->pid);
	if (fd < 0)
		return errno;
	struct pollfd ended = {.fd = fd, .events = POLLIN};
	while (poll(&ended, 1, -1) < 0 && errno == EINTR)
		;
	close(fd);
	return reap_wait(w, status);
}

const struct way spawn_ways[SPAWN_WAYS] = {
	{"pthread", "thread", create_thread, join_thread, -1, 0, 0, 0},
	{"fork", "process", create_fork, reap_wait, -1, 3, 14, 0},
	{"fork, SIGCHLD", "process", create_fork, reap_sigchld, -1, 3, 14, WAY_FULL},
	{"fork, pidfd", "process", create_fork, reap_pidfd, -1, 3, 14, WAY_FULL | WAY_PIDFD},
	{"vfork", "process", create_vfork, reap_wait, -1, 0.7, 3, 0},
	{"posix_spawn", "process", create_posix_spawn, reap_wait, 0, 14, 40, 0},
	{"posix_spawn, static", "process", create_posix_spawn, reap_wait, 1, 6, 30, 0},
	{"vfork+exec", "process", create_vfork_exec, reap_wait, 0, 14, 40, WAY_FULL},
	{"fork+exec", "process", create_fork_exec, reap_wait, 0, 17, 48, 0},
	{"fork+exec, static", "process", create_fork_exec, reap_wait, 1, 8, 36, WAY_FULL},
	{"system", "process", create_system, reaped_system, 0, 20, 110, WAY_REAPS},
	{"popen", "process", create_popen, reap_popen, 0, 20, 110, WAY_OWN_PIPE},
};
