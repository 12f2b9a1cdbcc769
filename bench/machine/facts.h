/* SPDX-License-Identifier: MIT */
/*
 * facts.h - machine, environment and noise together, as `info` shows them and every manifest keeps them.
 */
#ifndef PARSCALE_BENCH_MACHINE_FACTS_H
#define PARSCALE_BENCH_MACHINE_FACTS_H

#include "bench/machine/grade.h"
#include "bench/machine/place.h"

struct facts {
	struct machine machine; /* owned */
	struct environment environment;
	struct noise noise;              /* quanta 0: not measured */
	bool here;                       /* root was "" */
	char host[65];                   /* the name of this one among its like; "" under a root */
	char counters[200], energy[200]; /* why there are none (counters.h); "" where there are */
};

/* Reads the machine under `root` (tree.h; "" is this one), then measures its noise for `noise_seconds`, 0 for
 * not at all. -1 with ERR_FAILED only without memory. Free with facts_free, also after -1. */
int facts_read(struct facts *f, const char *root, double noise_seconds, struct err *e);
void facts_free(struct facts *f);

/* The findings on them, as grade_all gives them. */
int facts_grade(const struct facts *f, struct finding *findings, int room);

/* Worker counts and sizes in bytes worth measuring here (place.h), within the affinity mask, the CPU quota
 * and the memory; how many. facts_sizes: -1 without memory. */
int facts_worker_counts(const struct facts *f, struct worker_count counts[WORKER_COUNTS]);
int facts_sizes(const struct facts *f, uint64_t sizes[CACHE_SIZES]);

/* An object of "machine", "host", "environment", "settings" (settings_json), "build", "noise" (null where not measured)
 * and "findings"; NULL without memory. The caller owns it. */
json_t *facts_json(const struct facts *f);

#endif
