/* SPDX-License-Identifier: MIT */
/*
 * session.h - what `sweep` and `resume` share: the campaign in its folder, the manifest before and
 * after, then summary, charts and report.
 *
 * A sweep of several programs has a results folder for each: that of a baseline lies inside the
 * sweep's own (baseline.h). Each is an ordinary results folder, but its manifest says which sweep it
 * belongs to.
 */
#ifndef PARSCALE_BENCH_SWEEP_SESSION_H
#define PARSCALE_BENCH_SWEEP_SESSION_H

#include "bench/data/folder.h"
#include "bench/sweep/baseline.h"
#include "bench/sweep/campaign.h"
#include "bench/sweep/plan.h"

#include <jansson.h>

enum { SESSION_PAIR = 33 };

struct session_arm {
	char dir[FOLDER_PATH]; /* exists */
	char rows[FOLDER_PATH + sizeof "/samples.csv"];
	int samples_fd;      /* from session_open_samples; -1: not open */
	struct table before; /* rows of earlier sessions (struct sample); empty: none */
	json_t *facts;       /* manifest_facts(), with the list of `fixed`; the baseline's with its build */
	struct fixed_files fixed;
};

struct session {
	const struct plan *plan;
	const char *plan_path; /* where it was read, for the manifest */
	struct session_arm arms[CAMPAIGN_ARMS];
	size_t arm_count;
	struct baselines baselines; /* of all arms but the first */
	char pair[SESSION_PAIR];    /* what all manifests call a sweep of several programs */
	double started;             /* when the first session began, seconds since the epoch; 0: now */
	int argc;
	char **argv;
	bool charts; /* draw and report at the end */
};

/* For results in `dir`, with the facts of this machine, of the plan, which has been read, and of the `baselines` that
 * are in *s. Programs and inputs are known from then on. session_close also after an error; it frees the baselines. */
int session_open(struct session *s, const char *dir, struct err *e);
void session_close(struct session *s);

/* Opens `dir`/samples.csv for a session alone: a new file gets its header, a torn end is cut off. -1 with
 * ERR_USAGE when another session has it or it is no such file, ERR_FAILED where the system failed. */
int session_open_samples(const char *dir, struct err *e);

/* Gives the files in `dir` that a session appends to today's names (csv_upgrade), each as a whole or not at
 * all; samples.csv must be there. Before session_open_samples. ERR_USAGE when another session has it or it is
 * no such file, ERR_FAILED where the system failed. */
int session_upgrade(const char *dir, struct err *e);

/* Measures what is left, and finishes the folders. 0 when all is well; -1 with *e set: ERR_INTERRUPTED,
 * ERR_FAILED also when single launches have failed, in earlier sessions too; ERR_USAGE where a program or an input
 * became another one. */
int session_run(struct session *s, struct err *e);

#endif
