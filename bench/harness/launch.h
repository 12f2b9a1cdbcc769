/* SPDX-License-Identifier: MIT */
/*
 * launch.h - a launch: one fresh process that measures one cell once.
 *
 * Both sides are here: launch_run in the driver, which never enters OpenMP and never links C++, and
 * launch_main in the worker program. Rows come back through a pipe, so that a crash, a hang or a leak costs
 * one launch.
 */
#ifndef PARSCALE_BENCH_HARNESS_LAUNCH_H
#define PARSCALE_BENCH_HARNESS_LAUNCH_H

#include "bench/data/csv.h"
#include "bench/harness/measure.h"
#include "bench/machine/process_id.h"

struct launch_order {
	const struct measure_plan *measure;
	const struct meter *meter;
	const char *program; /* the parscale that measures, or which lies beside what does; NULL: this one */
	/* of the whole launch, then it is killed; 0: none, but that of a launcher with its ranks, which is far off.
	 * A launch that is stopped for longer than measure->timeout_seconds is killed too. */
	double timeout_seconds;
	bool capture; /* keep the worker's standard error for `message` instead of showing it */
};

struct launch_result {
	struct table samples;   /* struct sample, as far as they came; the caller frees it (table_free) */
	enum err_status status; /* ERR_NONE: all went well */
	enum err_cause cause;   /* of ERR_FAILED */
	bool ranks;             /* rows come through a launcher's standard output, */
	bool started;           /* if the launcher started them; */
	struct process_id lead; /* rank 0, if it runs on this host; */
	bool listing;           /* and are over: the rest is the listing; */
	char heard[120];        /* what the launcher said there of its own */
	/* one line, if `capture` was asked for or the worker program was killed; else "" */
	char message[256];
};

/* Runs one launch. -1 with *e set only when there could be none for a reason that will stay; what went wrong inside,
 * and that the system had no process or no memory for it, is in the result. A launch that was stopped and went on
 * (Ctrl-Z, a suspended machine), or during which the driver stood still (a frozen container), is measured again, a few times.
 * Ctrl-C (signals.h) kills the launch and gives ERR_INTERRUPTED. */
int launch_run(const struct launch_order *order, struct launch_result *r, struct err *e);

/* The worker's side: `PROGRAM launch KERNEL ... --result-fd N`; argv[0] is "launch". Returns the exit status,
 * its error printed. `backend` takes the place of the cell's, which this program hosts; NULL: the cell's own
 * serves. */
int launch_main(int argc, char **argv, meter_measure_fn *measure, const struct backend *backend);

/* `parscale start BYTES FOLDER MEMORY PROGRAM ...`: launcher_start_main, and each process of the program has so much
 * writable memory (0: any). */
int launch_start(char **argv);

#endif
