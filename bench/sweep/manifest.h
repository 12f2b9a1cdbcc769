/* SPDX-License-Identifier: MIT */
/*
 * manifest.h - manifest.json: everything that the numbers of a sweep depend on, and how the sweep ended.
 */
#ifndef PARSCALE_BENCH_SWEEP_MANIFEST_H
#define PARSCALE_BENCH_SWEEP_MANIFEST_H

#include "bench/sweep/baseline.h"
#include "bench/sweep/plan.h"

#include <jansson.h>

/* Of a sweep that measures several programs in turn: whose folder this is. */
struct manifest_pair {
	const char *id;                 /* the same in all its folders, and of no other sweep */
	const struct baselines *others; /* the programs that were given with --against */
	const struct baseline *of;      /* the one of them whose folder it is; NULL: the sweep's own */
};

/* What the sweep knows of itself. */
struct manifest {
	int argc;
	char **argv;
	const struct plan *plan;
	const char *plan_path;
	double started, ended; /* seconds since the epoch; ended 0: still running */
	const char *end;       /* "complete", "budget", "interrupted", "failed"; NULL: still running */
	/* for each cell of the plan, why it got no more launches; NULL: still running */
	const char *const *stops;
	const struct manifest_pair *pair; /* NULL: it measures one program */
};

/* The facts of machine, environment and build, and findings on them (facts.h); read once, before the first
 * launch. NULL without memory; owned by the caller. */
json_t *manifest_facts(void);

/* Writes `dir`/manifest.json at once (a temporary, renamed). */
int manifest_write(const char *dir, const struct manifest *m, json_t *facts, struct err *e);

#endif
