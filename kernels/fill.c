/* SPDX-License-Identifier: MIT */
/*
 * fill.c - allocates an array and has it filled. The memory is not touched before: who fills a page
 * is the first to touch it, and a page is zeroed once, by the system.
 */
#include "kernels/fill.h"

#include "kernels/memory.h"

#include <string.h>

void *fill_alloc(const struct problem *p, const struct fill *f, uint64_t room, struct err *e)
{
	unsigned char *to = memory_alloc_bare(room, f->size, f->what, e);
	if (!to)
		return NULL;
	if (p->filler && f->count)
		p->filler->fill(p->filler->ctx, f, to);
	else if (f->count)
		f->make(f, 0, f->count, to);
	memset(to + (size_t)f->count * f->size, 0, (size_t)(room - f->count) * f->size);
	return to;
}
