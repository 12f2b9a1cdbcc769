/* SPDX-License-Identifier: MIT */
/* pages.h - private memory for probes, in pages of a known size, and what the system says about memory. */
#ifndef PARSCALE_BENCH_PROBE_PAGES_H
#define PARSCALE_BENCH_PROBE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the system calls available, or less where the control group has less left, in bytes; UINT64_MAX where neither is told. */
uint64_t pages_available(void);

/* Zeroed private memory, every page of it written to; `huge` asks for transparent huge pages, which the
 * system may not have. `bytes` is a multiple of 2 MiB for huge ones. NULL without memory or where no pointer reaches so far. */
void *pages_map(uint64_t bytes, bool huge);
void pages_unmap(void *at, uint64_t bytes); /* NULL is legal */

/* How much of [at, at + bytes) is in huge pages; of this process. */
uint64_t pages_huge_bytes(const void *at);

/* A number of /proc/self/NAME in bytes by its key ("Pss:"), of lines "Key:  123 kB"; 0 where
 * there is none. */
uint64_t pages_fact(const char *file, const char *key);

#endif
