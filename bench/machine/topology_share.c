/* SPDX-License-Identifier: MIT */
/*
 * topology_share.c - passes a topology to the processes that a sweep starts, as an inherited memfd:
 * reading it takes milliseconds, on a large machine tens of them, and a sweep starts thousands.
 */
#include "bench/machine/topology_read.h"

#include "base/system.h"
#include "bench/machine/cpulist.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE "PARSCALE_TOPOLOGY"

/* What stands before the CPUs. Reader and writer are of one build, or the sizes tell. */
struct header {
	char magic[16];
	size_t header_bytes, cpu_bytes;
	struct topology topology; /* its pointer means nothing */
};
static const char magic[16] = "parscale CPUs 1";

static int shared = -1;

void topology_share(const struct topology *t)
{
	struct header h = {.header_bytes = sizeof h, .cpu_bytes = sizeof *t->cpus, .topology = *t};
	const size_t bytes = (size_t)t->count * sizeof *t->cpus;
	char number[16];
	topology_unshare();
	memcpy(h.magic, magic, sizeof magic);
	int low = system_memory_file("parscale-topology", false);
	if (low < 0)
		return;
	/* Inherited, and out of the way of those that a child expects under fixed numbers. */
	shared = fcntl(low, F_DUPFD, 100);
	close(low);
	if (shared < 0)
		return;
	snprintf(number, sizeof number, "%d", shared);
	if (write(shared, &h, sizeof h) != (ssize_t)sizeof h ||
		write(shared, t->cpus, bytes) != (ssize_t)bytes || setenv(VARIABLE, number, 1) != 0)
		topology_unshare();
}

void topology_unshare(void)
{
	if (shared < 0)
		return;
	close(shared);
	unsetenv(VARIABLE);
	shared = -1;
}

int topology_read_shared(struct topology *t)
{
	const char *number = getenv(VARIABLE);
	struct header h;
	struct stat status;
	struct err ignored = {0};
	char *end;
	if (!number)
		return -1;
	const long fd = strtol(number, &end, 10);
	if (end == number || *end || fd < 3 || fd > 1 << 20 ||
		pread((int)fd, &h, sizeof h, 0) != (ssize_t)sizeof h)
		return -1;
	if (memcmp(h.magic, magic, sizeof magic) != 0 || h.header_bytes != sizeof h ||
		h.cpu_bytes != sizeof *t->cpus || h.topology.count < 1 || h.topology.count > CPULIST_LIMIT)
		return -1;
	const size_t bytes = (size_t)h.topology.count * sizeof *t->cpus;
	if (fstat((int)fd, &status) != 0 || (size_t)status.st_size != sizeof h + bytes ||
		topology_allocate(t, h.topology.count, &ignored) != 0)
		return -1;
	struct cpu *cpus = t->cpus;
	*t = h.topology;
	t->cpus = cpus;
	if (pread((int)fd, cpus, bytes, (off_t)sizeof h) == (ssize_t)bytes)
		return 0;
	topology_free(t);
	return -1;
}
