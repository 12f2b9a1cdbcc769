/* SPDX-License-Identifier: MIT */
/* cpulist.c - parses and writes CPU lists such as "0,2-5", within CPULIST_LIMIT. */
#include "bench/machine/cpulist.h"

#include <stdbool.h>
#include <stdio.h>

/* One number at *p; -1 where there is none below the limit. */
static int number(const char **p)
{
	if (**p < '0' || **p > '9')
		return -1;
	int n = 0;
	for (; **p >= '0' && **p <= '9'; ++*p) {
		n = n * 10 + (**p - '0');
		if (n >= CPULIST_LIMIT)
			return -1;
	}
	return n;
}

int cpulist_parse(const char *text, int *cpus, int room)
{
	const char *p = text;
	int n = 0;
	bool more = *p != '\0' && *p != '\n';
	while (more) {
		int first = number(&p), last = first;
		if (*p == '-') {
			++p;
			last = number(&p);
		}
		/* The total is bounded too: a list may repeat CPUs. */
		if (first < 0 || last < first || last - first >= CPULIST_LIMIT - n)
			return -1;
		for (int cpu = first; cpu <= last; cpu++, n++)
			if (n < room)
				cpus[n] = cpu;
		more = *p == ',';
		if (more)
			++p;
	}
	if (*p == '\n')
		++p;
	return *p == '\0' ? n : -1;
}

size_t cpulist_format(const int *cpus, int n, char *text, size_t size)
{
	size_t used = 0;
	if (size > 0)
		text[0] = '\0';
	for (int i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && cpus[j] == cpus[j - 1] + 1; j++)
			;
		char range[32];
		int length = j - i == 1 ? snprintf(range, sizeof range, "%s%d", i ? "," : "", cpus[i])
					: snprintf(range, sizeof range, "%s%d-%d", i ? "," : "", cpus[i],
						  cpus[j - 1]);
		if (used < size)
			snprintf(text + used, size - used, "%s", range);
		used += (size_t)length;
	}
	return used;
}
