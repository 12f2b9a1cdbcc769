/* SPDX-License-Identifier: MIT */
/*
 * prepare.h - what a launch does before anything is measured: its input in memory, and the answer that each run must
 * give.
 */
#ifndef PARSCALE_BENCH_HARNESS_PREPARE_H
#define PARSCALE_BENCH_HARNESS_PREPARE_H

#include "bench/harness/filler.h"
#include "bench/harness/input.h"
#include "bench/harness/measure.h"

struct prepared {
	struct cell cell; /* complete: its problem's text is `input` */
	struct input input;
	struct own_filler filler; /* of the cell's problem */
	struct expected expected;
	struct uint_field
		excluded;    /* what the kernel counts apart; unknown if it does not, or was not asked */
	double read_seconds; /* that reading the input took; 0: generated */
};

/* Of plan->cell. -1 with *e set: the input as in input_open, the answer as in verify_expect. *p stays where it is
 * until prepare_free, which must follow in either case. */
int prepare_cell(const struct measure_plan *plan, struct prepared *p, struct err *e);
void prepare_free(struct prepared *p);

#endif
