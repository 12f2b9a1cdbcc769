/* SPDX-License-Identifier: MIT */
/*
 * memory.h - memory for inputs: aligned, with room around it that may be read.
 *
 * Never used in a timed region.
 */
#ifndef PARSCALE_KERNELS_MEMORY_H
#define PARSCALE_KERNELS_MEMORY_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* `count` elements of `size` bytes, zeroed, 64-byte aligned, with MEMORY_MARGIN zeroed bytes before and after
 * that may be read. NULL, naming `what` and how much it wanted, with ERR_FAILED when there is not so
 * much, or ERR_USAGE when no address space of this build holds it. count == 0 is legal. Of 4 MiB or more the
 * system is asked for huge pages. */
enum { MEMORY_MARGIN = 128 };
void *memory_alloc(uint64_t count, size_t size, const char *what, struct err *e);

/* The same, but only its margins are zeroed: the rest is whatever it is, and as a rule not touched yet. */
void *memory_alloc_bare(uint64_t count, size_t size, const char *what, struct err *e);

/* Frees what memory_alloc gave; NULL is legal. */
void memory_free(void *p);

#endif
