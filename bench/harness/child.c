/* SPDX-License-Identifier: MIT */
/*
 * child.c - starts one of our programs, reads its lines and its errors, and makes sure that it
 * ends.
 *
 * A pipe that reaches its end is not enough: a grandchild may hold it open for ever, and a child
 * may close it and hang. So the loop watches the pipes, the child's exit (a pidfd, where there is
 * one), the time limits and Ctrl-C together, and never waits for one of them alone. A child that is
 * to end gets SIGTERM first, and SIGKILL when it does not. SIGCHLD tells of stops, however short.
 * For probes, which start processes of their own, the caller becomes a child subreaper
 * (PR_SET_CHILD_SUBREAPER): orphans are reparented to it and are killed in rounds until none is
 * left.
 */
#include "bench/harness/child.h"

#include "base/signals.h"
#include "base/system.h"
#include "bench/machine/cgroup.h"
#include "bench/machine/clock.h"
#include "bench/machine/place.h"
#include "bench/machine/settings.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LINE_BYTES = 8192,
	CLEAR_ROUNDS = 100,
	POLL_MS = 100,
	GRACE_NS = 2000000000,
	LEAST_SUSPENDED_NS = 1000000,
	LONGEST_STEP_NS = 1000000000
};

extern char **environ;

struct watch {
	const struct child_order *order;
	struct child_result *result;
	pid_t pid;
	int pidfd;         /* -1 before Linux 5.3: polled */
	int lines, errors; /* pipes; -1: closed */
	char line[LINE_BYTES];
	size_t used;
	uint64_t last_ns;  /* when time was looked at last */
	uint64_t spent_ns; /* on the child; the times below are of it */
	uint64_t stopped_ns, asked_ns, gone_ns;
	uint64_t seen_ns;       /* when order->worker was looked at last */
	bool stopped, too_long; /* by SIGSTOP or the like; longer than it may be */
	bool worker_is_stopped; /* that of the order, when it was looked at; */
	bool worker_was;        /* ever; */
	bool by_worker;         /* and it is why `too_long` is */
	bool late, asked, killed, gone;
	int status;            /* of wait4, once it is gone */
	double cpu_seconds;    /* that it took */
	char said[LINE_BYTES]; /* on standard error, as far as there is room: its beginning */
	size_t said_bytes;
	int64_t oom_kills;     /* of memory_kills, before; -1: not known */
	uint64_t suspended_ns; /* of clock_suspended_ns, before */
};

void child_set_openmp(unsigned workers, const char *policy)
{
	if (policy)
		settings_drop(SETTING_WAIT);
	else if (settings_restore(SETTING_WAIT))
		return;
	if (!policy)
		policy = workers <= place_capacity_here() ? "active" : "passive";
	settings_override("OMP_WAIT_POLICY", policy);
}

/* A launcher's process group is its own where it cannot want the terminal. */
static bool has_group(const struct child_order *order)
{
	return order->launcher && order->no_input;
}

