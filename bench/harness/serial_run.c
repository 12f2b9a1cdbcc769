/* SPDX-License-Identifier: MIT */
/*
 * serial_run.c - sets up a variant in the calling thread, with scratch memory as a worker would
 * have.
 */
#include "bench/harness/serial_run.h"

int serial_run_open(struct serial_run *s, const struct variant *v, const struct problem *p, struct err *e)
{
	*s = (struct serial_run){.variant = v};
	if (v->setup(p, &s->input, e) != 0)
		return -1;
	s->units = v->units(s->input);
	const size_t bytes = v->scratch_bytes(s->input);
	if (scratch_open(&s->own, bytes) != 0) {
		serial_run_close(s);
		return err_blame(e, CAUSE_MEMORY, "out of memory: scratch of %zu bytes", bytes);
	}
	scratch_zero(&s->own);
	s->scratch = s->own.memory;
	return 0;
}

void serial_run_close(struct serial_run *s)
{
	scratch_close(&s->own);
	s->variant->teardown(s->input);
	*s = (struct serial_run){0};
}
