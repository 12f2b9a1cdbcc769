/* SPDX-License-Identifier: MIT */
/*
 * system.c - the Linux calls of system.h and their fall-backs. A call that this Linux lacks fails with
 * ENOSYS, and so does one that a sandbox forbids (EPERM); the fall-back is taken in both cases.
 */
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/futex.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#else
#define PARSCALE_WITHOUT_AFFINITY
#define PARSCALE_WITHOUT_CPU
#define PARSCALE_WITHOUT_FUTEX
#define PARSCALE_WITHOUT_MEMFD
#define PARSCALE_WITHOUT_PIDFD
#define PARSCALE_WITHOUT_CLOSE_RANGE
#define PARSCALE_WITHOUT_GETRANDOM
#define PARSCALE_WITHOUT_EXE
#define PARSCALE_WITHOUT_ON_EXIT
#endif
#if !defined __GLIBC__ && !defined __UCLIBC__ && !defined PARSCALE_WITHOUT_ON_EXIT
#define PARSCALE_WITHOUT_ON_EXIT
#endif

/* A number for a call that the headers do not know. */
#ifndef SYS_memfd_create
#define PARSCALE_WITHOUT_MEMFD
#endif
#ifndef SYS_pidfd_open
#define PARSCALE_WITHOUT_PIDFD
#endif
#ifndef SYS_close_range
#define PARSCALE_WITHOUT_CLOSE_RANGE
#endif
#ifndef SYS_getrandom
#define PARSCALE_WITHOUT_GETRANDOM
#endif

/* --- files in memory --- */