static int start(struct watch *w, struct err *e)
{
	const struct child_order *order = w->order;
	int lines[2], errors[2] = {-1, -1};
	if (pipe2(lines, O_CLOEXEC) != 0)
		return err_blame(e, err_cause_of(errno), "pipe: %s", strerror(errno));
	if (order->capture && pipe2(errors, O_CLOEXEC) != 0) {
		close(lines[0]);
		close(lines[1]);
		return err_blame(e, err_cause_of(errno), "pipe: %s", strerror(errno));
	}
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	if (order->capture)
		posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
	posix_spawn_file_actions_adddup2(
		&actions, lines[1], order->launcher ? STDOUT_FILENO : CHILD_RESULT_FD);
	if (order->passed_fd > 0)
		posix_spawn_file_actions_adddup2(&actions, order->passed_fd, CHILD_PASSED_FD);
	if (order->no_input)
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawnattr_t attributes;
	posix_spawnattr_init(&attributes);
	sigset_t usual;
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	posix_spawnattr_setflags(&attributes, /* the group, if any, is its own: 0 */
		(short)(POSIX_SPAWN_SETSIGDEF | (has_group(order) ? POSIX_SPAWN_SETPGROUP : 0)));
	/* argv's strings are not changed: POSIX keeps the type for old callers */
	int failed = posix_spawn(
		&w->pid, order->path, &actions, &attributes, (char *const *)(uintptr_t)order->argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(lines[1]);
	if (order->capture)
		close(errors[1]);
	w->lines = lines[0];
	w->errors = errors[0];
	if (!failed)
		return 0;
	close(lines[0]);
	if (order->capture)
		close(errors[0]);
	err_set(e, failed == ENOENT ? ERR_ABSENT : ERR_FAILED, "cannot start %s: %s", order->path,
		strerror(failed));
	e->cause = err_cause_of(failed);
	return -1;
}

/* Takes the whole lines that have come. */
static int take_lines(struct watch *w, struct err *e)
{
	ssize_t n = read(w->lines, w->line + w->used, sizeof w->line - w->used - 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		close(w->lines);
		w->lines = -1;
		return 0;
	}
	w->used += (size_t)n;
	for (char *end; (end = memchr(w->line, '\n', w->used));) {
		size_t length = (size_t)(end - w->line) + 1;
		*end = '\0';
		if (w->order->line(w->order->ctx, w->line, e) != 0)
			return -1;
		w->used -= length;
		memmove(w->line, w->line + length, w->used);
	}
	return w->used < sizeof w->line - 1 ? 0
					    : err_set(e, ERR_FAILED, "a launch sent a row that is too long");
}

/* How much a line says: nothing, where it is a frame, or a name that announces what follows ("libgomp: "); a word of
 * somebody else's; ours. */
static int worth(const char *line)
{
	size_t letters = 0, length = strlen(line);
	while (length && strchr(" \t\r", line[length - 1]))
		length--;
	if (strncmp(line, "parscale: ", 10) == 0)
		return 2;
	for (size_t i = 0; i < length; i++)
		letters += isalnum((unsigned char)line[i]) != 0;
	return letters > 2 && line[length - 1] != ':';
}

/* Keeps the first of the lines that say most. */
static void choose_message(struct watch *w)
{
	struct child_result *r = w->result;
	int best = 0;
	char *place = NULL;
	w->said[w->said_bytes] = '\0';
	for (char *line = strtok_r(w->said, "\n", &place); line; line = strtok_r(NULL, "\n", &place)) {
		const int much = worth(line);
		if (much <= best)
			continue;
		best = much;
		line += strspn(line, " \t*=-");
		snprintf(r->message, sizeof r->message, "%.250s",
			line + (strncmp(line, "parscale: ", 10) == 0 ? 10 : 0));
	}
}

/* What the child says; what there is no room for is read all the same, as it would wait for ever. */
static void take_errors(struct watch *w)
{
	char rest[512];
	const size_t room = sizeof w->said - 1 - w->said_bytes;
	ssize_t n = read(w->errors, room ? w->said + w->said_bytes : rest, room ? room : sizeof rest);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(w->errors);
		w->errors = -1;
		return;
	}
	w->said_bytes += room ? (size_t)n : 0;
}

/* --- its end --- */

/* To the child, or to a launcher's group. */
static void send(const struct watch *w, int signal)
{
	if (has_group(w->order))
		kill(-w->pid, signal);
	else
		system_signal(w->pidfd, w->pid, signal);
}

/* Ends the child: it is asked first (SIGTERM, and SIGCONT should it be stopped), and has a grace period, in which a
 * launcher ends its ranks. */
static void end(struct watch *w)
{
	if (!w->asked) {
		w->asked = true;
		w->asked_ns = w->spent_ns;
		send(w, SIGTERM);
		send(w, SIGCONT);
	} else if (!w->killed && w->spent_ns - w->asked_ns > GRACE_NS) {
		w->killed = true;
		send(w, SIGKILL);
	}
}

/* Time goes on in steps of at most a second: while this process is stopped itself (Ctrl-Z, a suspended machine),
 * none is spent. */
static void spend_time(struct watch *w)
{
	const uint64_t now = clock_ns(), step = now - w->last_ns;
	const uint64_t spent = step < LONGEST_STEP_NS ? step : LONGEST_STEP_NS;
	w->last_ns = now;
	w->spent_ns += spent;
	w->result->stalled |= step > spent;
	w->stopped_ns = w->stopped || w->worker_is_stopped ? w->stopped_ns + spent : 0;
}

/* Nothing tells of somebody else's stops: it is looked at a few times within the limit, as it may be measuring. */
static void look_at_worker(struct watch *w)
{
	enum { LOOKS = 8 };
	const struct child_order *order = w->order;
	if (!order->worker || (double)(w->spent_ns - w->seen_ns) < order->stopped_seconds * 1e9 / LOOKS)
		return;
	w->seen_ns = w->spent_ns;
	w->worker_is_stopped = process_id_stopped(order->worker);
	w->worker_was |= w->worker_is_stopped;
}

