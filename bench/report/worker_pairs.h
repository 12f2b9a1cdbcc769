/* SPDX-License-Identifier: MIT */
/*
 * worker_pairs.h - which back ends are compared where processes are set against threads.
 *
 * A chart or a sentence about threads and processes asks each back end what its workers are, and names none: a
 * new line in backends.def is in all of them.
 */
#ifndef PARSCALE_BENCH_REPORT_WORKER_PAIRS_H
#define PARSCALE_BENCH_REPORT_WORKER_PAIRS_H

#include "bench/data/dataset.h"

struct worker_pair {
	const char *processes, *threads; /* back ends */
	const char *lifetime;            /* of both */
};

enum { WORKER_PAIRS_MOST = 48 };

/* The pairs among the cells like `like` but for back end, lifetime, workers and size: pools first. For each
 * lifetime the first back end of processes with every one of threads, then the other ones of processes with the
 * first of threads. First are those that differ in nothing but their workers: which share or inherit all memory,
 * and are made one by one rather than by a runtime; else the order is that of backends.def. How many. */
size_t worker_pairs(
	const struct dataset *d, const struct factors *like, struct worker_pair out[WORKER_PAIRS_MOST]);

#endif
