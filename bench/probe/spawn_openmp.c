/* SPDX-License-Identifier: MIT */
/*
 * spawn_openmp.c - the OpenMP cases of probe `spawn`: a parallel region with fresh and with waiting
 * threads. A file of its own, since it is compiled with the flags of OpenMP.
 */
#include "bench/probe/spawn_openmp.h"

#include "bench/machine/clock.h"
#include "config.h"

const char *const spawn_openmp_missing = MISSING_OPENMP;

#if HAVE_OPENMP

#include <omp.h>

enum { THREADS = 2 };

static struct {
	_Alignas(128) uint64_t regions; /* that this thread took part in */
} taken[THREADS];

static void region(void)
{
#pragma omp parallel default(none) shared(taken)
	taken[omp_get_thread_num()].regions++;
}

double spawn_openmp_regions(int hot, uint64_t regions, unsigned *threads)
{
	omp_set_dynamic(0);
	omp_set_num_threads(THREADS);
	taken[0].regions = taken[1].regions = 0;
	if (hot)
		region();
	const uint64_t start = clock_ns();
	for (uint64_t i = 0; i < regions; i++)
		region();
	const uint64_t end = clock_ns();
	const uint64_t wanted = regions + (hot ? 1 : 0);
	*threads = taken[0].regions == wanted && taken[1].regions == wanted ? THREADS : 0;
	omp_pause_resource_all(omp_pause_hard);
	omp_set_dynamic(0); /* libomp 14 would abort a child forked before it began anew */
	return (double)(end - start) / (double)regions;
}

#else

double spawn_openmp_regions(int hot, uint64_t regions, unsigned *threads)
{
	(void)hot;
	(void)regions;
	*threads = 0;
	return 0;
}

#endif
