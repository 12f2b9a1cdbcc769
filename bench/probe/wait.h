/* SPDX-License-Identifier: MIT */
/* wait.h - waiting for a word in memory that a thread or a process shares: by looking, or asleep
 * in a futex. */
#ifndef PARSCALE_BENCH_PROBE_WAIT_H
#define PARSCALE_BENCH_PROBE_WAIT_H

#include "base/system.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

enum { WAIT_LOOKS = 5000 }; /* before the CPU is offered to others, who may be the one waited for */

static inline void wait_relax(void)
{
#if defined __x86_64__ || defined __i386__
	__builtin_ia32_pause();
#elif defined __aarch64__
	__asm__ volatile("yield");
#endif
}

/* Looks until *word >= value. */
static inline void wait_spin(const _Atomic uint64_t *word, uint64_t value)
{
	for (unsigned looks = 1; atomic_load_explicit(word, memory_order_acquire) < value; looks++) {
		wait_relax();
		if (looks % WAIT_LOOKS == 0)
			sched_yield();
	}
}

/* The same for two on one CPU. */
static inline void wait_yield(const _Atomic uint64_t *word, uint64_t value)
{
	while (atomic_load_explicit(word, memory_order_acquire) < value)
		sched_yield();
}

/* Sleeps until *word is `value`; the other side stores it and calls wait_wake. */
static inline void wait_futex(_Atomic uint32_t *word, uint32_t value)
{
	for (uint32_t now; (now = atomic_load_explicit(word, memory_order_acquire)) != value;)
		system_sleep_on(word, now, NULL);
}

static inline void wait_wake(_Atomic uint32_t *word)
{
	system_wake(word);
}

#endif
