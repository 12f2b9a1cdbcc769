/* SPDX-License-Identifier: MIT */
/*
 * counters.h - hardware counters and energy of a run, where the system grants them.
 *
 * Counters are opened by the thread that will create the workers, before it does: threads and processes
 * inherit them, and a reading covers all of them, the ended ones too. A counter that shares the hardware with
 * others is scaled up by the time it had. Only user mode is counted. Inherited counters make creation dearer:
 * they are for samples of computation, not for comparing what creation costs, and hence only opened on
 * request.
 */
#ifndef PARSCALE_BENCH_MACHINE_COUNTERS_H
#define PARSCALE_BENCH_MACHINE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

/* Each counter's place. */
enum counter {
#define COUNTER(name, group, type, config, meaning) COUNTER_##name,
#include "bench/machine/counters.def"
#undef COUNTER
	COUNTERS
};

enum { COUNTERS_PACKAGES = 16 };

/* What a run took; NAN where not available. */
struct counted {
	double count[COUNTERS];
	double joules; /* of all packages, whoever else used them */
};

struct counters {
	int fd[COUNTERS]; /* -1: not available */
	int packages;     /* with a readable energy counter */
	struct {
		int64_t range, last; /* microjoules; the counter starts again from 0 after `range` */
		int number;
	} energy[COUNTERS_PACKAGES];
	const char *root;      /* of the energy counters (tree.h), not copied */
	struct counted before; /* totals at counters_start */
};

/* Opens what can be opened; what cannot stays "not available". `root` is "" but in tests. */
void counters_open(struct counters *c, const char *root);
void counters_close(struct counters *c);

/* None at all: what is not open, as after counters_close. */
void counters_none(struct counters *c);

/* Begins a batch of `runs` >= 1, and tells what each of them took in the mean. */
void counters_start(struct counters *c);
void counters_stop(struct counters *c, uint64_t runs, struct counted *taken);

/* Why hardware counters, or energy, are not available here, into `why`: one line each; "" where they are. */
void counters_missing(char *why, size_t size);
void counters_energy_missing(const char *root, char *why, size_t size);

#endif
