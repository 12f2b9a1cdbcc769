/* SPDX-License-Identifier: MIT */
/*
 * cgroup.c - finds the control group of this process and the limits that apply to it.
 *
 * /proc/self/cgroup gives the group's path in each hierarchy, /proc/self/mountinfo where the
 * hierarchy is mounted. In a container the mount may show a subtree only; its own root is cut off
 * the path then. Limits are inherited, so the effective one is the least over the group and all
 * groups above it. A v1 controller is looked for first, then v2, since both may be mounted
 * together.
 */
#include "bench/machine/cgroup.h"

#include "bench/machine/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a controller's files of this process's group are: ROOT/mount/path/FILE; in its parents the path is
 * shorter. */
struct hierarchy {
	int version; /* 0: not found */
	char mount[256];
	char path[512]; /* "" or "/a/b" */
};

/* Whether a list of words between commas has this one. */
static bool has_word(const char *list, const char *word)
{
	const size_t length = strlen(word);
	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		/* NOLINTNEXTLINE(clang-analyzer-core.*): p has `length` bytes of the word there */
		if (strncmp(p, word, length) == 0 && (p[length] == ',' || p[length] == '\0'))
			return true;
	}
	return false;
}

/* The group's path in the hierarchy of a v1 controller, or in v2's for NULL: from lines
 * "number:controllers:path". */
static bool find_group(const char *groups, const char *controller, char *path, size_t size)
{
	for (const char *line = groups; line && *line;
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char words[128], number[16];
		int at = 0;
		if (sscanf(line, "%15[0-9]::%n", number, &at) == 1 && at > 0)
			words[0] = '\0';
		else if (sscanf(line, "%15[0-9]:%127[^:\n]:%n", number, words, &at) != 2 || at == 0)
			continue;
		if (controller ? !has_word(words, controller) : words[0] != '\0')
			continue;
		return (size_t)snprintf(path, size, "%.*s", (int)strcspn(line + at, "\n"), line + at) < size;
	}
	return false;
}

/* Fills mount and path from the mount that shows the hierarchy. A mount may show a part only, as in a
 * container: the part's own path is cut off. */
static bool find_mount(struct hierarchy *h, const char *mounts, const char *controller, const char *group)
{
	for (const char *line = mounts; line && *line;
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char text[1024], part[256], type[32], options[256];
		snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
		const char *tail = strstr(text, " - ");
		if (!tail || sscanf(text, "%*s %*s %*s %255s %255s", part, h->mount) != 2 ||
			sscanf(tail, " - %31s %*s %255s", type, options) != 2)
			continue;
		if (strcmp(type, controller ? "cgroup" : "cgroup2") != 0 ||
			(controller && !has_word(options, controller)))
			continue;
		const size_t cut = strcmp(part, "/") == 0 ? 0 : strlen(part);
		const bool inside =
			strncmp(group, part, cut) == 0 && (group[cut] == '/' || group[cut] == '\0');
		snprintf(h->path, sizeof h->path, "%s",
			inside && strcmp(group + cut, "/") != 0 ? group + cut : "");
		return true;
	}
	return false;
}

static struct hierarchy find(const char *groups, const char *mounts, const char *controller)
{
	struct hierarchy h = {0};
	char group[512];
	if (find_group(groups, controller, group, sizeof group) && find_mount(&h, mounts, controller, group))
		h.version = 1;
	else if (find_group(groups, NULL, group, sizeof group) && find_mount(&h, mounts, NULL, group))
		h.version = 2;
	return h;
}

static bool read_here(const struct hierarchy *h, const char *root, const char *file, char *text, size_t size)
{
	return tree_text(root, text, size, "%s%s/%s", h->mount + (h->mount[0] == '/'), h->path, file);
}

static double number_here(const struct hierarchy *h, const char *root, const char *file)
{
	char text[64], *end;
	if (!read_here(h, root, file, text, sizeof text))
		return NAN;
	double n = strtod(text, &end);
	return end == text ? NAN : n;
}

/* On to the group around this one; false at the top. */
static bool ascend(struct hierarchy *h)
{
	char *last = strrchr(h->path, '/');
	if (!last)
		return false;
	*last = '\0';
	return true;
}

static double quota_here(const struct hierarchy *h, const char *root)
{
	double quota, period;
	if (h->version == 2) {
		char text[64];
		/* "max 100000" is no limit. */
		if (!read_here(h, root, "cpu.max", text, sizeof text) ||
			sscanf(text, "%lf %lf", &quota, &period) != 2)
			return NAN;
	} else {
		quota = number_here(h, root, "cpu.cfs_quota_us"); /* -1 is no limit */
		period = number_here(h, root, "cpu.cfs_period_us");
	}
	return quota > 0 && period > 0 && isfinite(quota / period) ? quota / period : NAN;
}

static double memory_here(const struct hierarchy *h, const char *root)
{
	/* v1 tells no limit as the largest number of pages there can be; v2 as "max". */
	double bytes = number_here(h, root, h->version == 2 ? "memory.max" : "memory.limit_in_bytes");
	return bytes >= 0 && bytes < 0x1p60 ? bytes : NAN;
}

