/* SPDX-License-Identifier: MIT */
/*
 * work.h - the job that workers execute: what a worker does with a chunk, and the record it keeps.
 *
 * Made before the workers by the trial that opens the team, or made again in a worker that is a
 * fresh program.
 */
#ifndef PARSCALE_BENCH_HARNESS_WORK_H
#define PARSCALE_BENCH_HARNESS_WORK_H

#include "bench/harness/cell.h"
#include "bench/harness/fault.h"

#include <sys/resource.h>

/* A worker's own record. Stamps are in nanoseconds of the one clock; those of a run are rewritten in each. */
struct slot {
	struct tally tally;
	uint64_t again; /* how often each chunk of the run is done once more; the opener writes it */
	uint64_t entered, touched; /* input at hand; scratch touched and CPU bound */
	uint64_t began, ended;     /* gate open; last chunk done */
	struct rusage before, after;
	int cpu;              /* where it is bound; -1: free */
	int misplaced;        /* it was found elsewhere */
	int start_cpu, moved; /* where the run began for it; it ended elsewhere */
	void *scratch;
	uint32_t reached[FAULT_PHASES]; /* how often, where a fault is to happen */
	struct err err;                 /* why it could not enter */
};

struct work {
	const struct cell *cell;
	struct problem problem; /* with the caches and the text */
	const int *cpus;        /* of each worker; -1: free */
	void *input;
	uint64_t units, chunks;
	struct marshal *marshal; /* of workers that do not see the input; NULL: they do */
	size_t scratch_bytes;
	struct fault fault; /* of tests */
};

/* From cell, problem and cpus makes the rest, as the variant's setup does. -1 with *e set, and
 * nothing left. */
int work_setup(struct work *w, struct err *e);
void work_teardown(struct work *w); /* legal where there was no setup */

/* The job of its workers, whose ctx is `w`: all that runs in a worker is set. */
struct job work_job(struct work *w);

/* In a worker that is at a phase: what its fault, if it has one, says. True where a chunk's result is to be wrong. */
bool work_fault(const struct work *w, unsigned worker, struct slot *s, enum fault_phase phase);

/* In a fresh program, instead of cell, problem and cpus: `cell` was made from the words of an order, and
 * `order_fd` is its descriptor (worker_spec.h). -1 with ERR_FAILED if it is not such an order. */
int work_again(struct work *w, const struct cell *cell, int order_fd, struct err *e);

/* The life of a worker that is a fresh program. `cell` and `fault` were made from the order's words, and `order_fd` is its
 * descriptor (worker_spec.h); `team_fd` and `worker` are backend_attach's. -1 with ERR_FAILED where these are not
 * what they should be. */
int work_attach(const struct cell *cell, const struct fault *fault, int order_fd, int team_fd,
	unsigned worker, struct err *e);

/* Into how many chunks units are cut for workers who take the next one when they are free. Pure. */
uint64_t work_chunks(uint64_t units, uint64_t grain, unsigned workers);

/* How units are cut: part `i` of `parts` equal ones (the first units % parts are one longer). Pure. */
struct span work_part(uint64_t units, uint64_t parts, uint64_t i);

#endif
