/* SPDX-License-Identifier: MIT */
/*
 * counter_openmp.c - the OpenMP cases of probe `counter`: atomic, critical, reduction. A file of
 * its own, since it is compiled with the flags of OpenMP.
 */
#include "bench/probe/counter_openmp.h"

#include "bench/machine/clock.h"
#include "bench/machine/place.h"
#include "config.h"

const char *const counter_openmp_missing = MISSING_OPENMP;

#if HAVE_OPENMP

#include <omp.h>

static void add_atomic(uint64_t n, uint64_t *counter)
{
#pragma omp parallel default(none) shared(counter) firstprivate(n)
	for (uint64_t i = 0; i < n; i++) {
#pragma omp atomic
		(*counter)++;
	}
}

static void add_critical(uint64_t n, uint64_t *counter)
{
#pragma omp parallel default(none) shared(counter) firstprivate(n)
	for (uint64_t i = 0; i < n; i++) {
#pragma omp critical(parscale_counter)
		(*counter)++;
	}
}

/* The compiler may not add n at once. */
static void add_reduction(uint64_t n, uint64_t *counter)
{
	uint64_t sum = 0;
#pragma omp parallel default(none) firstprivate(n) reduction(+ : sum)
	for (uint64_t i = 0; i < n; i++) {
		sum++;
		__asm__ volatile("" : "+r"(sum));
	}
	*counter = sum;
}

double counter_openmp(enum counter_openmp how, uint64_t n, const int cpus[2], uint64_t *value)
{
	static void (*const ways[])(uint64_t n, uint64_t * counter) = {
		add_atomic, add_critical, add_reduction};
	uint64_t counter = 0;
	omp_set_dynamic(0);
	omp_set_num_threads(2);
#pragma omp parallel default(none) shared(cpus)
	{
		struct err ignored = {0};
		place_bind(cpus[omp_get_thread_num()], &ignored);
	}
	const uint64_t start = clock_ns();
	ways[how](n, &counter);
	const uint64_t end = clock_ns();
	/* idle threads stop spinning; hard, libomp would free the critical section's lock and use it again */
	omp_pause_resource_all(omp_pause_soft);
	*value = counter;
	return (double)(end - start);
}

void counter_openmp_end(void)
{
	uint64_t ignored;
	add_reduction(1, &ignored); /* libomp gives up only what is not paused */
	omp_pause_resource_all(omp_pause_hard);
	omp_set_dynamic(0); /* libomp 14 would abort a child forked before it began anew */
}

#else

void counter_openmp_end(void)
{
}

double counter_openmp(enum counter_openmp how, uint64_t n, const int cpus[2], uint64_t *value)
{
	(void)how;
	(void)n;
	(void)cpus;
	*value = 0;
	return 0;
}

#endif
