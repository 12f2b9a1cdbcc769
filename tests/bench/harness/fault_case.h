/* SPDX-License-Identifier: MIT */
/*
 * fault_case.h - a launch in which one worker does something wrong: what has to become of it, and what did. For the table
 * of all of them (test_faults.c) and for random ones (tests/soak/).
 */
#ifndef PARSCALE_TESTS_BENCH_HARNESS_FAULT_CASE_H
#define PARSCALE_TESTS_BENCH_HARNESS_FAULT_CASE_H

#include "bench/harness/launch.h"

/* What became of a launch. */
struct fault_seen {
	char status[16]; /* as the row has it that a sweep would add: "killed"; "ok" where there is none */
	char message[256];
	unsigned ok, wrong;   /* samples */
	struct sample sample; /* the last of those that are ok */
	unsigned left;        /* processes that had not ended 20 s later */
	unsigned descriptors; /* more open than before */
	double seconds;
};

/* Runs it, and looks for what it has left. The caller has no other children, and becomes a child subreaper. Fails (-1 with
 * *e) where there was no launch. */
int fault_launch(const struct launch_order *order, struct fault_seen *seen, struct err *e);

/* The word that has to be in fault_seen.status. */
const char *fault_expected(const struct cell *c, const struct fault *f);

/* Whether it is as it has to be: the status, a reason that names the worker where the back end can tell it, nothing left.
 * If not, says so in `why`. */
bool fault_as_expected(
	const struct cell *c, const struct fault *f, const struct fault_seen *seen, char why[600]);

#endif
