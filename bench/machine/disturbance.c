/* SPDX-License-Identifier: MIT */
/*
 * disturbance.c - reads counters of the system around a sample: steal time, throttling, pressure.
 * The table of sources is disturbance.def; files stay open and are read by pread.
 */
#include "bench/machine/disturbance.h"

#include "bench/machine/cgroup.h"

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *path, *key;
	unsigned skip;
	double ns;
} sources[DISTURBANCES] = {
#define DISTURBANCE(name, path, key, skip, ns, unit, meaning) {path, key, skip, ns},
#include "bench/machine/disturbance.def"
#undef DISTURBANCE
};

/* The path of a CPU's file below the root; false where there is no such file to look for. */
static bool path_of(int i, int cpu, const char *root, char *path, size_t size)
{
	const char *form = sources[i].path, *hole = strchr(form, '%');
	char group[1024], number[16];
	const char *filling = "";
	if (!hole && cpu > 0)
		return false;
	if (hole && hole[1] == 's') {
		if (cpu > 0 || !cgroup_folder(root, group, sizeof group))
			return false;
		filling = group;
	} else if (hole) {
		snprintf(number, sizeof number, "%d", cpu);
		filling = number;
	}
	const int before = hole ? (int)(hole - form) : (int)strlen(form);
	return (size_t)snprintf(path, size, "%s%.*s%s%s", root, before, form, filling, hole ? hole + 2 : "") <
	       size;
}

void disturbances_open(struct disturbances *d, const char *root)
{
	for (int i = 0; i < DISTURBANCES; i++)
		for (int cpu = 0; cpu < DISTURBANCE_CPUS; cpu++) {
			char path[4200];
			const bool looked = (cpu == 0 || d->fd[i][cpu - 1] >= 0) &&
					    path_of(i, cpu, root, path, sizeof path);
			d->fd[i][cpu] = looked ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		}
}

void disturbances_close(struct disturbances *d)
{
	for (int i = 0; i < DISTURBANCES; i++)
		for (int cpu = 0; cpu < DISTURBANCE_CPUS; cpu++)
			if (d->fd[i][cpu] >= 0)
				close(d->fd[i][cpu]);
}

static double read_number(int i, int fd)
{
	char text[1024], *end;
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	const char *at = strstr(text, sources[i].key);
	at = at && n > 0 ? at + strlen(sources[i].key) : "";
	for (unsigned k = 0; k < sources[i].skip; k++) {
		at += strspn(at, " ");
		at += strcspn(at, " \n");
	}
	double number = strtod(at, &end);
	return end == at ? NAN : number;
}

static double total(const struct disturbances *d, int i)
{
	double sum = d->fd[i][0] < 0 ? NAN : 0;
	for (int cpu = 0; cpu < DISTURBANCE_CPUS && d->fd[i][cpu] >= 0; cpu++)
		sum += read_number(i, d->fd[i][cpu]);
	return sum * (sources[i].ns > 0 ? sources[i].ns : 1e9 / (double)sysconf(_SC_CLK_TCK));
}

void disturbances_start(struct disturbances *d)
{
	for (int i = 0; i < DISTURBANCES; i++)
		d->before.by[i] = total(d, i);
}

void disturbances_stop(struct disturbances *d, struct disturbed *taken)
{
	for (int i = 0; i < DISTURBANCES; i++)
		taken->by[i] = total(d, i) - d->before.by[i];
}
