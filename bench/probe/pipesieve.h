/* SPDX-License-Identifier: MIT */
/*
 * pipesieve.h - the sieve of a published article on multiprocessing: ranges of numbers, a stage each, primes
 * sent down pipes, results sent back.
 *
 * A main task sends known primes to all later stages as pairs (first multiple in the range, prime); tells the
 * next stage that there are no more; takes the primes that it found in its range; sends those on. Each stage
 * crosses out the pairs it receives, then its own primes' multiples.
 */
#ifndef PARSCALE_BENCH_PROBE_PIPESIEVE_H
#define PARSCALE_BENCH_PROBE_PIPESIEVE_H

#include "bench/probe/tasks.h"

enum { PIPESIEVE_STAGES = 16 };

enum pipesieve_way {
	PIPESIEVE_PUBLISHED, /* every prime to every later stage, a message each; the fault mended */
	/* as printed: the list of ranges is an iterator, used up by the first prime of each round, so that
	 * the others reach nobody */
	PIPESIEVE_FAULTY,
	PIPESIEVE_FILTERED,    /* only primes whose square is in the range or below */
	PIPESIEVE_BATCHED,     /* these, all in one message */
	PIPESIEVE_INDEPENDENT, /* no messages: each stage finds the primes it needs itself */
};

/* Numbers first <= n < last. Of several each begins where the one before ends, none is empty, and the first
 * begins between 2 and 11: 2, 3, 5 and 7 are known. */
struct pipesieve_range {
	uint64_t first, last;
};

struct pipesieve_result {
	double ns; /* from the first message to the last result */
	uint64_t count, sum, messages, bytes;
	double idle; /* share of the stages' time, in percent, in which they waited for messages */
};

/* The primes below 10 and in the ranges, ascending into `primes` with room for `room`; by
 * threads or processes bound to cpus in turn. */
enum probe_status pipesieve_run(enum pipesieve_way way, const struct pipesieve_range *ranges, unsigned stages,
	bool processes, const int cpus[2], uint64_t *primes, uint64_t room, struct pipesieve_result *r,
	struct probe_sample *s);

#endif
