/* SPDX-License-Identifier: MIT */
#include "bench/harness/serial_run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, LARGE = 4 << 20, HUGE_MOST = 64 << 20 };

/* Zeroed, from a page on. What is large comes in huge pages where the system grants them: of 4 KiB pages each
 * costs a microsecond or more to touch. Not what is larger still: the sieve at 10^18, 258 MB, took up to a
 * tenth longer. The rest is malloc's, which keeps it for the next, as it would not
 * with aligned_alloc: a chunk that is cut to size makes it believe that chunks are smaller than what is asked
 * for. */
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
