/* SPDX-License-Identifier: MIT */
/* scratch.h - scratch memory of workers, in huge pages where that pays. */
#ifndef PARSCALE_BENCH_HARNESS_SCRATCH_H
#define PARSCALE_BENCH_HARNESS_SCRATCH_H

#include <stddef.h>

enum { SCRATCH_LARGE = 4 << 20 }; /* bytes; from here on huge pages are asked for */

/* Maps `bytes` > 0, zeroed, from a page boundary on; NULL without memory. munmap() gives them back. */
void *scratch_map(size_t bytes);

/* Touches them in the calling thread, so that their pages lie near its CPU. */
void scratch_touch(void *scratch, size_t bytes);

#endif
