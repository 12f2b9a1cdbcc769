/* SPDX-License-Identifier: MIT */
/*
 * worker_spec.h - a trial's order to workers that are fresh programs: words that make its cell again, and a
 * descriptor for what words cannot say, the text of the input and where workers and caches are.
 *
 * What can be made again from the words is not sent: each worker makes its own tables and generated input.
 */
#ifndef PARSCALE_BENCH_HARNESS_WORKER_SPEC_H
#define PARSCALE_BENCH_HARNESS_WORKER_SPEC_H

#include "bench/backend/backend.h"
#include "bench/harness/cell.h"
#include "bench/harness/fault.h"

struct worker_spec {
	struct cell_argv cell;
	char descriptor[16], fault[FAULT_TEXT + 8];
	const char *program[BACKEND_WORDS + 1]; /* ends in NULL; points into this struct */
	int fd;                                 /* stays open in programs started from here */
};

/* Makes the order; it does not move. `cpus[w]` is where worker w belongs; `fault` is of tests. -1 with ERR_FAILED,
 * and nothing left. */
int worker_spec_make(struct worker_spec *o, const char *program, const struct cell *c,
	const struct problem *p, const int *cpus, const struct fault *fault, struct err *e);
void worker_spec_close(struct worker_spec *o);

/* In the worker: completes the problem of a cell that was made from the words. *cpus and the problem's text
 * live until the program ends. -1 with ERR_FAILED for what worker_spec_make has not made. */
int worker_spec_parse(int fd, const struct cell *c, struct problem *p, const int **cpus, struct err *e);

#endif
