/* SPDX-License-Identifier: MIT */
/*
 * opening.h - what a sweep finds out about caches and memory before its first launch: what its plan is made for.
 */
#ifndef PARSCALE_BENCH_SWEEP_OPENING_H
#define PARSCALE_BENCH_SWEEP_OPENING_H

#include "bench/data/cache_levels.h"
#include "bench/data/csv.h"
#include "bench/machine/topology.h"

struct opening {
	struct cache_levels caches;
	double room_bytes; /* half of the memory that the control group and the system leave; NAN: not told */
	struct table rows; /* of struct probe_launch_row: what the probe `cache` measured; may be empty */
};

/* What the system tells; nothing is measured, for the reason `note`. Always opening_free. -1 with *e set. */
int opening_told(struct opening *o, const char *note, struct err *e);

/* A quick look by the probe `cache` in a fresh process, below ten seconds; where it fails, what is told stays, with
 * the reason in caches.note. `seed`: of the order of its cases. -1 with *e set: ERR_INTERRUPTED, or no process. */
int opening_measure(struct opening *o, uint64_t seed, struct err *e);

void opening_free(struct opening *o);

/* Appends the rows to DIR/probe_launches.csv, if there are any. */
int opening_write(const struct opening *o, const char *dir, struct err *e);

/* From the manifest of a sweep that goes on: what it was planned for then; what the system tells where the manifest
 * does not say. -1 with *e set. */
int opening_again(struct opening *o, const json_t *manifest, struct err *e);

#endif
