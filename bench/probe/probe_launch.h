/* SPDX-License-Identifier: MIT */
/*
 * probe_launch.h - one launch of a probe: a fresh process that samples all its cases, and its results.
 *
 * A launch that hangs is killed, and whatever it leaves behind is ended and told: no process outlives it.
 */
#ifndef PARSCALE_BENCH_PROBE_PROBE_LAUNCH_H
#define PARSCALE_BENCH_PROBE_PROBE_LAUNCH_H

#include "bench/data/csv.h"
#include "bench/probe/probe.h"

struct probe_launch {
	const struct probe_run *run; /* its options set, its cases made */
	const char *program;         /* the parscale that measures; NULL: this one */
	double seconds;              /* to spend, beside finding out how much makes a sample */
	bool limited;                /* no more than that, once each case has a sample */
	double timeout_seconds;
	/* that the probe will have: the more, the fewer samples each must take */
	uint64_t launches;
	uint64_t launch_id, seed;
};

/* Appends what was found to `rows` (of struct probe_launch_row), with a row that names no mechanism where the
 * launch failed as a whole, could not be made for want of memory or descriptors, or left something behind; *good is whether there is none. The caller has no
 * children. -1 with *e set: ERR_INTERRUPTED, or there could be none for a reason that will stay. */
int probe_launch_run(const struct probe_launch *l, struct table *rows, bool *good, struct err *e);

/* The other side: `parscale probe-launch NAME ...`, which sends its rows through `fd` (CHILD_RESULT_FD, or through a
 * launcher standard output). Returns the exit status, its error printed. */
int probe_launch_main(int argc, char **argv, int fd);

#endif