static int deleted_file(const char *folder, bool inherited)
{
	char path[PATH_MAX];
	if (!folder || snprintf(path, sizeof path, "%s/parscale.XXXXXX", folder) >= (int)sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	const int fd = mkstemp(path);
	if (fd < 0)
		return -1;
	unlink(path);
	if (!inherited)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int system_memory_file(const char *name, bool inherited)
{
	int fd = -1;
#ifndef PARSCALE_WITHOUT_MEMFD
	fd = (int)syscall(SYS_memfd_create, name, inherited ? 0U : 1U /* MFD_CLOEXEC */);
#else
	(void)name;
#endif
	const char *const folders[] = {"/dev/shm", getenv("TMPDIR"), "/tmp", "."};
	for (size_t i = 0; fd < 0 && i < sizeof folders / sizeof *folders; i++)
		fd = deleted_file(folders[i], inherited);
	return fd;
}

/* --- waiting --- */

#if defined SYS_futex_time64 && !defined SYS_futex
#define SYS_futex                                                                                            \
	SYS_futex_time64 /* 32-bit machines that never had the other: struct timespec is of 64 bits */
#endif

#ifdef PARSCALE_WITHOUT_FUTEX
static bool before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

int system_sleep_on(const _Atomic uint32_t *word, uint32_t unwanted, const struct timespec *limit)
{
	const struct timespec pause = {.tv_nsec = 50000};
	struct timespec now, end = {0};
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (limit) {
		end.tv_sec += limit->tv_sec + (end.tv_nsec + limit->tv_nsec) / 1000000000;
		end.tv_nsec = (end.tv_nsec + limit->tv_nsec) % 1000000000;
	}
	for (bool slept = false; atomic_load(word) == unwanted; slept = true) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (limit && slept && !before(&now, &end)) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (nanosleep(&pause, NULL) != 0)
			return -1;
	}
	return 0;
}

void system_wake(const _Atomic uint32_t *word)
{
	(void)word;
}
#else
int system_sleep_on(const _Atomic uint32_t *word, uint32_t unwanted, const struct timespec *limit)
{
#if defined SYS_futex_time64 && SYS_futex != SYS_futex_time64
	/* a 32-bit machine, whose older call, the only one before Linux 5.1, has a time of 32 bits */
	int32_t narrow[2] = {0};
	if (sizeof limit->tv_sec > sizeof *narrow) {
		const int status = (int)syscall(SYS_futex_time64, word, FUTEX_WAIT, unwanted, limit, NULL, 0);
		if (status == 0 || errno != ENOSYS)
			return status;
	}
	if (limit) {
		narrow[0] = limit->tv_sec < INT32_MAX ? (int32_t)limit->tv_sec : INT32_MAX;
		narrow[1] = (int32_t)limit->tv_nsec;
	}
	return (int)syscall(SYS_futex, word, FUTEX_WAIT, unwanted, limit ? narrow : NULL, NULL, 0);
#else
	return (int)syscall(SYS_futex, word, FUTEX_WAIT, unwanted, limit, NULL, 0);
#endif
}

void system_wake(const _Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
#endif

/* --- processes and descriptors --- */

int system_process_file(pid_t pid)
{
#ifndef PARSCALE_WITHOUT_PIDFD
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	errno = ENOSYS;
	return -1;
#endif
}

void system_signal(int process_file, pid_t pid, int signal)
{
#if !defined PARSCALE_WITHOUT_PIDFD && defined SYS_pidfd_send_signal
	if (process_file >= 0 && syscall(SYS_pidfd_send_signal, process_file, signal, NULL, 0) == 0)
		return;
#endif
	(void)process_file;
	kill(pid, signal);
}

bool system_has_process_files(void)
{
	const int fd = system_process_file(getpid());
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void system_close_range(int low, int high)
{
#ifndef PARSCALE_WITHOUT_CLOSE_RANGE
	if (low > high || syscall(SYS_close_range, (unsigned)low, (unsigned)high, 0) == 0)
		return;
#endif
	for (int fd = low; fd <= high; fd++)
		close(fd);
}

int system_random(void *bytes, size_t n)
{
#ifndef PARSCALE_WITHOUT_GETRANDOM
	if (syscall(SYS_getrandom, bytes, n, 0) == (long)n)
		return 0;
#endif
	const int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	const ssize_t got = read(fd, bytes, n);
	close(fd);
	if (got >= 0 && got < (ssize_t)n)
		errno = EIO;
	return got == (ssize_t)n ? 0 : -1;
}

#ifndef PARSCALE_WITHOUT_ON_EXIT
static void exit_at_once(int status, void *unused)
{
	(void)unused;
	_exit(status);
}

void system_exit_at_once(void)
{
	on_exit(exit_at_once, NULL);
}
#else
static void exit_at_once(void)
{
	_exit(SYSTEM_EXITED);
}

void system_exit_at_once(void)
{
	atexit(exit_at_once);
}
#endif

size_t system_program(char *path, size_t size)
{
	ssize_t n = -1;
#ifndef PARSCALE_WITHOUT_EXE
	n = readlink("/proc/self/exe", path, size - 1);
#endif
	path[n > 0 ? n : 0] = '\0';
#ifdef __linux__
	/* without /proc, as the system was told to start it */
	const char *told = n > 0 ? NULL : (const char *)getauxval(AT_EXECFN);
	if (told)
		snprintf(path, size, "%s", told);
#endif
	return strlen(path);
}

/* --- CPUs --- */

#ifdef PARSCALE_WITHOUT_AFFINITY
int system_bind(const int *ids, int n)
{
	(void)ids;
	(void)n;
	return 0;
}

int system_bind_thread(pthread_t thread, int id)
{
	(void)thread;
	(void)id;
	return 0;
}

bool system_binds(void)
{
	return false;
}

int system_affinity(int *ids, int most)
{
	(void)ids;
	(void)most;
	return 0;
}
#else
/* A set of `*bytes` to be freed by CPU_FREE; NULL without memory. */
static cpu_set_t *set_of(const int *ids, int n, size_t *bytes)
{
	size_t room = 1;
	for (int i = 0; i < n; i++)
		room = (size_t)ids[i] >= room ? (size_t)ids[i] + 1 : room;
	cpu_set_t *set = CPU_ALLOC(room);
	*bytes = CPU_ALLOC_SIZE(room);
	if (!set)
		return NULL;
	CPU_ZERO_S(*bytes, set);
	for (int i = 0; i < n; i++)
		CPU_SET_S((size_t)ids[i], *bytes, set);
	return set;
}

int system_bind(const int *ids, int n)
{
	size_t bytes;
	cpu_set_t *set = set_of(ids, n, &bytes);
	if (!set)
		return ENOMEM;
	const int status = sched_setaffinity(0, bytes, set) == 0 ? 0 : errno;
	CPU_FREE(set);
	return status;
}

int system_bind_thread(pthread_t thread, int id)
{
	size_t bytes;
	cpu_set_t *set = set_of(&id, 1, &bytes);
	if (!set)
		return ENOMEM;
	const int status = pthread_setaffinity_np(thread, bytes, set);
	CPU_FREE(set);
	return status;
}

bool system_binds(void)
{
	return true;
}

int system_affinity(int *ids, int most)
{
	const size_t bytes = CPU_ALLOC_SIZE((size_t)most);
	int n = 0;
	cpu_set_t *set = CPU_ALLOC((size_t)most);
	if (set && sched_getaffinity(0, bytes, set) == 0)
		for (int i = 0; i < most; i++)
			if (CPU_ISSET_S((size_t)i, bytes, set))
				ids[n++] = i;
	CPU_FREE(set);
	return n;
}
#endif

int system_cpu(void)
{
#ifndef PARSCALE_WITHOUT_CPU
	return sched_getcpu();
#else
	return -1;
#endif
}
