/* SPDX-License-Identifier: MIT */
/*
 * probe.h - micro-benchmarks of mechanisms: making workers, handing over, locking, returning results,
 * waiting.
 *
 * A probe is one file that ends in a const record, and one line in probes.def. It names its cases; a sampler
 * (sampler.h) in a fresh process takes samples of them in random order, and a summary (probe_summary.h) in
 * the driver sets each against its base. A probe reads the clock itself, since what lies between its two
 * stamps is its subject. It verifies each sample, prints nothing, and leaves nothing behind.
 */
#ifndef PARSCALE_BENCH_PROBE_PROBE_H
#define PARSCALE_BENCH_PROBE_PROBE_H

#include "base/err.h"
#include "bench/machine/clock.h"
#include "bench/machine/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROBE_METRICS = 6, PROBE_OPTIONS = 8, PROBE_CASES = 320, PROBE_CPUS = 2, PROBE_REASON = 160 };

/* PROBE_FAILED: of no cause that has a status of its own; those are as in err.h. */
enum probe_status {
	PROBE_OK,
	PROBE_WRONG,
	PROBE_FAILED,
	PROBE_ABSENT,
	PROBE_KILLED,
	PROBE_TIMEOUT,
	PROBE_MEMORY,
	PROBE_RESOURCES
};

struct probe_run;
struct probe_case;

/* Values are of one operation: a batch's sum over its size. NAN: not available, where it starts. */
struct probe_sample {
	double value[PROBE_METRICS]; /* in the order of the probe's metrics */
	char reason[PROBE_REASON];   /* why it is not ok */
};

/* Measures `batch` operations once, verified. What is not ok is not measured again in this process. */
typedef enum probe_status probe_sample_fn(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s);

/* A mechanism, who works, and what else is varied; unique by these three. */
struct probe_case {
	const char *mechanism; /* "fork" */
	const char *worker;    /* "thread", "process", or "" */
	char setting[48];      /* "two CPUs", "64 KiB"; "" */
	/* index of the case that is 1 in its ratios; itself: it is a base; -1: no ratio */
	int base;
	double expected_low, expected_high; /* of the first metric's ratio; 0, 0: no expectation */
	uint64_t least;                     /* operations that a sample holds at least; 0: 1 */
	uint64_t most;                      /* operations that a sample may hold; 1: each is a sample */
	bool full;                          /* left out where only a quick look is wanted */
	probe_sample_fn *sample;
	const void *how; /* for `sample`, as is `size` */
	uint64_t size;
};

/* The first metric is a time in ns: it decides how much a sample holds. */
struct probe_metric {
	const char *name, *unit, *meaning;
};

struct probe_option {
	const char *name; /* without its dashes */
	uint64_t lowest, highest, fallback;
	const char *meaning;
};

struct probe {
	const char *name, *summary;
	const char *timed;                              /* from where to where, and what is held equal */
	const char *expect;                             /* what to expect, and why */
	struct probe_metric metrics[PROBE_METRICS + 1]; /* ended by a NULL name */
	struct probe_option options[PROBE_OPTIONS + 1]; /* ended by a NULL name */

	/* A sample prepares for itself and is dear: the first one counts, and is enough once the time is spent. */
	bool once;
	/* A sweep opens with it (bench/sweep/opening.h): `probe = all` does not mean it as well. */
	bool opens;

	/* the program of ours whose ranks it needs, which a launcher starts; its first option is their number. NULL:
	 * none */
	const char *host;

	/* Adds the cases (probe_add), from options and CPUs alone: the driver calls it as well. ERR_USAGE for
	 * options that do not go together here; names the option and what is legal. */
	int (*cases)(struct probe_run *r, struct err *e);

	/* Around all samples, in the measuring process, which is bound to the first CPU: sets r->state. May
	 * be NULL. -1 with ERR_ABSENT or ERR_FAILED. */
	int (*open)(struct probe_run *r, struct err *e);
	void (*close)(struct probe_run *r); /* also after an open that failed half-way */
};

/* One probe with its options set. */
struct probe_run {
	const struct probe *probe;
	uint64_t option[PROBE_OPTIONS]; /* in the order of the probe's options */
	bool quick;
	struct place place;
	int cpus[PROBE_CPUS]; /* of the first two workers; all the same where there is one CPU */
	bool two_cpus;
	struct probe_case cases[PROBE_CASES];
	size_t count;
	void *state; /* the probe's own */
};

/* Options at their fallbacks, CPUs by placement smt-last; no cases yet. */
int probe_run_init(struct probe_run *r, const struct probe *p, bool quick, struct err *e);
void probe_run_free(struct probe_run *r);

/* Sets an option by its name (without dashes); ERR_USAGE with the legal range. */
int probe_set(struct probe_run *r, const char *name, const char *value, struct err *e);

/* Adds a case and returns its index; not one that is `full` to a quick run, for which it returns -1. */
int probe_add(struct probe_run *r, const struct probe_case *c);

/* Says in the sample why it is not ok; returns the status. */
enum probe_status probe_say(struct probe_sample *s, enum probe_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Pages of zeros in memory, shared with processes forked later, none of them to be faulted in by the caller.
 * NULL without memory. */
void *probe_shared(size_t bytes);

#define PROBE(name) extern const struct probe probe_##name;
#include "bench/probe/probes.def"

/* All probes, in the order of probes.def, ended by NULL. */
extern const struct probe *const probes[];

/* The one of this name, or NULL with ERR_USAGE and the known names. */
const struct probe *probe_find(const char *name, struct err *e);

const char *probe_status_name(enum probe_status status);

/* Of what failed for a cause. */
enum probe_status probe_status_of(enum err_cause cause);

#endif
