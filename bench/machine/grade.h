/* SPDX-License-Identifier: MIT */
/*
 * grade.h - is this a machine to measure on, now? One finding per topic: what was found, and what to do about it.
 *
 * Findings are computed from what was read; nothing is changed and nothing is measured here.
 */
#ifndef PARSCALE_BENCH_MACHINE_GRADE_H
#define PARSCALE_BENCH_MACHINE_GRADE_H

#include "bench/machine/environment.h"
#include "bench/machine/machine.h"
#include "bench/machine/noise.h"

enum grade {
	GRADE_OK,
	GRADE_NOTE,    /* know it when you read the numbers */
	GRADE_WARNING, /* numbers will suffer: do something about it first */
	GRADE_UNKNOWN  /* not available here */
};

struct finding {
	const char *topic; /* static, as in a table's first column */
	enum grade grade;
	char says[200]; /* one line */
};

/* What there is to grade. */
struct grade_input {
	const struct machine *machine;
	const struct environment *environment;
	const struct noise *noise; /* NULL: not measured; its topics are left out */
	/* why there are no hardware counters, "" if there are; NULL: not tried, left out */
	const char *counters;
	const char *energy; /* the same for energy counters */
};

/* Fills at most `room` findings, in a fixed order; returns how many. GRADE_TOPICS is room for all. */
enum { GRADE_TOPICS = 24 };
int grade_all(const struct grade_input *s, struct finding *findings, int room);

/* "ok", "note", "warning", "unknown". */
const char *grade_name(enum grade g);

#endif
