/* SPDX-License-Identifier: MIT */
/*
 * cases.h - every kernel x variant x back end x lifetime x schedule x workers x size as a case of Google
 * Benchmark.
 *
 * From the same tables, by the same trial and against the same answers as `parscale run`; a wrong answer is
 * an error there. The cases of a process follow each other in it, so what one leaves warm the next one finds:
 * for numbers that shall be independent, `parscale sweep` gives each a process of its own.
 */
#ifndef PARSCALE_BENCH_GBENCH_CASES_H
#define PARSCALE_BENCH_GBENCH_CASES_H

#include "base/err.h"

#include <stdint.h>

enum { CASES_MOST_VALUES = 32 };

/* Values of one factor; count 0: the default. */
struct cases_values {
	uint64_t values[CASES_MOST_VALUES];
	unsigned count;
};

struct cases;

/* Registers all that can run here, as kernel/variant/backend/lifetime/schedule/workers:N/size:N. Default
 * sizes: a thousandth, a hundredth and the whole of each kernel's default problem; default workers: powers of
 * two up to the CPUs, their edges and twice as many. NULL with *e set without memory. */
struct cases *cases_register(
	const struct cases_values *sizes, const struct cases_values *workers, struct err *e);

/*
 * Prints the names of those that match, one a line, and returns how many, or -1 with *e set: ERR_USAGE for an expression
 * that is none. `filter` is an extended regular expression, or "-" and one that none of them matches; NULL: all.
 *
 * Google Benchmark lists them too, but copies all cases that it has for each that it adds: 12,000 cases take it 70
 * million copies, which is seconds to minutes before the first line.
 */
int64_t cases_list(const struct cases_values *sizes, const struct cases_values *workers, const char *filter,
	struct err *e);

/* How many were skipped because they failed or their answer was wrong. */
uint64_t cases_failed(const struct cases *c);

/* After gbench_run. */
void cases_free(struct cases *c);

#endif
