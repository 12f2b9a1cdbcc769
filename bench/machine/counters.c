/* SPDX-License-Identifier: MIT */
/*
 * counters.c - hardware counters by perf_event_open(2), and package energy by the powercap files.
 *
 * Counters are opened with `inherit` before the workers are made, so the kernel adds the counts of
 * all of them, threads and processes, ended ones included. If more counters are asked for than the
 * CPU has, the kernel multiplexes them; counts are then scaled by enabled / running time. Energy
 * counters wrap around at max_energy_range_uj.
 */
#include "bench/machine/counters.h"

#include "bench/machine/tree.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENERGY "sys/class/powercap/intel-rapl:%d/"

static const struct {
	int group;
	uint32_t type;
	uint64_t config;
} events[COUNTERS] = {
#define COUNTER(name, group, type, config, meaning) {group, type, config},
#include "bench/machine/counters.def"
#undef COUNTER
};

/* With the calling thread and all that it will create, on any CPU. */
static int open_event(enum counter i, int leader)
{
	struct perf_event_attr attr = {
		.size = sizeof attr,
		.type = events[i].type,
		.config = events[i].config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.inherit = 1,
		.exclude_kernel = events[i].type !=
				  PERF_TYPE_SOFTWARE, /* the scheduler's own counts are made in the kernel */
		.exclude_hv = 1,
	};
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
}

static void open_events(struct counters *c)
{
	int leader = -1;
	for (int i = 0; i < COUNTERS; i++) {
		if (i == 0 || events[i].group != events[i - 1].group)
			leader = -1;
		c->fd[i] = open_event((enum counter)i, leader);
		if (leader < 0)
			leader = c->fd[i];
	}
}

static void open_energy(struct counters *c)
{
	int64_t range, now;
	for (int i = 0; i < COUNTERS_PACKAGES; i++) {
		char name[32];
		/* Others are parts of a package, or the whole system. */
		if (!tree_text(c->root, name, sizeof name, ENERGY "name", i) ||
			strncmp(name, "package-", 8) != 0)
			continue;
		if (!tree_number(c->root, &range, ENERGY "max_energy_range_uj", i) ||
			!tree_number(c->root, &now, ENERGY "energy_uj", i))
			continue;
		c->energy[c->packages].range = range;
		c->energy[c->packages].last = now;
		c->energy[c->packages++].number = i;
	}
}

void counters_none(struct counters *c)
{
	*c = (struct counters){.root = ""};
	for (int i = 0; i < COUNTERS; i++)
		c->fd[i] = -1;
}

void counters_open(struct counters *c, const char *root)
{
	counters_none(c);
	c->root = root;
	open_events(c);
	open_energy(c);
}

void counters_close(struct counters *c)
{
	for (int i = 0; i < COUNTERS; i++)
		if (c->fd[i] >= 0)
			close(c->fd[i]);
	counters_none(c);
}

/* The total so far, with all workers; scaled to the whole time where the counter had only a part of it. */
static double total(int fd)
{
	struct {
		uint64_t count, enabled, running;
	} r;
	if (fd < 0 || read(fd, &r, sizeof r) != (ssize_t)sizeof r)
		return NAN;
	if (r.running == 0)
		return r.enabled == 0 ? 0 : (double)NAN;
	return (double)r.count * ((double)r.enabled / (double)r.running);
}

/* Since the last call. */
static double joules(struct counters *c)
{
	double sum = 0;
	for (int i = 0; i < c->packages; i++) {
		int64_t now;
		if (!tree_number(c->root, &now, ENERGY "energy_uj", c->energy[i].number))
			return NAN;
		int64_t used = now - c->energy[i].last;
		sum += (double)(used < 0 ? used + c->energy[i].range : used) * 1e-6;
		c->energy[i].last = now;
	}
	return c->packages > 0 ? sum : (double)NAN;
}

void counters_start(struct counters *c)
{
	joules(c);
	for (int i = 0; i < COUNTERS; i++)
		c->before.count[i] = total(c->fd[i]);
}

void counters_stop(struct counters *c, uint64_t runs, struct counted *taken)
{
	for (int i = 0; i < COUNTERS; i++)
		taken->count[i] = (total(c->fd[i]) - c->before.count[i]) / (double)runs;
	taken->joules = joules(c) / (double)runs;
}

void counters_missing(char *why, size_t size)
{
	int fd = open_event(COUNTER_cycles, -1), problem = errno;
	int64_t paranoid = 0;
	why[0] = '\0';
	if (fd >= 0) {
		close(fd);
	} else if (problem == EACCES || problem == EPERM) {
		tree_number("", &paranoid, "proc/sys/kernel/perf_event_paranoid");
		snprintf(why, size,
			"not permitted (kernel.perf_event_paranoid is %d): sysctl "
			"kernel.perf_event_paranoid=2",
			(int)paranoid);
	} else if (problem == ENOSYS) {
		snprintf(why, size, "not available: this system has no perf_event_open");
	} else {
		snprintf(why, size,
			"not available: the CPU shows none, as is usual in a virtual machine (%s)",
			strerror(problem));
	}
}

void counters_energy_missing(const char *root, char *why, size_t size)
{
	struct counters c;
	char name[32];
	counters_none(&c);
	c.root = root;
	open_energy(&c);
	why[0] = '\0';
	if (c.packages > 0)
		return;
	if (tree_text(root, name, sizeof name, ENERGY "name", 0))
		snprintf(why, size, "not readable: chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj");
	else
		snprintf(why, size, "not available: no /sys/class/powercap/intel-rapl:0");
}
