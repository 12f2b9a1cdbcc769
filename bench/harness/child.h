/* SPDX-License-Identifier: MIT */
/*
 * child.h - a fresh process of one of our programs, followed to its end: its own, that of its time, or Ctrl-C
 * (signals.h).
 *
 * It sends lines back through descriptor CHILD_RESULT_FD (of a launcher: standard output), which is a pipe.
 * What a line means, the caller knows.
 */
#ifndef PARSCALE_BENCH_HARNESS_CHILD_H
#define PARSCALE_BENCH_HARNESS_CHILD_H

#include "base/err.h"
#include "bench/machine/process_id.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { CHILD_RESULT_FD = 3, CHILD_PASSED_FD = 4 };

/* One whole line, without its newline; it may be written to. -1 with *e set ends the child. */
typedef int child_line_fn(void *ctx, char *line, struct err *e);

struct child_order {
	const char *path;
	const char *const *argv; /* ended by NULL */
	/* Then it is ended: by SIGTERM, and by SIGKILL where that does not help. 0: none */
	double timeout_seconds;
	double stopped_seconds; /* it may be stopped (SIGSTOP) that long, then it is ended; 0: for ever */
	/* The process that matters, where the child starts it (a rank) and a line tells which it is: the child counts as stopped
	 * while that one is. NULL, or none known yet: the child alone. */
	const struct process_id *worker;
	int passed_fd; /* is CHILD_PASSED_FD there; 0: none */
	bool capture;  /* keep its standard error for `message` instead of showing it */
	/* it starts the programs that we want: ended with its process group if it has no input, and no descriptors pass
	 * through it, so the lines come through standard output */
	bool launcher;
	bool no_input; /* its standard input is empty instead of ours */
	/* end and reap every process it leaves behind; the caller has no other children then */
	bool clear;
	child_line_fn *line;
	void *ctx;
};

struct child_result {
	pid_t pid;              /* of the child that was, for what it may have left under its number */
	enum err_status status; /* its exit status, or why it was ended */
	/* of ERR_FAILED. CAUSE_TIMEOUT: it said so, or was ended by a limit; time in which this process is stopped does
	 * not count */
	enum err_cause cause;
	/* of ERR_FAILED: while it ran the system has killed somebody for memory in our control group, or, where groups do not
	 * count, anywhere */
	bool memory_ran_out;
	bool paused; /* it, or the whole machine, was stopped and went on: what it timed is no time */
	/* this process stood still for a second, and nobody tells why: it was frozen (a paused container or virtual machine), and
	 * the child with it, or got no CPU */
	bool stalled;
	unsigned left;     /* processes that `clear` found */
	char message[256]; /* one line, where `capture` was asked for or it did not say why; else "" */
};

/* -1 with *e set when there could be no child (no memory, no process) or `line` failed; what went wrong
 * inside is in the result. */
int child_run(const struct child_order *order, struct child_result *r, struct err *e);

/* Of a process that was killed (SIGKILL, as `message` says) while memory ran out: *cause becomes CAUSE_MEMORY, and whose
 * limit it was is appended to the message. Anything else stays as it is. */
void child_blame_memory(bool memory_ran_out, enum err_cause *cause, char *message, size_t size);

/* OpenMP reads its settings when a program starts: before child_run, says how its threads wait, "active" or
 * "passive". Where `policy` is NULL that is what the user's variables say (SETTING_WAIT), or without any active
 * where each worker can have a CPU of those that this process may use (place_capacity_here). */
void child_set_openmp(unsigned workers, const char *policy);

#endif
