/* SPDX-License-Identifier: MIT */
/*
 * topology_kinds.c - which cores are of one kind, from what the system tells of their speeds.
 *
 * Firmware tells alike cores apart by a few per cent (Grace: capacities 1007 to 1024), and ranked cores of one make differ
 * in their best clock (AMD Zen: 12 % over a package, 3 % from one to the next). Kinds that matter to equal shares differ by
 * half or more. So distinct speeds are sorted, and a new kind begins only where one is more than 15 % above the one before
 * it. What is asked, in this order: Intel's list of fast cores; relative capacities; best clocks; and, where no speed is
 * told, the parts that Arm cores name.
 */
#include "bench/machine/topology_read.h"

#include "bench/machine/cpulist.h"
#include "bench/machine/tree.h"

#include <inttypes.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Kinds by values: each CPU's is how many gaps wider than `percent` lie below its value. */
static int rank_values(struct topology *t, const int64_t *value, int percent)
{
	const size_t n = (size_t)t->count;
	int64_t *sorted = malloc(n * sizeof *sorted);
	if (!sorted)
		return -1;
	for (size_t i = 0; i < n; i++)
		sorted[i] = value[i];
	qsort(sorted, n, sizeof *sorted, by_value);
	for (size_t i = 0; i < n; i++) {
		t->cpus[i].kind = 0;
		for (size_t j = 1; j < n && sorted[j] <= value[i]; j++)
			t->cpus[i].kind += sorted[j] - sorted[j - 1] > sorted[j - 1] / 100 * percent;
	}
	free(sorted);
	return 0;
}

enum measure { BY_LIST, BY_CAPACITY, BY_CLOCK, BY_PART, MEASURES };

static int64_t measured(const struct cpu_speed *s, enum measure by)
{
	return by == BY_LIST       ? s->fast
	       : by == BY_CAPACITY ? s->capacity
	       : by == BY_CLOCK    ? s->max_khz
				   : (int64_t)s->part;
}

/* Whether every CPU tells it; of the list of fast cores, whether any is on it. */
static bool all_tell(const struct topology *t, const struct cpu_speed *s, enum measure by)
{
	int told = 0;
	for (int i = 0; i < t->count; i++)
		told += measured(&s[i], by) > 0;
	return by == BY_LIST ? told > 0 : told == t->count;
}

int topology_rank_kinds(struct topology *t, const struct cpu_speed *speed)
{
	static const int percents[MEASURES] = {
		[BY_LIST] = 0, [BY_CAPACITY] = 15, [BY_CLOCK] = 15, [BY_PART] = 0};
	int64_t *value = malloc((size_t)t->count * sizeof *value);
	enum measure by = BY_LIST;
	if (!value)
		return -1;
	while (by < BY_PART && !all_tell(t, speed, by))
		by++;
	for (int i = 0; i < t->count; i++)
		value[i] = measured(&speed[i], by);
	int status = rank_values(t, value, percents[by]);
	free(value);
	return status;
}

#define CPU "sys/devices/system/cpu/"

static void read_speed(struct cpu_speed *s, const char *root, int cpu)
{
	enum { REVISIONS = 0xf0000f }; /* variant and revision of MIDR_EL1 */
	char text[32];
	tree_number(root, &s->capacity, CPU "cpu%d/cpu_capacity", cpu);
	tree_number(root, &s->max_khz, CPU "cpu%d/cpufreq/cpuinfo_max_freq", cpu);
	if (tree_text(root, text, sizeof text, CPU "cpu%d/regs/identification/midr_el1", cpu))
		s->part = strtoull(text, NULL, 16) & 0xffffffff & ~(uint64_t)REVISIONS;
}

int topology_sysfs_kinds(struct topology *t, const char *root, bool *told)
{
	int fast[CPULIST_LIMIT];
	struct cpu_speed *speed = calloc((size_t)t->count, sizeof *speed);
	*told = false;
	if (!speed)
		return -1;
	const int n = tree_cpulist(root, fast, CPULIST_LIMIT, "sys/devices/cpu_core/cpus");
	for (int i = 0; i < t->count; i++) {
		struct cpu_speed *s = &speed[i];
		read_speed(s, root, t->cpus[i].id);
		for (int j = 0; j < n; j++)
			s->fast |= fast[j] == t->cpus[i].id;
		*told |= s->fast || s->capacity > 0 || s->max_khz > 0 || s->part > 0;
	}
	int status = *told ? topology_rank_kinds(t, speed) : 0;
	free(speed);
	return status;
}
