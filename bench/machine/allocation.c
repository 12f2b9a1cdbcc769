/* SPDX-License-Identifier: MIT */
/* allocation.c - reads what Slurm and PBS say of a job's CPUs. */
#include "bench/machine/allocation.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* A number from 1 on, alone or before one of the characters in `behind`; NAN: no such. */
static double count_of(const char *text, const char *behind)
{
	if (!text || !isdigit((unsigned char)*text))
		return (double)NAN;
	char *end;
	const double n = strtod(text, &end);
	return n >= 1 && isfinite(n) && (*end == '\0' || strchr(behind, *end)) ? n : (double)NAN;
}

/* The entry of a node in a list such as "8(x2),4": 8, 8, 4. */
static double entry_of(const char *list, unsigned long node)
{
	while (list && *list) {
		const double cpus = count_of(list, "(,");
		const char *times = list + strspn(list, "0123456789");
		const unsigned long same = strncmp(times, "(x", 2) == 0 ? strtoul(times + 2, NULL, 10) : 1;
		const char *comma = strchr(list, ',');
		if (isnan(cpus) || node < same)
			return cpus;
		node -= same;
		list = comma ? comma + 1 : NULL;
	}
	return (double)NAN;
}

static double slurm(void)
{
	const char *node = getenv("SLURM_NODEID");
	if (getenv("SLURM_STEP_ID") && getenv("SLURM_PROCID")) {
		const double task = count_of(getenv("SLURM_CPUS_PER_TASK"), "");
		if (!isnan(task))
			return task;
	}
	const double here = count_of(getenv("SLURM_CPUS_ON_NODE"), "");
	return isnan(here) ? entry_of(getenv("SLURM_JOB_CPUS_PER_NODE"), node ? strtoul(node, NULL, 10) : 0)
			   : here;
}

double allocation_cpus(void)
{
	if (getenv("SLURM_JOB_ID"))
		return slurm();
	return getenv("PBS_JOBID") ? count_of(getenv("NCPUS"), "") : (double)NAN;
}
