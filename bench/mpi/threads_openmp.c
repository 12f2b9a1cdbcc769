/* SPDX-License-Identifier: MIT */
/* threads_openmp.c - calls a function in every OpenMP thread of a rank, or in the rank itself. */
#include "bench/mpi/threads.h"

#include "config.h"

#if HAVE_OPENMP

#include <omp.h>

unsigned threads_all(unsigned threads, threads_part_fn *part, void *ctx)
{
	unsigned got = 1;
	if (threads == 1) {
		part(ctx, 0);
		return got;
	}
	omp_set_dynamic(0);
	omp_set_num_threads((int)threads);
#pragma omp parallel default(none) shared(part, ctx, got)
	{
		if (omp_get_thread_num() == 0)
			got = (unsigned)omp_get_num_threads();
		part(ctx, (unsigned)omp_get_thread_num());
	}
	return got;
}

#else

unsigned threads_all(unsigned threads, threads_part_fn *part, void *ctx)
{
	(void)threads;
	part(ctx, 0);
	return 1;
}

#endif
