/* SPDX-License-Identifier: MIT */
/*
 * session.h - what `sweep` and `resume` share: the campaign in its folder, the manifest before and after,
 * then summary, charts and report.
 */
#ifndef PARSCALE_SESSION_H
#define PARSCALE_SESSION_H

#include "data/csv.h"
#include "sweep/plan.h"

#include <jansson.h>

struct session {
	const struct plan *plan;
	const char *plan_path; /* where it was read, for the manifest */
	const char *dir;       /* the folder; exists */
	int samples_fd;        /* from session_open_samples */
	struct table before;   /* rows of earlier sessions (struct sample); empty: none */
	double started;        /* when the first session began, seconds since the epoch; 0: now */
	json_t *facts;         /* manifest_facts() */
	int argc;
	char **argv;
	bool charts; /* draw and report at the end */
};

/* Opens `dir`/samples.csv for a session alone: a new file gets its header, a torn end is cut off. -1 with
 * ERR_USAGE when another session has it or it is no such file, ERR_FAILED where the system failed. */
int session_open_samples(const char *dir, struct err *e);

/* Measures what is left, and finishes the folder. 0 when all is well; -1 with *e set: ERR_INTERRUPTED,
 * ERR_FAILED also when single launches have failed. */
int session_run(const struct session *s, struct err *e);

#endif
