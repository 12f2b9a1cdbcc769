/* SPDX-License-Identifier: MIT */
/*
 * verify.h - the right answer to a problem, from another source than the variant that is being timed.
 */
#ifndef PARSCALE_BENCH_HARNESS_VERIFY_H
#define PARSCALE_BENCH_HARNESS_VERIFY_H

#include "bench/harness/cell.h"

struct expected {
	struct tally tally;
	bool check_known;
	char source[96]; /* "OEIS A006880", "variant reference" */
};

/* Finds the answer: the kernel's oracle (published values); else the first other variant that takes the
 * problem, `reference` only where it is small; else the same variant with its units cut in three. -1 with *e
 * set. Runs in the caller, serially. */
int verify_expect(const struct cell *c, struct expected *x, struct err *e);

/* What the kernel counts apart (kernel.excluded) of the cell's problem, whose answer is *x, by its own variant;
 * 0 where there is no such thing. Runs in the caller, serially. */
int verify_excluded(const struct cell *c, const struct expected *x, uint64_t *excluded, struct err *e);

/* Whether an answer is right. */
bool verify_matches(const struct expected *x, struct tally found);

/* The expectation as one word, COUNT:CHECK:PEAK:SOURCE (an unknown check is "-"), and back (ERR_USAGE). */
void verify_write(const struct expected *x, char *text, size_t size);
int verify_read(const char *text, struct expected *x, struct err *e);

#endif
