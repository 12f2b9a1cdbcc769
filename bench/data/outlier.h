/* SPDX-License-Identifier: MIT */
/*
 * outlier.h - samples far from the others of their cell, and the one reason for each that the rows themselves
 * show.
 *
 * An outlier lies beyond Tukey's fences: more than 1.5 times the distance of the cell's quartiles outside of
 * them, and more than 5 % off the cell's median. It is reported, never dropped. A reason counts where it accounts
 * for a quarter of the time that the sample took beyond the median, or more; the first that does is the
 * reason. Pure but for memory.
 */
#ifndef PARSCALE_BENCH_DATA_OUTLIER_H
#define PARSCALE_BENCH_DATA_OUTLIER_H

#include "bench/data/csv.h"

/* OUTLIER_REASON(id, words), in the order in which they are tried. */
#define OUTLIER_REASONS(OUTLIER_REASON)                                                                      \
	OUTLIER_REASON(STOLEN, "hypervisor took the CPU")                                                    \
	OUTLIER_REASON(THROTTLED, "throttled by the CPU quota")                                              \
	OUTLIER_REASON(HOT, "thermal throttling")                                                            \
	OUTLIER_REASON(PREEMPTED, "preempted by another task")                                               \
	OUTLIER_REASON(MOVED, "migrated to another CPU")                                                     \
	OUTLIER_REASON(FAULTED, "page faults")                                                               \
	OUTLIER_REASON(WAITED, "CPU pressure")                                                               \
	OUTLIER_REASON(MEMORY, "memory pressure")                                                            \
	OUTLIER_REASON(IO, "I/O pressure")                                                                   \
	OUTLIER_REASON(TIMES, "other cells slow at that time")                                               \
	OUTLIER_REASON(LAUNCH, "slow launch")                                                                \
	OUTLIER_REASON(UNEXPLAINED, "unexplained")

enum outlier_reason {
#define OUTLIER_REASON(id, words) OUTLIER_##id,
	OUTLIER_REASONS(OUTLIER_REASON)
#undef OUTLIER_REASON
		OUTLIER_REASON_COUNT
};
extern const char *const outlier_words[OUTLIER_REASON_COUNT];

struct outlier {
	size_t sample; /* its row */
	double times;  /* its time over its cell's median */
	enum outlier_reason reason;
};

struct outliers {
	struct outlier *list; /* in file order */
	size_t count, of;     /* of so many ok samples */
	size_t by_reason[OUTLIER_REASON_COUNT];
};

/* Of cells with at least six samples. -1 without memory; outliers_free is legal then. */
int outliers_find(const struct table *samples, struct outliers *o, struct err *e);
void outliers_free(struct outliers *o);

#endif
