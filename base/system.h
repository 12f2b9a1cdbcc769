/* SPDX-License-Identifier: MIT */
/*
 * system.h - what Linux has and other systems, or Linux before it, have not: each with a fall-back.
 *
 * Which one is used is found at run time, so that one program runs on Linux from 3.10 on. PARSCALE_WITHOUT_AFFINITY, _CPU,
 * _FUTEX, _MEMFD, _PIDFD, _CLOSE_RANGE, _GETRANDOM, _EXE and _ON_EXIT, defined when compiling, take a part away on Linux too:
 * scripts/check-without tests so. Elsewhere than on Linux all of them are.
 */
#ifndef PARSCALE_BASE_SYSTEM_H
#define PARSCALE_BASE_SYSTEM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* An empty file without a name: in memory (memfd_create, Linux 3.17), else a deleted one in /dev/shm, $TMPDIR,
 * /tmp or the working folder. `name` is for /proc alone. `inherited`: fresh programs get it. A descriptor, or -1 with errno. */
int system_memory_file(const char *name, bool inherited);

/* Sleeps while *word is `unwanted`, at most `limit` (NULL: for ever). 0 after a wake, also one of another's; -1 with
 * errno: EAGAIN where it was another value, ETIMEDOUT, EINTR. The word may be shared by processes. Fall-back: looks
 * every 50 us. */
int system_sleep_on(const _Atomic uint32_t *word, uint32_t unwanted, const struct timespec *limit);

/* The hint for a polling loop: saves power and leaves the core to its other hardware thread. */
static inline void system_relax(void)
{
#if defined __x86_64__ || defined __i386__
	__asm__ volatile("pause");
#elif defined __aarch64__
	__asm__ volatile("isb");
#endif
}

/* Wakes all that sleep on `word`. */
void system_wake(const _Atomic uint32_t *word);

/* A descriptor that can be read when process `pid` has ended (Linux 5.3). -1: wait by polling. */
int system_process_file(pid_t pid);

/* Sends a signal to process `pid` through such a descriptor, which no later process of that number can be meant by; by
 * its number where there is none (-1). */
void system_signal(int process_file, pid_t pid, int signal);

/* Are there such descriptors? */
bool system_has_process_files(void);

/* Closes the descriptors from low to high, both inclusive (at once since Linux 5.9, else one by one). */
void system_close_range(int low, int high);

/* From now on, exit() ends this process before any handler registered earlier and without flushing. Fall-back (the C
 * library has no on_exit): with status SYSTEM_EXITED, whatever exit() was given. */
enum { SYSTEM_EXITED = 1 };
void system_exit_at_once(void);

/* Fills `bytes` with random bytes, from the system call (Linux 3.17) or /dev/urandom. -1 with errno. */
int system_random(void *bytes, size_t n);

/* Lets the calling thread run on CPUs ids[0..n) only; 0, or an errno. */
int system_bind(const int *ids, int n);

/* The same for another thread of this process, and one CPU. */
int system_bind_thread(pthread_t thread, int id);

/* Can threads be bound to CPUs? Where not, the two above succeed without effect. */
bool system_binds(void);

/* The CPUs that the calling thread may use, ascending, at most `most`: how many; 0 where the system does not
 * tell. */
int system_affinity(int *ids, int most);

/* The CPU that the caller runs on; -1: not told. */
int system_cpu(void);

/* The path of the running program, as the system has it or as it was told to start it: its length, 0 where neither is
 * known. Always ends in a zero. */
size_t system_program(char *path, size_t size);

#endif
