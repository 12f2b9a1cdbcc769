/* SPDX-License-Identifier: MIT */
/*
 * fanout_scans.h - the ways to ask many targets at once: one by one, by a thread or process each, by a pool,
 * by one loop over all. Every way asks the same questions over the same kind of sockets.
 */
#ifndef PARSCALE_BENCH_PROBE_FANOUT_SCANS_H
#define PARSCALE_BENCH_PROBE_FANOUT_SCANS_H

#include "bench/probe/probe.h"
#include "bench/probe/responder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct scan {
	const struct responder *responder;
	unsigned targets;
	uint64_t wait_ns, salt; /* of this scan: late answers to others are not taken */
	unsigned char *found;   /* shared memory, one for each target */
	_Atomic unsigned next;  /* pool */
	pthread_mutex_t lock;   /* threads: of found, as the lists of the documents have one */
};

/* Asks all targets. What is not PROBE_OK is in the sample. */
typedef enum probe_status scan_fn(struct scan *s, struct probe_sample *sample);

enum {
	SCAN_FULL = 1,   /* only in a full run of the probe */
	SCAN_SERIAL = 2, /* waits for each target alone: for few targets */
	SCAN_LOOP = 4,   /* one loop: for very many targets too */
};

struct scan_way {
	const char *name, *worker;
	scan_fn *scan;
	unsigned flags;   /* SCAN_* */
	double low, high; /* wall time expected, times the first way's */
};

enum { SCAN_WAYS = 7 };
extern const struct scan_way scan_ways[SCAN_WAYS];

#endif
