/* SPDX-License-Identifier: MIT */
/* shared_lock.h - mutexes and condition variables for any process that shares their memory; for threads too,
 * since private ones take short cuts. */
#ifndef PARSCALE_BENCH_PROBE_SHARED_LOCK_H
#define PARSCALE_BENCH_PROBE_SHARED_LOCK_H

#include <pthread.h>

static inline void shared_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t a;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(mutex, &a);
	pthread_mutexattr_destroy(&a);
}

static inline void shared_condition(pthread_cond_t *condition)
{
	pthread_condattr_t a;
	pthread_condattr_init(&a);
	pthread_condattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(condition, &a);
	pthread_condattr_destroy(&a);
}

#endif
