/* SPDX-License-Identifier: MIT */
/* input_buffer.c - doubles a buffer by copying it; asks what memory is left before it takes much. */
#include "bench/harness/input_buffer.h"

#include "bench/machine/cgroup.h"
#include "kernels/memory.h"

#include <string.h>

enum { FIRST_BYTES = 1 << 16, LITTLE_BYTES = 1 << 24 };

int input_buffer_grow(struct input_buffer *b, const char *name, struct err *e)
{
	const size_t room = b->room ? 2 * b->room : FIRST_BYTES;
	if (room > LITTLE_BYTES && (double)room > memory_left(""))
		return err_blame(e, CAUSE_MEMORY,
			"out of memory: --input: %s goes on after %zu MiB, and memory has no room for twice that",
			name, b->used >> 20);
	unsigned char *more = memory_alloc(room, 1, "the input", e);
	if (!more)
		return -1;
	if (b->used)
		memcpy(more, b->bytes, b->used);
	memory_free(b->bytes);
	b->bytes = more;
	b->room = room;
	return 0;
}
