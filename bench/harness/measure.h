/* SPDX-License-Identifier: MIT */
/*
 * measure.h - measures one cell once, in this process, and hands out its rows.
 *
 * Which meter is used is the caller's matter (the worker program's): this file links neither Google Benchmark
 * nor C++.
 */
#ifndef PARSCALE_BENCH_HARNESS_MEASURE_H
#define PARSCALE_BENCH_HARNESS_MEASURE_H

#include "bench/harness/meter.h"
#include "bench/harness/verify.h"

/* Less than this no launch comes up with. */
enum { MEASURE_LEAST_MEMORY = 16 << 20 };

struct measure_plan {
	struct cell cell; /* finished */
	unsigned samples; /* >= 1 */
	unsigned warmup;
	double share; /* more samples, where starting took longer (meter.h); 0: as many as said */
	struct meter_known known;
	uint64_t started_ns;    /* when the launch was asked for, on clock_ns; 0: when it began to measure */
	double sample_seconds;  /* shortest sample */
	double cap_seconds;     /* of wall time, for all samples */
	double timeout_seconds; /* of one run */
	const char *meter;      /* its name, for the rows */
	/* count cycles and the like, and energy, where the system grants it (counters.h) */
	bool counters;
	bool print;        /* afterwards, list the items found on standard output */
	bool bed;          /* those that have places as BED, not as TSV */
	bool print_unique; /* or each different one, counted */
	/* append there what each worker of the last run did when (workers.csv); NULL: nowhere */
	const char *trace;
	int shelf_fd;        /* arrays of earlier launches' inputs (filler.h); 0: none */
	bool expected_known; /* `expected` came with the order; else it is found first */
	struct expected expected;
	uint64_t memory_bytes; /* most writable memory of each of its processes; 0: no limit */
	struct fault fault;    /* of tests */
};

/* Takes one row of a cell's samples, as it is made. -1 ends the measurement. */
typedef int measure_sink_fn(void *ctx, const struct sample *row, struct err *e);

/* Measures what was prepared by prepare_cell for this plan. A wrong answer is a row with status "wrong", and -1 with
 * ERR_FAILED at the end. */
struct prepared;
int measure_cell(const struct measure_plan *plan, const struct prepared *p, meter_measure_fn *measure,
	measure_sink_fn *take, void *ctx, struct err *e);

#endif
