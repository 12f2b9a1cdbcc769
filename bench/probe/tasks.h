/* SPDX-License-Identifier: MIT */
/*
 * tasks.h - the same function in a few threads or in a few processes, for probes: everything else is equal.
 *
 * They are workers of the back ends pthread and fork (one loop, one gate, one shared block), made for each
 * call and reaped in it, each bound to its CPU before its first instruction of ours. One that dies or hangs
 * fails the sample. It times nothing but its tasks.
 */
#ifndef PARSCALE_BENCH_PROBE_TASKS_H
#define PARSCALE_BENCH_PROBE_TASKS_H

#include "bench/probe/probe.h"

enum { TASK_WORDS = 8 };

/* A task's own record, zeroed before it starts; 128 bytes from the next. */
struct task {
	unsigned index;
	/* around the function; it may stamp begin_ns again after a warm-up of its own */
	uint64_t begin_ns, end_ns;
	enum probe_status status;  /* for the function to set, by task_say */
	uint64_t word[TASK_WORDS]; /* results, whatever they mean */
	char reason[PROBE_REASON];
};

typedef void task_fn(void *ctx, struct task *t);

struct tasks {
	bool processes;
	unsigned count; /* 1 .. TASKS_MOST, unless `place` is given */
	task_fn *run;
	void *ctx;   /* what processes are to share in it lies in probe_shared memory */
	int cpus[2]; /* task i is bound to cpus[i % 2] */
	/* NULL; or task i is bound to the CPU of worker i by this placement instead, and there may be any number of them */
	const struct place *place;
	double timeout_seconds; /* 0: TASKS_TIMEOUT_SECONDS */
	bool overlap;           /* more tasks than CPUs: nobody spins at the gate */
};

enum { TASKS_MOST = 64, TASKS_TIMEOUT_SECONDS = 10 };

/* "thread" and "process": runs 0 and 1 of a loop over both. */
extern const char *const task_workers[2];

/* Runs all tasks to their end and copies their records to `done`. Not PROBE_OK: the first that is not, or
 * what befell the workers. */
enum probe_status tasks_run(const struct tasks *t, struct task *done, struct probe_sample *s);

/* From the first task's beginning to the last one's end. */
double tasks_span_ns(const struct task *done, unsigned count);

/* In a task: says why it is not ok. */
void task_say(struct task *t, enum probe_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
