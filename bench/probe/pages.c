/* SPDX-License-Identifier: MIT */
/* pages.c - maps memory in small or huge pages, pre-faulted, and reads facts from /proc. */
#include "bench/probe/pages.h"

#include "bench/machine/cgroup.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_BYTES = 2 << 20 };

/* The number behind the first line that begins with `key`; false if there is none. */
static bool find_kib(FILE *f, const char *key, uint64_t *bytes)
{
	char line[256];
	while (fgets(line, sizeof line, f))
		if (strncmp(line, key, strlen(key)) == 0 &&
			sscanf(line + strlen(key), "%" SCNu64, bytes) == 1) {
			*bytes *= 1024;
			return true;
		}
	return false;
}

uint64_t pages_fact(const char *file, const char *key)
{
	uint64_t bytes = 0;
	FILE *f = fopen(file, "re");
	if (!f)
		return 0;
	if (!find_kib(f, key, &bytes))
		bytes = 0;
	fclose(f);
	return bytes;
}

uint64_t pages_available(void)
{
	const double least = memory_left("");
	return least < 0x1p63 ? (uint64_t)least : UINT64_MAX;
}

void *pages_map(uint64_t wanted, bool huge)
{
	if (wanted > PTRDIFF_MAX - HUGE_BYTES)
		return NULL;
	const size_t bytes = (size_t)wanted;
	/* a huge page begins at a multiple of its size */
	size_t all = huge ? bytes + HUGE_BYTES : bytes;
	char *at =
		mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	if (huge) {
		size_t skip = (HUGE_BYTES - (uintptr_t)at % HUGE_BYTES) % HUGE_BYTES;
		if (skip)
			munmap(at, skip);
		munmap(at + skip + bytes, all - bytes - skip);
		at += skip;
	}
	madvise(at, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	for (size_t i = 0; i < bytes; i += 4096)
		((volatile char *)at)[i] = 0;
	return at;
}

void pages_unmap(void *at, uint64_t bytes)
{
	if (at)
		munmap(at, (size_t)bytes);
}

uint64_t pages_huge_bytes(const void *at)
{
	char line[256];
	uint64_t from, bytes = 0;
	FILE *f = fopen("/proc/self/smaps", "re");
	bool here = false;
	while (f && fgets(line, sizeof line, f)) {
		uint64_t to;
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &from, &to) == 2)
			here = (uintptr_t)at >= from && (uintptr_t)at < to;
		else if (here && sscanf(line, "AnonHugePages: %" SCNu64, &bytes) == 1)
			break;
	}
	if (f)
		fclose(f);
	return bytes * 1024;
}
