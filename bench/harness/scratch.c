/* SPDX-License-Identifier: MIT */
/* scratch.c - gets scratch memory, and touches it with as few page faults as the system allows. */
#include "bench/harness/scratch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, HUGE_MOST = 64 << 20 };

/* Large scratch comes in huge pages where the system grants them, since touching a 4 KiB page costs
 * a microsecond or more. Very large scratch does not: the sieve at 10^18 (258 MB) took up to a
 * tenth longer with them, on Intel and on AMD. */
void *scratch_map(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (bytes >= SCRATCH_LARGE && bytes <= HUGE_MOST)
		madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

/* All pages in one system call: half the time of one fault per page. Before Linux 5.14 that call is unknown, and
 * touching does it. */
void scratch_touch(void *scratch, size_t bytes)
{
#ifdef MADV_POPULATE_WRITE
	madvise(scratch, bytes, MADV_POPULATE_WRITE);
#endif
	for (size_t i = 0; i < bytes; i += PAGE)
		((volatile char *)scratch)[i] = 0;
}

/* With aligned_alloc malloc would not keep small scratch: a chunk cut to size makes it believe that chunks are smaller
 * than the next request. */
int scratch_open(struct scratch *s, size_t bytes)
{
	*s = (struct scratch){.bytes = bytes, .mapped = bytes >= SCRATCH_LARGE};
	if (bytes == 0)
		return 0;
	s->room = s->mapped ? scratch_map(bytes) : malloc(bytes + PAGE);
	if (!s->room)
		return -1;
	s->memory = s->mapped ? s->room : (void *)(((uintptr_t)s->room + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
	return 0;
}

void scratch_zero(const struct scratch *s)
{
	if (s->memory && !s->mapped)
		memset(s->memory, 0, s->bytes);
}

void scratch_close(struct scratch *s)
{
	if (s->mapped && s->room)
		munmap(s->room, s->bytes);
	else
		free(s->room);
	*s = (struct scratch){0};
}
