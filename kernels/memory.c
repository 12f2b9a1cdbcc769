/* SPDX-License-Identifier: MIT */
/*
 * memory.c - aligned memory with zeroed margins on both sides, so that vectors may read past the
 * ends.
 */
#include "kernels/memory.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* From a few huge pages on. The pages at both ends, which share one with others, stay small. */
static void advise_huge_pages(char *p, size_t bytes)
{
	enum { LARGE = 4 << 20, PAGE = 1 << 16 }; /* of any machine's pages */
	uintptr_t begin = ((uintptr_t)p + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	uintptr_t end = ((uintptr_t)p + bytes) & ~(uintptr_t)(PAGE - 1);
	if (bytes >= LARGE)
		madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

void *memory_alloc_bare(uint64_t count, size_t size, const char *what, struct err *e)
{
	size_t bytes = 0;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX - 4 * MEMORY_MARGIN) {
		err_set(e, ERR_USAGE,
			"too large: %s wants %" PRIu64 " x %zu bytes, more than addresses of %zu bits reach",
			what, count, size, 8 * sizeof(void *));
		return NULL;
	}
	const size_t whole = (bytes + 2 * MEMORY_MARGIN + 63) & ~(size_t)63;
	char *p = aligned_alloc(64, whole);
	if (!p) {
		err_blame(e, CAUSE_MEMORY, "out of memory: %s wants %" PRIu64 " x %zu bytes", what, count,
			size);
		return NULL;
	}
	advise_huge_pages(p, whole);
	memset(p, 0, MEMORY_MARGIN);
	memset(p + MEMORY_MARGIN + bytes, 0, whole - MEMORY_MARGIN - bytes);
	return p + MEMORY_MARGIN;
}

void *memory_alloc(uint64_t count, size_t size, const char *what, struct err *e)
{
	void *p = memory_alloc_bare(count, size, what, e);
	if (p)
		memset(p, 0, (size_t)count * size);
	return p;
}

void memory_free(void *p)
{
	if (p)
		free((char *)p - MEMORY_MARGIN);
}
