/* SPDX-License-Identifier: MIT */
/*
 * json_memory.h - notes where jansson had no memory. What it could not make is missing from the object that it was for, and
 * few callers look at each value: whoever writes an object asks here whether it is whole.
 */
#ifndef PARSCALE_BENCH_MACHINE_JSON_MEMORY_H
#define PARSCALE_BENCH_MACHINE_JSON_MEMORY_H

#include <stdbool.h>

/* From now on, for the whole program; once, before there are threads. */
void json_memory_watch(void);

/* Was there no memory for something since then? */
bool json_memory_lost(void);

#endif
