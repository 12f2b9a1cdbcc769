/* SPDX-License-Identifier: MIT */
/*
 * input_buffer.h - memory for an input whose length nobody knows before its end: it doubles, up to what memory has room for.
 *
 * An input need not end (/dev/zero), and a packed one may be a thousand times as long unpacked. Without a limit the system
 * would run out of memory, and might end somebody else's process.
 */
#ifndef PARSCALE_BENCH_HARNESS_INPUT_BUFFER_H
#define PARSCALE_BENCH_HARNESS_INPUT_BUFFER_H

#include "base/err.h"

#include <stddef.h>

struct input_buffer {
	unsigned char
		*bytes; /* memory_alloc's; NULL: none yet. Whoever has the buffer frees it (memory_free). */
	size_t used, room;
};

/* Makes room for more. -1 (CAUSE_MEMORY) where there is no memory for it, or less than it takes is available; what is used
 * stays. `name` is the input's, for the message. */
int input_buffer_grow(struct input_buffer *b, const char *name, struct err *e);

#endif
