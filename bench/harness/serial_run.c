/* SPDX-License-Identifier: MIT */
/*
 * serial_run.c - sets up a variant in the calling thread, with scratch memory as a worker would
 * have.
 */
#include "bench/harness/serial_run.h"

#include "bench/harness/scratch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

/* Zeroed memory from a page boundary on. Small scratch is malloc's, which keeps it for the next
 * call; with aligned_alloc it would not: a chunk cut to size makes malloc believe that chunks are
 * smaller than the next request. */
static int open_scratch(struct serial_run *s, size_t bytes)
{
	if (bytes >= SCRATCH_LARGE) {
		s->mapped = bytes;
		s->scratch = s->room = scratch_map(bytes);
		return s->room ? 0 : -1;
	}
	s->room = malloc(bytes + PAGE);
	if (!s->room)
		return -1;
	s->scratch = (void *)(((uintptr_t)s->room + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
	memset(s->scratch, 0, bytes);
	return 0;
}

int serial_run_open(struct serial_run *s, const struct variant *v, const struct problem *p, struct err *e)
{
	*s = (struct serial_run){.variant = v};
	if (v->setup(p, &s->input, e) != 0)
		return -1;
	s->units = v->units(s->input);
	size_t bytes = v->scratch_bytes(s->input);
	if (bytes && open_scratch(s, bytes) != 0) {
		serial_run_close(s);
		return err_blame(e, CAUSE_MEMORY, "out of memory: scratch of %zu bytes", bytes);
	}
	return 0;
}

void serial_run_close(struct serial_run *s)
{
	if (s->mapped && s->room)
		munmap(s->room, s->mapped);
	else
		free(s->room);
	s->variant->teardown(s->input);
	*s = (struct serial_run){0};
}
