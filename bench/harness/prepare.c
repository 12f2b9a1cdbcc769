/* SPDX-License-Identifier: MIT */
/*
 * prepare.c - reads a cell's input and computes its answer, before any worker exists: so neither competes with
 * workers nor warms their caches.
 */
#include "bench/harness/prepare.h"

#include "bench/harness/watchdog.h"
#include "bench/machine/clock.h"

#include <stdio.h>

static int read_input(struct prepared *p, struct err *e)
{
	const uint64_t start = clock_ns();
	if (input_open(p->cell.input, &p->input, e) != 0)
		return -1;
	p->read_seconds = (double)(clock_ns() - start) / 1e9;
	p->cell.problem.text = p->input.bytes;
	p->cell.problem.text_bytes = p->input.count;
	return 0;
}

/* One process does alone, by a variant that may be slower, what all workers do in a run. Where that takes so long that a run
 * would take too long as well, nobody waits for it. */
static int find_answer(const struct measure_plan *plan, struct prepared *p, struct err *e)
{
	const double times = 10, seconds = times * plan->timeout_seconds * p->cell.workers;
	char message[100];
	snprintf(message, sizeof message,
		"parscale: finding the right answer took longer than %g s (--timeout)\n", seconds);
	watchdog_on(seconds, message);
	const int status = verify_expect(&p->cell, &p->expected, e);
	watchdog_off();
	return status;
}

int prepare_cell(const struct measure_plan *plan, struct prepared *p, struct err *e)
{
	*p = (struct prepared){.cell = plan->cell, .expected = plan->expected};
	filler_open(&p->filler, plan->shelf_fd > 0 ? plan->shelf_fd : -1);
	p->cell.problem.filler = &p->filler.filler;
	if (p->cell.input[0] && read_input(p, e) != 0)
		return -1;
	if (plan->expected_known)
		return 0;
	if (find_answer(plan, p, e) != 0)
		return -1;
	p->excluded.known = p->cell.kernel->excluded != NULL;
	return verify_excluded(&p->cell, &p->expected, &p->excluded.value, e);
}

void prepare_free(struct prepared *p)
{
	filler_close(&p->filler);
	input_free(&p->input);
}
