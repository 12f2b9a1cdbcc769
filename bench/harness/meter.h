/* SPDX-License-Identifier: MIT */
/*
 * meter.h - decides how many runs make a sample, and how many samples are taken.
 *
 * A meter knows nothing of kernels or workers: it is handed a function that runs something `times` times and
 * reports what that took. The native meter is here; Google Benchmark's is in gbench/, in a program of its
 * own, so that the driver never links C++.
 */
#ifndef PARSCALE_BENCH_HARNESS_METER_H
#define PARSCALE_BENCH_HARNESS_METER_H

#include "bench/harness/trial.h"

/* Runs `times` times, times >= 1, and stores the mean. -1 ends the measurement. */
typedef int meter_run_fn(void *ctx, uint64_t times, struct timing *mean, struct err *e);

/* Takes one sample: the mean of `batch` runs. -1 ends the measurement. */
typedef int meter_take_fn(void *ctx, const struct timing *mean, uint64_t batch, struct err *e);

/* What earlier launches of the same cell found; zeroed: this is the first. */
struct meter_known {
	double seconds; /* of a run */
	uint64_t batch; /* runs a sample */
};

struct meter_plan {
	unsigned samples; /* >= 1 */
	double share; /* more samples, up to METER_MOST, until they are this share of the launch; 0: no more */
	double started; /* when the launch began, on clock_ns */
	struct meter_known known;
	unsigned warmup;       /* runs thrown away first, at least; 0: none that would make a sample */
	double sample_seconds; /* shortest sample: shorter runs are batched until they make one */
	double cap_seconds;    /* no new sample is begun after so much wall time, once one has been taken */
	meter_run_fn *run;
	void *run_ctx;
	meter_take_fn *take;
	void *take_ctx;
};

struct meter {
	const char *name;
	const char *summary;
	const char *program; /* the worker program that has it: "parscale" or "parscale-gbench" */
	const char *missing; /* NULL, or why this build does not have it */
};

enum { METER_MOST = 10 };

/* All meters, the preferred one first, ended by one whose name is NULL. */
extern const struct meter meters[];

/* The one of this name; "auto" is the first that is not missing. NULL with ERR_USAGE or ERR_ABSENT. */
const struct meter *meter_find(const char *name, struct err *e);

/* --meter of a command: as meter_find; *target is a const struct meter *. An option_set_fn (base/options.h). */
int meter_option(const char *name, const char *value, void *target, struct err *e);

/* What every meter does first: runs until two in a row agree within 10 % (at most 10, or until the deadline
 * on clock_ns), and at least plan->warmup. With a plan->warmup of 0 it is one run, which tells how long they
 * are, and where it is long enough it is taken: *taken samples, 0 or 1. Leaves the last one's time in *ns.
 *
 * Of a cell that is known, a run of warm-up is a quarter of a sample's batch, and the first of them may
 * agree with the launches before as well. With a plan->warmup of 1 there is none where a run is known to be
 * longer than the cap. */
int meter_warm_up(const struct meter_plan *plan, double deadline, double *ns, unsigned *taken, struct err *e);

/* After the warm-up of a cell that is known: the runs of a sample, where one takes `ns`. */
uint64_t meter_batch(const struct meter_plan *plan, double ns);

/* How many samples the launch shall have, where a run takes `ns` and a sample is a batch of them. */
unsigned meter_samples(const struct meter_plan *plan, double ns, uint64_t batch);

/* Measures by our own rules: warm-up runs until two in a row agree within 10 % (at most 10), a batch that
 * lasts sample_seconds, then the samples. */
int meter_native(const struct meter_plan *plan, struct err *e);

typedef int meter_measure_fn(const struct meter_plan *plan, struct err *e);

#endif
