/* SPDX-License-Identifier: MIT */
/* fault_case.c - plays a launch with a fault, and knows what each fault has to become. */
#include "tests/bench/harness/fault_case.h"

#include "bench/machine/clock.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static unsigned descriptors(void)
{
	unsigned n = 0;
	DIR *d = opendir("/proc/self/fd");
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* Processes of the launch that outlive it come to us. Most are about to end. */
static unsigned left_behind(void)
{
	unsigned left = 0;
	for (int i = 0; i < PATIENCE_MS; i++) {
		pid_t gone = waitpid(-1, NULL, WNOHANG);
		if (gone < 0 && errno == ECHILD)
			return 0;
		if (gone == 0)
			usleep(1000);
	}
	char path[64];
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	for (int pid; left < 100; left++) {
		FILE *f = fopen(path, "re");
		const bool any = f && fscanf(f, "%d", &pid) == 1;
		if (f)
			fclose(f);
		if (!any)
			break;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return left;
}

int fault_launch(const struct launch_order *order, struct fault_seen *seen, struct err *e)
{
	struct launch_result r;
	const unsigned before = descriptors();
	const uint64_t start = clock_ns();
	*seen = (struct fault_seen){0};
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	const int status = launch_run(order, &r, e);
	seen->seconds = (double)(clock_ns() - start) / 1e9;
	for (size_t i = 0; i < r.samples.count; i++) {
		const struct sample *row = table_row(&r.samples, i);
		const bool ok = strcmp(row->status, "ok") == 0;
		seen->ok += ok;
		seen->wrong += strcmp(row->status, "wrong") == 0;
		if (ok)
			seen->sample = *row;
	}
	snprintf(seen->status, sizeof seen->status, "%s",
		r.status == ERR_NONE     ? "ok"
		: r.status == ERR_FAILED ? err_cause_name(r.cause)
					 : "refused");
	memcpy(seen->message, r.message, sizeof seen->message);
	table_free(&r.samples);
	seen->left = left_behind();
	seen->descriptors = descriptors() - before;
	return status;
}

/* Its workers are part of the launch's own process. */
static bool in_process(const struct backend *b)
{
	return strcmp(b->worker, "process") != 0;
}

const char *fault_expected(const struct cell *c, const struct fault *f)
{
	const bool inside = in_process(c->backend);
	/* all samples are taken, and nobody waits for what the worker does but who ends it; a launcher waits for its ranks */
	const bool after_all = f->phase == FAULT_LEAVE && c->lifetime == LIFETIME_POOL && !c->backend->host;
	if (after_all && !inside && f->kind != FAULT_WRONG)
		return "ok";
	switch (f->kind) {
	case FAULT_KILL:
	case FAULT_CRASH:
		return "killed";
	case FAULT_EXIT:
		return "failed";
	case FAULT_OOM:
		return "oom";
	case FAULT_WRONG:
		return "wrong";
	case FAULT_STOP:
		return "timeout";
	/* a thread that cannot be ended is given up, and ends with the launch */
	case FAULT_HANG:
		return after_all && strcmp(c->backend->name, "pthread") == 0 ? "ok" : "timeout";
	default:
		return "ok";
	}
}

/* What the reason has to have. */
static void wanted_words(const struct cell *c, const struct fault *f, char text[40])
{
	const bool inside = in_process(c->backend), pthread = strcmp(c->backend->name, "pthread") == 0;
	snprintf(text, 40, "worker %u", f->worker);
	if (f->kind == FAULT_WRONG)
		snprintf(text, 40, "wrong answer");
	else if (inside && (f->kind == FAULT_KILL || f->kind == FAULT_CRASH))
		snprintf(text, 40, "killed by signal %d", f->kind == FAULT_KILL ? SIGKILL : SIGSEGV);
	else if (inside && f->kind == FAULT_EXIT)
		snprintf(text, 40, "exited with status 3");
	else if (inside && f->kind == FAULT_STOP)
		snprintf(text, 40, "stopped for longer than");
	else if (inside && !pthread && f->kind == FAULT_HANG)
		snprintf(text, 40, "took longer than");
}

bool fault_as_expected(
	const struct cell *c, const struct fault *f, const struct fault_seen *seen, char why[600])
{
	const char *wanted = fault_expected(c, f);
	const bool good = strcmp(wanted, "ok") == 0;
	char words[40] = "";
	if (!good)
		wanted_words(c, f, words);
	if (strcmp(seen->status, wanted) == 0 && strstr(seen->message, words) && seen->left == 0 &&
		seen->descriptors == 0 && (!good || seen->ok > 0))
		return true;
	snprintf(why, 600,
		"status %s, wanted %s; reason '%s', wanted '%s'; %u ok, %u processes left, %u descriptors; %.1f s",
		seen->status, wanted, seen->message, words, seen->ok, seen->left, seen->descriptors,
		seen->seconds);
	return false;
}
