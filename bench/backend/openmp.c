/* SPDX-License-Identifier: MIT */
/*
 * openmp.c - each worker is a thread of an OpenMP team. Chunks come from our counter, as everywhere, not from
 * the runtime's schedule.
 *
 * pool: the runtime's own pool. That a thread keeps its number from one region to the next is the
 * specification's rule for threadprivate data (same size, not dynamic). spawn: the runtime is told to give up
 * its threads after each run.
 *
 * When the system refuses a thread, the runtime ends the program. A child forked by a program that has been
 * here must not come here (libgomp hangs).
 */
#include "bench/backend/region_team.h"

#include "config.h"

#if HAVE_OPENMP

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

/* Which limit that the user set it may have been; "" where there is none. Returns `text`. */
static const char *limit(char *text, size_t size)
{
	static const char *const names[] = {
		"OMP_THREAD_LIMIT", "KMP_DEVICE_THREAD_LIMIT", "KMP_ALL_THREADS", "KMP_MAX_THREADS"};
	text[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names && !text[0]; i++)
		if (getenv(names[i]))
			snprintf(text, size, ": %s=%s", names[i], getenv(names[i]));
	return text;
}

static int too_few(unsigned got, unsigned workers, struct err *e)
{
	char by[80];
	return err_blame(e, CAUSE_RESOURCES, "openmp: the runtime gave %u of %u threads%s", got, workers,
		limit(by, sizeof by));
}

static int all_threads(const struct control *c, region_team_part_fn *part, struct err *e)
{
	unsigned workers = c->plan.workers, got = 0;
	/* Not by a num_threads clause: libomp 14 aborts when that is what comes first after it gave up its
	 * threads. */
	omp_set_dynamic(0);
	omp_set_num_threads((int)workers);
	const unsigned most = (unsigned)omp_get_thread_limit();
	if (most < workers) /* libomp would say so too, in lines of its own */
		return too_few(most, workers, e);
#pragma omp parallel default(none) shared(c, part, workers, got)
	{
		unsigned threads = (unsigned)omp_get_num_threads();
		if (threads == workers)
			part(c, (unsigned)omp_get_thread_num());
		if (omp_get_thread_num() == 0)
			got = threads;
	}
	if (got != workers)
		return too_few(got, workers, e);
	return 0;
}

static void release_threads(void)
{
	omp_pause_resource_all(omp_pause_hard);
}

static const struct region_team_kind threads = {.all = all_threads, .release = release_threads};

/* libomp 14 would abort a child forked while its threads are given up and it has not begun anew. */
static void settle(void)
{
	omp_set_dynamic(0);
}

static void openmp_close(struct team *t)
{
	region_team_close(t);
	settle();
}

static struct team *openmp_open(const struct job *job, const struct team_plan *plan, struct err *e)
{
	struct team *t = region_team_open(&backend_openmp, &threads, job, plan, e);
	if (!t)
		settle();
	return t;
}

#endif

const struct backend backend_openmp = {
	.name = "openmp",
	.summary = "threads of the OpenMP runtime",
	.missing = MISSING_OPENMP,
	.worker = "thread",
	.runtime = true,
	.max_workers = BACKEND_MAX_WORKERS,
#if HAVE_OPENMP
	.open = openmp_open,
	.run = region_team_run,
	.slot = region_team_slot,
	.close = openmp_close,
#endif
};