/* Of that limit, what is not in use; pages of files that nobody has touched for long make room. */
static double left_here(const struct hierarchy *h, const char *root)
{
	const double limit = memory_here(h, root);
	const bool v2 = h->version == 2;
	char text[4096];
	double used = number_here(h, root, v2 ? "memory.current" : "memory.usage_in_bytes"), cached = 0;
	const char *name = v2 ? "\ninactive_file " : "\ntotal_inactive_file ";
	if (isnan(limit) || !(used >= 0))
		return limit;
	text[0] = '\n';
	if (read_here(h, root, "memory.stat", text + 1, sizeof text - 1) && strstr(text, name))
		cached = strtod(strstr(text, name) + strlen(name), NULL);
	return fmax(0, limit - fmax(0, used - (cached > 0 ? cached : 0)));
}

/* The least of a limit over a group and all around it. */
static double least(
	struct hierarchy h, const char *root, double (*here)(const struct hierarchy *, const char *))
{
	double limit = NAN;
	if (h.version == 0)
		return limit;
	do
		limit = fmin(limit, here(&h, root));
	while (ascend(&h));
	return limit;
}

static double throttled_here(const struct hierarchy *h, const char *root)
{
	char text[1024];
	double time;
	if (h->version == 0 || !read_here(h, root, "cpu.stat", text, sizeof text))
		return NAN;
	const char *v2 = strstr(text, "throttled_usec "), *v1 = strstr(text, "throttled_time ");
	if (v2 && sscanf(v2, "throttled_usec %lf", &time) == 1)
		return time * 1e-6;
	if (v1 && sscanf(v1, "throttled_time %lf", &time) == 1)
		return time * 1e-9;
	return NAN;
}

static void read_cpus(struct hierarchy h, const char *root, char *cpus, size_t size)
{
	/* v2 has the file only where the controller is enabled: the nearest group that has it binds. */
	cpus[0] = '\0';
	do
		if (h.version == 0 ||
			read_here(&h, root,
				h.version == 2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus", cpus,
				size))
			return;
	while (ascend(&h));
}

enum { GROUPS_BYTES = 16384, MOUNTS_BYTES = 1 << 20 };

/* What the system tells of groups and mounts, in one allocation; NULL where it does not. */
static char *read_groups(const char *root, const char **mounts)
{
	char *groups = malloc(GROUPS_BYTES + MOUNTS_BYTES);
	if (!groups)
		tree_note("control groups", ENOMEM);
	if (groups && tree_text(root, groups, GROUPS_BYTES, "proc/self/cgroup") &&
		tree_text(root, groups + GROUPS_BYTES, MOUNTS_BYTES, "proc/self/mountinfo")) {
		*mounts = groups + GROUPS_BYTES;
		return groups;
	}
	free(groups);
	return NULL;
}

void cgroup_read(struct cgroup *g, const char *root)
{
	const char *mounts;
	*g = (struct cgroup){
		.quota = NAN, .throttled_seconds = NAN, .memory_bytes = NAN, .memory_left_bytes = NAN};
	char *groups = read_groups(root, &mounts);
	if (!groups)
		return;
	const struct hierarchy cpu = find(groups, mounts, "cpu");
	g->version = cpu.version;
	g->quota = least(cpu, root, quota_here);
	g->throttled_seconds = throttled_here(&cpu, root);
	g->memory_bytes = least(find(groups, mounts, "memory"), root, memory_here);
	g->memory_left_bytes = least(find(groups, mounts, "memory"), root, left_here);
	read_cpus(find(groups, mounts, "cpuset"), root, g->cpus, sizeof g->cpus);
	free(groups);
}

bool cgroup_folder(const char *root, char *path, size_t size)
{
	const char *mounts;
	char *groups = read_groups(root, &mounts);
	if (!groups)
		return false;
	const struct hierarchy cpu = find(groups, mounts, "cpu");
	free(groups);
	return cpu.version > 0 && (size_t)snprintf(path, size, "%s%s", cpu.mount, cpu.path) < size;
}

/* The number behind "oom_kill" in lines of words and numbers; -1: there is none. */
static int64_t count_of_kills(const char *text)
{
	int64_t kills = -1;
	const char *at = strstr(text, "\noom_kill ");
	if (at)
		sscanf(at, "\noom_kill %" SCNd64, &kills);
	return kills;
}

int64_t memory_kills(const char *root)
{
	char text[16384];
	const char *mounts;
	struct hierarchy memory = {0};
	int64_t kills = -1;
	char *groups = read_groups(root, &mounts);
	if (groups)
		memory = find(groups, mounts, "memory");
	free(groups);
	if (memory.version > 0 &&
		read_here(&memory, root, memory.version == 2 ? "memory.events" : "memory.oom_control", text,
			sizeof text))
		kills = count_of_kills(text);
	if (kills < 0 && tree_text(root, text, sizeof text, "proc/vmstat"))
		kills = count_of_kills(text);
	return kills;
}

double memory_left(const char *root)
{
	struct cgroup group;
	char *text = tree_whole(root, "proc/meminfo"), kib[64] = "", *end = kib;
	if (text)
		tree_field(text, "MemAvailable", kib, sizeof kib);
	free(text);
	const double bytes = strtod(kib, &end) * 1024;
	cgroup_read(&group, root);
	return fmin(end > kib ? bytes : (double)INFINITY, group.memory_left_bytes);
}

void memory_text(const char *root, char *text, size_t size)
{
	struct cgroup group;
	cgroup_read(&group, root);
	if (isnan(group.memory_bytes))
		snprintf(text, size, "the system was out of memory");
	else
		snprintf(text, size, "out of memory, of which its control group may use %.0f MiB",
			group.memory_bytes / (1 << 20));
}
