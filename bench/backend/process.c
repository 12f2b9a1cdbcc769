/* SPDX-License-Identifier: MIT */
/*
 * process.c - the life of a worker process: dies with its opener, is waited for, and is reaped.
 *
 * PR_SET_PDEATHSIG makes the kernel kill a worker whose opener dies; the check of getppid
 * afterwards closes the window in which the opener died before the call. Waiting with a time limit
 * uses a pidfd and poll, so that no signal handler and no sleeping loop is needed; the loop is for
 * kernels before 5.3, and for a process that has ended but is still held by a tracer.
 */
#include "bench/backend/process.h"

#include "base/system.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void process_settle(pid_t opener)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != opener)
		_exit(1);        /* it died before it was asked to take us along */
	signal(SIGINT, SIG_IGN); /* Ctrl-C reaches the whole group; what it means, the opener decides */
	signal(SIGTERM, SIG_DFL);
}

void process_disown(void)
{
	system_exit_at_once(); /* the opener's handlers and stdio buffers must not run a second time in its children */
}

/* Returns when the process can be reaped or the time is over; leaves it to be reaped. */
static void await_end(pid_t pid, double seconds)
{
	int fd = system_process_file(pid), ready = 1;
	if (fd >= 0) {
		struct pollfd ended = {.fd = fd, .events = POLLIN};
		while ((ready = poll(&ended, 1, (int)(seconds * 1000) + 1)) < 0 && errno == EINTR)
			;
		close(fd);
	}
	/* Linux before 5.3; or it has ended, but who traces it (a debugger, a leak checker) has yet to let go
	 * of it */
	const double pause = 1e-4;
	siginfo_t info = {0};
	for (; ready > 0 && seconds > 0 &&
		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && !info.si_pid;
		seconds -= pause)
		nanosleep(&(struct timespec){.tv_nsec = (long)(pause * 1e9)}, NULL);
}

bool process_reap(struct member *m, double seconds, struct member_end *end)
{
	int status = 0;
	pid_t ended = waitpid(m->pid, &status, WNOHANG);
	if (ended == 0 && seconds > 0) {
		await_end(m->pid, seconds);
		ended = waitpid(m->pid, &status, WNOHANG);
	}
	if (ended == 0)
		return false;
	end->cause = ended > 0 && WIFSIGNALED(status) ? CAUSE_KILLED
		     : ended > 0                      ? err_exit_cause(WEXITSTATUS(status))
						      : CAUSE_NONE;
	if (ended < 0) /* the program ignores SIGCHLD, so that the kernel reaped it */
		snprintf(end->how, sizeof end->how, "is gone");
	else if (WIFSIGNALED(status))
		snprintf(end->how, sizeof end->how, "was killed by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (end->cause == CAUSE_MEMORY)
		snprintf(end->how, sizeof end->how, "is out of memory");
	else
		snprintf(end->how, sizeof end->how, "exited with status %d", WEXITSTATUS(status));
	return true;
}

void process_kill(struct member *m)
{
	kill(m->pid, SIGKILL);
}

void process_describe(const struct member *m, char text[SPAWNED_TEAM_TEXT])
{
	snprintf(text, SPAWNED_TEAM_TEXT, "worker %u (pid %d)", m->worker, (int)m->pid);
}
