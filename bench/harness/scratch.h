/* SPDX-License-Identifier: MIT */
/* scratch.h - scratch memory of workers, in huge pages where that pays. */
#ifndef PARSCALE_BENCH_HARNESS_SCRATCH_H
#define PARSCALE_BENCH_HARNESS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

enum { SCRATCH_LARGE = 4 << 20 }; /* bytes; from here on huge pages are asked for */

/* The scratch of one worker, 4096-byte aligned. */
struct scratch {
	void *memory; /* NULL where none is needed */
	size_t bytes;
	void *room; /* what scratch_close gives back */
	bool mapped;
};

/* Gets `bytes`, of which nothing is touched; 0 is legal. Large scratch is mapped, small is malloc's, which keeps it for
 * the next call. -1 without memory. */
int scratch_open(struct scratch *s, size_t bytes);
void scratch_close(struct scratch *s); /* a zeroed one is legal */

/* In the worker: zeroes what was malloc's. What was mapped is zero. */
void scratch_zero(const struct scratch *s);

/* Maps `bytes` > 0, zeroed, from a page boundary on; NULL without memory. munmap() gives them back. */
void *scratch_map(size_t bytes);

/* Touches them in the calling thread, so that their pages lie near its CPU. */
void scratch_touch(void *scratch, size_t bytes);

#endif
