/* SPDX-License-Identifier: MIT */
/*
 * fill.h - how kernels have the large arrays of their inputs filled: by whoever the problem names, in
 * whatever parts, or else here and now.
 *
 * A kernel says what an element depends on and how a span of elements is made; who makes which span,
 * or copies it from where it was made before, is not its matter. So kernels stay free of threads and
 * files while inputs are made by all CPUs (bench/harness/filler.h).
 */
#ifndef PARSCALE_KERNELS_FILL_H
#define PARSCALE_KERNELS_FILL_H

#include "kernels/kernel.h"

enum { FILL_OF = 4 };

struct fill {
	const char *what;     /* below 24 characters; of one name and the same `of`, elements are the same */
	uint64_t of[FILL_OF]; /* all that they depend on beside their index and, if `whole`, the count */
	uint64_t count;
	size_t size; /* bytes of an element */
	bool whole;  /* elements follow from those before: only all can be made */
	/* Writes elements lo <= i < hi, element `lo` at `to`, and no byte beyond them. */
	void (*make)(const struct fill *f, uint64_t lo, uint64_t hi, unsigned char *to);
};

/* Fills arrays for a problem's inputs. Cannot fail: what it does not get elsewhere it makes. */
struct filler {
	void (*fill)(void *ctx, const struct fill *f, unsigned char *to);
	void *ctx;
};

/* Memory for `room` elements, as memory_alloc's, of which the first f->count are filled and the others zero. NULL as
 * memory_alloc, whose `what` is f->what. Freed by memory_free. */
void *fill_alloc(const struct problem *p, const struct fill *f, uint64_t room, struct err *e);

#endif
