/* SPDX-License-Identifier: MIT */
/*
 * gbench.h - Google Benchmark, as C sees it.
 *
 * Knows nothing of kernels, workers or clocks: what is measured brings its own time (Google Benchmark's
 * manual time), and Google Benchmark decides how often it runs. gbench.cc is the only C++ of the project.
 */
#ifndef PARSCALE_BENCH_GBENCH_GBENCH_H
#define PARSCALE_BENCH_GBENCH_GBENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs something `times` times, times >= 1, and stores the mean time of one run. -1 skips the case, with one
 * line of why. */
typedef int gbench_run_fn(void *ctx, uint64_t times, double *seconds, char *why, size_t why_size);

struct gbench_case {
	const char *name;   /* copied */
	gbench_run_fn *run; /* it and its ctx outlive the measurement */
	void *ctx;
	double items; /* of one run, for items_per_second; 0: no such counter */
	double bytes; /* of one run, for bytes_per_second; 0: no such counter */
};

/* One repetition as Google Benchmark reports it. */
struct gbench_repetition {
	uint64_t times; /* runs it counted */
	double seconds; /* mean of one */
	int skipped;    /* the run function said -1; the rest is 0 */
};

typedef void gbench_report_fn(void *ctx, const struct gbench_repetition *repetition);

/* Measures one case, silently and whatever the command line said: `repetitions` of at least `seconds` each
 * (one run, where that is longer), or of so many runs each (0: to be found), reported in order when all are done. */
void gbench_measure(const struct gbench_case *c, double seconds, uint64_t times, unsigned repetitions,
	gbench_report_fn *report, void *ctx);

/* Takes Google Benchmark's flags out of argv; it ends the process with status 1 where one is wrong. */
void gbench_flags(int *argc, char **argv);

/* Adds a case for gbench_run. */
void gbench_register(const struct gbench_case *c);

/* Lists, or runs and reports, what was registered, as the flags say. Returns how many cases matched. */
size_t gbench_run(void);

#ifdef __cplusplus
}
#endif

#endif
