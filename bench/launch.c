/* SPDX-License-Identifier: MIT */
#include "launch.h"

#include "args.h"
#include "clock.h"
#include "cpu.h"
#include "interrupt.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULT_FD = 3, LINE_BYTES = 8192, MORE_WORDS = 16 };

extern char **environ;

/* --- in the driver --- */

struct watch {
	pid_t pid;
	int rows, errors; /* pipes; -1: closed */
	char line[LINE_BYTES];
	size_t used;
	struct launch_result *result;
};

/* OpenMP reads these when a program starts. What the user has set stays. */
static void set_environment(const struct cell *c)
{
	static const char *user_policy;
	static bool asked;
	if (!asked)
		user_policy = getenv("OMP_WAIT_POLICY");
	asked = true;
	setenv("OMP_PROC_BIND", "false", 0); /* workers bind themselves */
	setenv("OMP_DYNAMIC", "false", 0);
	if (!user_policy)
		setenv("OMP_WAIT_POLICY", (long)c->workers <= sysconf(_SC_NPROCESSORS_ONLN) ? "active" : "passive", 1);
}

struct command {
	struct cell_argv cell;
	char options[6][64];
	char expect[192];
	const char *argv[CELL_ARGV + MORE_WORDS];
};

static void make_command(const struct launch_order *order, const char *path, struct command *c)
{
	const struct measure_plan *m = order->measure;
	size_t n = 0;
	cell_to_argv(&m->cell, &c->cell);
	c->argv[n++] = path;
	c->argv[n++] = "launch";
	for (size_t i = 0; i < c->cell.count; i++)
		c->argv[n++] = c->cell.argv[i];
	snprintf(c->options[0], sizeof c->options[0], "--repetitions=%u", m->samples);
	snprintf(c->options[1], sizeof c->options[1], "--warmup=%u", m->warmup);
	snprintf(c->options[2], sizeof c->options[2], "--sample-time=%.9fs", m->sample_seconds);
	snprintf(c->options[3], sizeof c->options[3], "--cap=%.9fs", m->cap_seconds);
	snprintf(c->options[4], sizeof c->options[4], "--timeout=%.9fs", m->timeout_seconds);
	snprintf(c->options[5], sizeof c->options[5], "--result-fd=%d", RESULT_FD);
	for (size_t i = 0; i < sizeof c->options / sizeof *c->options; i++)
		c->argv[n++] = c->options[i];
	c->argv[n++] = order->meter->name[0] == 'g' ? "--meter=gbench" : "--meter=native";
	if (m->print)
		c->argv[n++] = "--print";
	if (m->expected_known) {
		int used = snprintf(c->expect, sizeof c->expect, "--expect=");
		verify_write(&m->expected, c->expect + used, sizeof c->expect - (size_t)used);
		c->argv[n++] = c->expect;
	}
	c->argv[n] = NULL;
}

