/* SPDX-License-Identifier: MIT */
/* json_memory.c - jansson's memory is malloc's; a failure is remembered. */
#include "bench/machine/json_memory.h"

#include <jansson.h>
#include <stdlib.h>

static bool lost;

static void *take(size_t size)
{
	void *memory = malloc(size);
	lost |= !memory;
	return memory;
}

void json_memory_watch(void)
{
	json_set_alloc_funcs(take, free);
}

bool json_memory_lost(void)
{
	return lost;
}
