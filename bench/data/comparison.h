/* SPDX-License-Identifier: MIT */
/*
 * comparison.h - two sets of samples, cell by cell: which got faster, which slower, which stayed the same.
 *
 * The medians of launches are compared (group.h), as logarithms, so that a change is a ratio: Hodges-Lehmann
 * estimate with its interval, and a rank test (rank_tests.h), p-values adjusted for all cells. Where both sets
 * are of one sweep that launched programs in turn, launches of the same number are pairs, and the test is
 * Wilcoxon's; else it is Mann and Whitney's. A change counts from a margin on:
 *
 *   slower, faster  the adjusted test refutes, at 0.05, that the change is within the margin
 *   same            the 95 % interval lies within the margin
 *   undecided       neither; launches_needed says what would decide
 *   unmeasured      one side has no sample that counts
 *
 * So that among the cells called faster or slower, at most 5 % (expected) are not.
 */
#ifndef PARSCALE_BENCH_DATA_COMPARISON_H
#define PARSCALE_BENCH_DATA_COMPARISON_H

#include "bench/data/csv.h"

struct comparison_rules {
	double margin; /* 0.01: changes within a factor of 1.01 count as none; >= 0 */
	double effect; /* what launches_needed is asked to find; > margin */
	bool paired;   /* launches of both sets that have the same number are a pair */
};

/* In falling urgency. */
enum verdict {
	VERDICT_SLOWER,
	VERDICT_UNMEASURED,
	VERDICT_FASTER,
	VERDICT_UNDECIDED,
	VERDICT_SAME,
	VERDICT_COUNT
};
extern const char *const verdict_names[VERDICT_COUNT];

struct comparison_result {
	size_t only_a, only_b; /* cells that the other side does not have */
	size_t verdicts[VERDICT_COUNT];
};

/* Fills `rows` (made empty with comparison_columns) with the cells of A that B has too, in A's order. -1
 * without memory. */
int comparison_make(const struct table *a, const struct table *b, const struct comparison_rules *rules,
	struct table *rows, struct comparison_result *result, struct err *e);

/* The verdict of a row. */
enum verdict comparison_verdict(const struct comparison *row);

/* Orders rows, as qsort has it: the most urgent verdict first, and of one verdict the largest change. */
int comparison_by_urgency(const void *a, const void *b);

#endif