/* Whether the child has ended, is stopped, or goes on. */
static void look(struct watch *w)
{
	int status = 0;
	struct rusage used = {0};
	const pid_t changed = wait4(w->pid, &status, WNOHANG | WUNTRACED | WCONTINUED, &used);
	if (changed == 0 || (changed < 0 && errno == EINTR))
		return;
	if (changed > 0 && (WIFSTOPPED(status) || WIFCONTINUED(status))) {
		w->stopped = WIFSTOPPED(status);
		return;
	}
	/* where SIGCHLD is ignored, nobody knows how it ended */
	w->gone = true;
	w->gone_ns = w->spent_ns;
	w->status = changed > 0 ? status : 0;
	w->cpu_seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
			 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	if (w->asked && has_group(w->order))
		send(w, SIGKILL); /* helpers that it left */
}

static bool overdue(struct watch *w)
{
	const struct child_order *order = w->order;
	const bool late = order->timeout_seconds > 0 && (double)w->spent_ns > order->timeout_seconds * 1e9;
	if (order->stopped_seconds > 0 && (double)w->stopped_ns > order->stopped_seconds * 1e9 && !late &&
		!w->too_long) {
		w->too_long = true;
		w->by_worker = !w->stopped;
	}
	return late || w->too_long;
}

/* One round: what came, and what has become of the child. True when that was all. */
static bool watch_round(struct watch *w, struct err *e)
{
	struct pollfd fds[] = {{.fd = w->lines, .events = POLLIN}, {.fd = w->errors, .events = POLLIN},
		{.fd = w->gone ? -1 : w->pidfd, .events = POLLIN}};
	const bool told = w->lines >= 0 || w->errors >= 0 || w->pidfd >= 0;
	if (poll(fds, sizeof fds / sizeof *fds, w->gone ? 0 : told ? POLL_MS : 1) < 0)
		fds[0].revents = fds[1].revents = 0;
	spend_time(w);
	if (fds[0].revents && take_lines(w, e) != 0) {
		close(w->lines);
		w->lines = -1;
	}
	if (fds[1].revents)
		take_errors(w);
	const bool quiet = !fds[0].revents && !fds[1].revents, failed = e->status != ERR_NONE;
	/* a grandchild may hold the pipes' other ends: once the child is gone, only what is there is read,
	 * for a while; it may have written and gone since the poll, so that is looked at again */
	if (w->gone)
		return quiet || failed || signals_seen() || w->spent_ns - w->gone_ns > GRACE_NS;
	look_at_worker(w);
	const bool late = overdue(w);
	w->late |= late && !signals_seen();
	if (late || failed || signals_seen())
		end(w);
	if (quiet || w->killed)
		look(w);
	return false;
}

static volatile sig_atomic_t stopped;

/* Only the signal tells of a stop where the child has gone on, and ended, before we look. */
static void hear_change(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	if (info->si_code == CLD_STOPPED || info->si_code == CLD_CONTINUED)
		stopped = 1;
}

static void listen(struct sigaction *before)
{
	const struct sigaction action = {.sa_sigaction = hear_change, .sa_flags = SA_SIGINFO};
	stopped = 0;
	sigaction(SIGCHLD, &action, before);
	signals_receive(SIGCHLD);
}

/* Follows the child until it has ended, which it is made to where its time is up, it sent nonsense, or after
 * Ctrl-C. Its status. */
static int follow(struct watch *w, struct err *e)
{
	w->pidfd = system_process_file(w->pid);
	w->last_ns = clock_ns();
	while (!watch_round(w, e))
		;
	if (w->pidfd >= 0)
		close(w->pidfd);
	w->result->paused =
		stopped || w->worker_was || clock_suspended_ns() > w->suspended_ns + LEAST_SUSPENDED_NS;
	return w->status;
}

/* Whether somebody was killed for want of memory since the child began. */
static bool memory_ran_out(const struct watch *w)
{
	return w->oom_kills >= 0 && memory_kills("") > w->oom_kills;
}

/* Of a program that knows no causes, such as a runtime that gave up: what the system told it. */
static enum err_cause cause_of_text(const char *text)
{
	static const int errors[] = {ENOMEM, EAGAIN, EMFILE, ENOSPC};
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strstr(text, strerror(errors[i])))
			return err_cause_of(errors[i]);
	return CAUSE_NONE;
}

