/* SPDX-License-Identifier: MIT */
/*
 * fault.h - a fault on request: what one worker does wrong, and when, so that tests can see what becomes of it.
 *
 * In every build, behind the hidden option --fault=KIND:WORKER:PHASE[:N] of run and sweep. Without it nothing here is
 * called.
 */
#ifndef PARSCALE_BENCH_HARNESS_FAULT_H
#define PARSCALE_BENCH_HARNESS_FAULT_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* FAULT_EXIT: its process ends with status 3; FAULT_OOM: the system gives its process no more memory;
 * FAULT_LATE: it sleeps for a tenth of a second, which is no fault. */
enum fault_kind {
	FAULT_NONE,
	FAULT_KILL,
	FAULT_STOP,
	FAULT_HANG,
	FAULT_CRASH,
	FAULT_EXIT,
	FAULT_WRONG,
	FAULT_OOM,
	FAULT_LATE,
	FAULT_KINDS
};

/* Points in the life of a worker: first thing; before, at and past the gate of a run; after its first chunk of a run;
 * before and after its report; last thing. */
enum fault_phase {
	FAULT_ENTER,
	FAULT_GATE,
	FAULT_BEGIN,
	FAULT_CHUNK,
	FAULT_END,
	FAULT_DONE,
	FAULT_LEAVE,
	FAULT_PHASES
};

struct fault {
	enum fault_kind kind; /* FAULT_NONE: no fault */
	unsigned worker;
	enum fault_phase phase;
	unsigned nth; /* the N-th time that the worker gets there, from 1 */
};

enum { FAULT_TEXT = 48 };

/* The words of both lists, by their values; NULL for FAULT_NONE. */
extern const char *const fault_kinds[FAULT_KINDS];
extern const char *const fault_phases[FAULT_PHASES];

/* "kill:1:gate", or "kill:1:gate:3". ERR_USAGE says what is legal. FAULT_WRONG has only the phase "chunk". */
int fault_parse(const char *text, struct fault *f, struct err *e);
char *fault_text(const struct fault *f, char text[FAULT_TEXT]);

/* --fault of a command: as fault_parse; *target is a struct fault. An option_set_fn (base/options.h). */
int fault_option(const char *name, const char *value, void *target, struct err *e);

/* In the worker: it is at the phase, as it was *times before, which is counted up. Returns true where it is to happen
 * now. */
bool fault_due(const struct fault *f, unsigned worker, enum fault_phase phase, uint32_t *times);

/* Does it, and returns only from FAULT_LATE and FAULT_WRONG, which is its caller's to do. */
void fault_strike(const struct fault *f);

#endif
