/* SPDX-License-Identifier: MIT */
/*
 * messages.h - what the probe `messages` asks of the program whose ranks exchange them: parscale-mpi alone has any.
 */
#ifndef PARSCALE_BENCH_PROBE_MESSAGES_H
#define PARSCALE_BENCH_PROBE_MESSAGES_H

#include "bench/probe/probe.h"

enum message_kind {
	MESSAGE_PINGPONG,  /* there and back, half of it */
	MESSAGE_WINDOW,    /* many one way at a time, then an answer */
	MESSAGE_BARRIER,   /* all ranks */
	MESSAGE_ALLREDUCE, /* all ranks, a sum of doubles */
	MESSAGE_FETCH_ADD  /* one-sided: a counter in the memory of another rank */
};

/* How many messages are on their way at a time in MESSAGE_WINDOW: as many as the OSU benchmarks send. */
enum { MESSAGES_WINDOW = 64, MESSAGES_MOST_BYTES = 4 << 20 };

/* Does `batch` operations with messages of `bytes`, in all ranks together; called in rank 0, which takes the time. *ns: of
 * one operation. What is wrong is told in the sample. */
typedef enum probe_status messages_do_fn(
	enum message_kind kind, uint64_t bytes, uint64_t batch, double *ns, struct probe_sample *s);

/* Set by the program that has ranks; NULL: this one has none. */
extern messages_do_fn *messages_do;

#endif