static int spawn_worker(const struct launch_order *order, struct watch *w, struct err *e)
{
	char path[4096];
	struct command command;
	int rows[2], errors[2] = {-1, -1};
	program_beside(order->meter->program, path, sizeof path);
	make_command(order, path, &command);
	if (pipe2(rows, O_CLOEXEC) != 0)
		return err_set(e, ERR_FAILED, "pipe: %s", strerror(errno));
	if (order->capture && pipe2(errors, O_CLOEXEC) != 0) {
		close(rows[0]);
		close(rows[1]);
		return err_set(e, ERR_FAILED, "pipe: %s", strerror(errno));
	}
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	if (order->capture)
		posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
	posix_spawn_file_actions_adddup2(&actions, rows[1], RESULT_FD);
	set_environment(&order->measure->cell);
	/* argv's strings are not changed: POSIX keeps the type for old callers */
	int failed = posix_spawn(&w->pid, path, &actions, NULL, (char *const *)(uintptr_t)command.argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(rows[1]);
	if (order->capture)
		close(errors[1]);
	w->rows = rows[0];
	w->errors = errors[0];
	if (!failed)
		return 0;
	close(rows[0]);
	if (order->capture)
		close(errors[0]);
	return err_set(e, failed == ENOENT ? ERR_ABSENT : ERR_FAILED, "cannot start %s: %s", path, strerror(failed));
}

/* Takes the whole lines that have come. */
static int take_rows(struct watch *w, struct err *e)
{
	ssize_t n = read(w->rows, w->line + w->used, sizeof w->line - w->used - 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		close(w->rows);
		w->rows = -1;
		return 0;
	}
	w->used += (size_t)n;
	for (char *end; (end = memchr(w->line, '\n', w->used));) {
		struct sample row;
		size_t length = (size_t)(end - w->line) + 1;
		*end = '\0';
		if (csv_parse_line(sample_columns, w->line, &row, e) != 0 || !table_add(&w->result->samples, &row, e))
			return -1;
		w->used -= length;
		memmove(w->line, w->line + length, w->used);
	}
	return w->used < sizeof w->line - 1 ? 0 : err_set(e, ERR_FAILED, "a launch sent a row that is too long");
}

/* Keeps the first line of what the worker said. */
static void take_errors(struct watch *w)
{
	char text[512];
	struct launch_result *r = w->result;
	ssize_t n = read(w->errors, text, sizeof text - 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(w->errors);
		w->errors = -1;
		return;
	}
	if (r->message[0])
		return;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	const char *from = strncmp(text, "parscale: ", 10) == 0 ? text + 10 : text;
	snprintf(r->message, sizeof r->message, "%.250s", from);
}

/* Follows a launch to its end: of its pipes, of its time, or by Ctrl-C. */
static int follow(struct watch *w, double timeout_seconds, struct err *e)
{
	const uint64_t start = clock_ns();
	int killed_by_us = 0, status = 0;
	while (w->rows >= 0 || w->errors >= 0) {
		struct pollfd fds[2] = {{.fd = w->rows, .events = POLLIN}, {.fd = w->errors, .events = POLLIN}};
		poll(fds, 2, 100);
		if (fds[0].revents && take_rows(w, e) != 0)
			killed_by_us = kill(w->pid, SIGKILL) == 0;
		if (e->status != ERR_NONE)
			break;
		if (fds[1].revents)
			take_errors(w);
		bool late = timeout_seconds > 0 && (double)(clock_ns() - start) > timeout_seconds * 1e9;
		if (!killed_by_us && (late || interrupt_seen())) {
			w->result->timed_out = late && !interrupt_seen();
			kill(w->pid, SIGKILL);
			killed_by_us = 1;
		}
		/* a grandchild may hold the pipes' other ends: once the worker is gone, only what is there is read */
		if (!fds[0].revents && !fds[1].revents && waitpid(w->pid, &status, WNOHANG) == w->pid)
			return status;
	}
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		if (interrupt_seen())
			kill(w->pid, SIGKILL);
	return status;
}

static void judge(struct launch_result *r, int status, double timeout_seconds)
{
	if (interrupt_seen()) {
		r->status = ERR_INTERRUPTED;
		snprintf(r->message, sizeof r->message, "interrupted");
	} else if (r->timed_out) {
		r->status = ERR_FAILED;
		snprintf(r->message, sizeof r->message, "killed: it took longer than %g s", timeout_seconds);
	} else if (WIFSIGNALED(status)) {
		r->status = ERR_FAILED;
		snprintf(r->message, sizeof r->message, "the launch was killed by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	} else {
		r->status = (enum err_status)WEXITSTATUS(status);
	}
}

int launch_run(const struct launch_order *order, struct launch_result *r, struct err *e)
{
	struct watch w = {.result = r};
	*r = (struct launch_result){0};
	table_init(&r->samples, sample_columns, sizeof(struct sample));
	if (spawn_worker(order, &w, e) != 0)
		return -1;
	int status = follow(&w, order->timeout_seconds, e);
	if (w.rows >= 0)
		close(w.rows);
	if (w.errors >= 0)
		close(w.errors);
	judge(r, status, order->timeout_seconds);
	return e->status == ERR_NONE ? 0 : -1;
}

/* --- in the worker program --- */

static int send_row(void *ctx, const struct sample *row, struct err *e)
{
	return csv_append(*(const int *)ctx, sample_columns, row, e);
}

static int launch(int argc, char **argv, meter_measure_fn *measure, struct err *e)
{
	struct run_args a;
	if (cpu_disable(getenv("PARSCALE_CPU_DISABLE"), e) != 0 || args_parse_run(argc, argv, &a, e) != 0)
		return -1;
	if (a.help || a.result_fd < 0)
		return err_set(e, ERR_USAGE, "launch: for parscale's own use; see parscale run --help");
	fcntl(a.result_fd, F_SETFD, FD_CLOEXEC);
	return measure_cell(&a.measure, measure, send_row, &a.result_fd, e);
}

int launch_main(int argc, char **argv, meter_measure_fn *measure)
{
	struct err e = {0};
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the driver's end is ours */
	if (launch(argc, argv, measure, &e) != 0)
		fprintf(stderr, "parscale: %s\n", e.text);
	return (int)e.status;
}
