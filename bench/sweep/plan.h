/* SPDX-License-Identifier: MIT */
/*
 * plan.h - which cells a sweep measures: the Cartesian product of a .sweep file, without impossible combinations.
 *
 * A file is lines of `key = value, value, ...`; `#` begins a comment. The plan is the product of all values.
 * A line `[name]` begins a product of its own; keys before the first one hold for all of them. Nothing is
 * measured here.
 */
#ifndef PARSCALE_BENCH_SWEEP_PLAN_H
#define PARSCALE_BENCH_SWEEP_PLAN_H

#include "bench/data/cache_levels.h"
#include "bench/harness/measure.h"
#include "bench/probe/probe.h"
#include "bench/sweep/size_word.h"

enum { PLAN_LABEL = 512, PLAN_PROBES = 32, PLAN_REPETITIONS = 2 };
#define PLAN_SHARE 0.75 /* of a launch up to its last sample, with `repetitions = auto`: 70 % with its end */
/* Seconds of `budget = auto`: the least up to so many CPUs, where it is enough; with more as the plan needs. */
enum { PLAN_BUDGET_LEAST = 4 * 60, PLAN_BUDGET_MOST = 20 * 60, PLAN_BUDGET_CPUS = 2 };
enum plan_caches { PLAN_CACHES_AUTO, PLAN_CACHES_MEASURED, PLAN_CACHES_TOLD };

struct planned {
	struct cell cell;
	size_t problem;      /* cells of the same problem have the same number: one answer serves all */
	enum size_word word; /* that its size was given by; SIZE_NO_WORD: a number */
	uint64_t word_bytes; /* what it came to */
	bool spare;          /* launched only where the curve over workers bends (bends.h) */
};

struct omission {
	char label[PLAN_LABEL];
	char reason[256];
};

struct plan {
	struct planned *cells;
	size_t count;
	struct omission *omissions; /* combinations that cannot be, each with its reason */
	size_t omitted;
	size_t problems;
	size_t canary; /* the cell that is launched in every block, precise or not, to show drift */

	/* How it is measured: keys of their own, the same for all products. */
	const struct meter *meter; /* meter = auto */
	/* launches = 3: fresh processes a cell, at least; as many complete blocks */
	unsigned launches;
	unsigned most_launches; /* most-launches = 30: no cell gets more, however imprecise */
	/* precision = 2%: a cell is done when the 95 % interval of its median is within so much of it, either
	 * side */
	double precision;
	/* repetitions = auto: samples a launch; auto is PLAN_REPETITIONS, and from a cell's second launch on as many
	 * more as make `sample_share` of the launch's time (0: no more) */
	unsigned repetitions;
	double sample_share;
	unsigned warmup;        /* warmup = 1 */
	unsigned counters;      /* counters = no: 1 counts cycles and the like (counters.h) */
	double sample_seconds;  /* sample-time = 10ms */
	double cap_seconds;     /* cap = 2s: of samples, a launch */
	double timeout_seconds; /* timeout = 60s: of a launch */
	uint64_t memory_bytes;  /* memory = 2Gi: of a process of a launch; 0: no limit */
	double budget_seconds;  /* budget = 1h: of the sweep */
	bool budget_auto; /* budget = auto: PLAN_BUDGET_LEAST, and up to PLAN_BUDGET_MOST where the plan needs it */
	/* launcher = srun --mpi=pmix: of ranks; not kept here, it is the process's (launcher_choose) */
	uint64_t order_seed; /* order-seed = 1: of the order within blocks */
	struct fault fault;  /* of tests, in each launch that has its worker */

	/* Mechanisms, beside the cells: each is launched once in every complete block. */
	const struct probe *probes[PLAN_PROBES]; /* probe = spawn, return, ... or all */
	size_t probe_count;
	unsigned probe_cases; /* probe-cases = quick: 1 (all) takes every case of each */
	/* probe-time = 100ms: of samples, a launch; it takes longer where the least number of samples does */
	double probe_seconds;

	/* What it is made for. */
	unsigned caches_from;       /* caches = auto: enum plan_caches */
	struct cache_levels caches; /* all zero where plan_read was given none */
	unsigned most_workers;      /* that do not take turns on CPUs */
	double room_bytes;          /* for one problem; NAN: not known */
};

/* What `workers = auto`, `workers = max` and `size = auto` stand for on the machine. */
struct plan_machine {
	const unsigned *workers; /* ascending, for auto */
	const bool *spare;       /* of each of them: only where a curve bends; NULL: none */
	size_t worker_counts;
	unsigned most;         /* that do not take turns on CPUs, for max */
	const uint64_t *sizes; /* ascending, in bytes */
	size_t size_count;
	struct size_machine sized; /* for `size = l1, l2, l3, memory`, and what is too large */
};

/* Reads and multiplies out. ERR_USAGE with file and line for what is not a plan, or when no cell is left;
 * ERR_FAILED for a file that cannot be read. */
int plan_read(struct plan *p, const char *path, const struct plan_machine *machine, struct err *e);
void plan_free(struct plan *p);

/* A cell's name, unique in a plan: "sieve/avx512/fork/pool/dynamic/2w/smt-last/1000000000".
 * Returns `text`. */
char *plan_label(const struct cell *c, char text[PLAN_LABEL]);

/* Rough seconds of a launch of a cell, from typical speeds: until there has been one. */
double plan_launch_seconds(const struct plan *p, size_t cell);

/* Rough seconds that the sweep will take, by these: for --dry-run only; a running sweep knows better. */
double plan_estimate(const struct plan *p);

/* Whether it is worth seconds to measure the caches first: the plan says so, or it says nothing and takes a minute or
 * more by plan_estimate. */
bool plan_measures_caches(const struct plan *p);

#endif