static void judge_signal(const struct watch *w, int signal)
{
	struct child_result *r = w->result;
	r->status = ERR_FAILED;
	r->cause = CAUSE_KILLED;
	const int used = snprintf(r->message, sizeof r->message, "the launch was killed by signal %d (%s)",
		signal, strsignal(signal));
	/* Linux counts ticks for this limit, not what it tells us: on a busy machine the two differ by tenths. */
	const double share = signal == SIGXCPU ? 0 : 0.5;
	struct rlimit limit;
	if ((signal == SIGKILL || signal == SIGXCPU) && getrlimit(RLIMIT_CPU, &limit) == 0 &&
		limit.rlim_cur != RLIM_INFINITY && w->cpu_seconds >= share * (double)limit.rlim_cur)
		snprintf(r->message + used, sizeof r->message - (size_t)used,
			": a process may use %.0f s of CPU time (ulimit -t)", (double)limit.rlim_cur);
}

static void judge_status(const struct watch *w, int status)
{
	struct child_result *r = w->result;
	const enum err_cause cause = err_exit_cause(status);
	r->status = cause == CAUSE_NONE ? (enum err_status)status : ERR_FAILED;
	r->cause = cause != CAUSE_NONE || status == 0 ? cause : cause_of_text(r->message);
	const bool known = cause != CAUSE_NONE || status == ERR_NONE || status == ERR_FAILED ||
			   status == ERR_USAGE || status == ERR_ABSENT || status == ERR_INTERRUPTED;
	if (!known && !w->order->launcher && !*r->message)
		snprintf(r->message, sizeof r->message, "the launch exited with status %d", status);
}

void child_blame_memory(bool memory_ran_out, enum err_cause *cause, char *message, size_t size)
{
	char why[160], killed[24];
	const size_t used = strlen(message);
	snprintf(killed, sizeof killed, "signal %d (", SIGKILL);
	if (!memory_ran_out || *cause != CAUSE_KILLED || !strstr(message, killed))
		return;
	*cause = CAUSE_MEMORY;
	memory_text("", why, sizeof why);
	snprintf(message + used, size - used, ": %s", why);
}

static void judge(struct watch *w, int status)
{
	struct child_result *r = w->result;
	if (signals_seen()) {
		r->status = ERR_INTERRUPTED;
		snprintf(r->message, sizeof r->message, "interrupted");
	} else if (w->late) {
		r->status = ERR_FAILED;
		r->cause = CAUSE_TIMEOUT;
		snprintf(r->message, sizeof r->message, "killed: %s %s longer than %g s",
			w->by_worker ? "worker 0" : "it", w->too_long ? "was stopped for" : "took",
			w->too_long ? w->order->stopped_seconds : w->order->timeout_seconds);
	} else if (WIFSIGNALED(status)) {
		judge_signal(w, WTERMSIG(status));
	} else {
		judge_status(w, WEXITSTATUS(status));
	}
	r->memory_ran_out = r->status == ERR_FAILED && memory_ran_out(w);
	child_blame_memory(r->memory_ran_out, &r->cause, r->message, sizeof r->message);
}

/* Kills all children of this process and reaps what has ended; how many there were to kill. */
static unsigned clear_round(void)
{
	char path[64];
	unsigned killed = 0;
	int pid;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	FILE *f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		killed += kill(pid, SIGKILL) == 0;
	if (f)
		fclose(f);
	for (unsigned i = 0; i < killed; i++)
		waitpid(-1, NULL, 0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return killed;
}

/* Orphans of the child have become ours: they were promised so by PR_SET_CHILD_SUBREAPER. Theirs do when they
 * end. */
static unsigned clear(void)
{
	unsigned left = 0, killed;
	for (int i = 0; i < CLEAR_ROUNDS && (killed = clear_round()) > 0; i++)
		left += killed;
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	return left;
}

/* LLVM's OpenMP leaves an object in shared memory for each process that is killed or ends by _exit. */
static void clear_openmp(pid_t pid)
{
	char path[96];
	snprintf(path, sizeof path, "/dev/shm/__KMP_REGISTERED_LIB_%d_%u", (int)pid, (unsigned)getuid());
	unlink(path);
}

int child_run(const struct child_order *order, struct child_result *r, struct err *e)
{
	struct watch w = {.order = order, .result = r};
	struct sigaction before;
	*r = (struct child_result){0};
	w.oom_kills = memory_kills("");
	w.suspended_ns = clock_suspended_ns();
	if (order->clear)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	listen(&before);
	if (start(&w, e) != 0) {
		sigaction(SIGCHLD, &before, NULL);
		return -1;
	}
	r->pid = w.pid;
	int status = follow(&w, e);
	sigaction(SIGCHLD, &before, NULL);
	clear_openmp(w.pid);
	if (w.lines >= 0)
		close(w.lines);
	if (w.errors >= 0)
		close(w.errors);
	choose_message(&w);
	judge(&w, status);
	if (order->clear)
		r->left = clear();
	return e->status == ERR_NONE ? 0 : -1;
}
