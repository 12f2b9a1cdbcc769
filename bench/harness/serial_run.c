/* SPDX-License-Identifier: MIT */
/*
 * serial_run.c - sets up a variant in the calling thread, with scratch memory as a worker would
 * have.
 */
#include "bench/harness/serial_run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, LARGE = 4 << 20, HUGE_MOST = 64 << 20 };

/* Zeroed memory from a page boundary on. Large scratch comes in huge pages where the system grants
 * them, since touching a 4 KiB page costs a microsecond or more. Very large scratch does not: the
 * sieve at 10^18 (258 MB) took up to a tenth longer with them. Small scratch is malloc's, which
 * keeps it for the next call; with aligned_alloc it would not: a chunk cut to size makes malloc
 * believe that chunks are smaller than the next request. */
static int open_scratch(struct serial_run *s, size_t bytes)
{
	if (bytes >= LARGE) {
		s->mapped = bytes;
		s->room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (s->room == MAP_FAILED) {
			s->room = NULL;
			return -1;
		}
		if (bytes <= HUGE_MOST)
			madvise(s->room, bytes, MADV_HUGEPAGE);
		s->scratch = s->room;
		return 0;
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
		return err_set(e, ERR_FAILED, "out of memory: scratch of %zu bytes", bytes);
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
