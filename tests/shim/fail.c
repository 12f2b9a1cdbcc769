/* SPDX-License-Identifier: MIT */
/*
 * fail.c - a library to be preloaded (LD_PRELOAD), in which one call of a kind fails: the FAIL_AT-th of all processes
 * together, counted in the file FAIL_COUNT.
 *
 * FAIL_KIND   fork, thread, mmap, pipe, open, write, read, sync, rename, truncate, close, malloc, poll, wait, or a clock
 *             (realtime, boottime), whose reading and all later ones are a day earlier and an hour later
 * FAIL_ERRNO  a number; 0: write and read move half of the bytes only
 * FAIL_AT     from 1; 0: none, they are counted
 *
 * In programs whose names begin with "parscale" alone. By an exhaustive walk over FAIL_AT each error path runs once.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t *counter; /* NULL: nothing fails */
static uint64_t at;
static int error;
static const char *chosen = "";

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static bool is_ours(void)
{
	char path[4096];
	const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	path[n > 0 ? n : 0] = '\0';
	const char *slash = strrchr(path, '/');
	return slash && strncmp(slash + 1, "parscale", strlen("parscale")) == 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *kind = getenv("FAIL_KIND"), *file = getenv("FAIL_COUNT"), *when = getenv("FAIL_AT"),
		   *number = getenv("FAIL_ERRNO");
	int (*open_file)(const char *, int, ...);
	void *(*map)(void *, size_t, int, int, int, off_t);
	*(void **)&open_file = next("open");
	*(void **)&map = next("mmap");
	if (!kind || !file || !is_ours())
		return;
	const int fd = open_file(file, O_RDWR | O_CLOEXEC);
	void *p = fd < 0 ? MAP_FAILED : map(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (p == MAP_FAILED)
		return;
	chosen = kind;
	at = when ? strtoull(when, NULL, 10) : 0;
	error = number ? atoi(number) : 0;
	counter = p;
}

/* A call of this kind: how many there were with it, 0 where it is not the kind. */
static uint64_t count(const char *kind)
{
	return counter && strcmp(kind, chosen) == 0 ? atomic_fetch_add(counter, 1) + 1 : 0;
}

/* Whether this call fails; errno is set then. */
static bool fails(const char *kind)
{
	const uint64_t n = count(kind);
	if (n == 0 || n != at || error == 0)
		return false;
	errno = error;
	return true;
}

/* How many of n bytes this call moves. */
static size_t some(const char *kind, size_t n, bool *failed)
{
	const uint64_t k = count(kind);
	*failed = k > 0 && k == at && error != 0;
	if (*failed)
		errno = error;
	return k > 0 && k == at && error == 0 ? (n + 1) / 2 : n;
}

/* WRAP(kind, type, what fails, name, parameters, arguments) */
#define WRAP(kind, type, failure, name, parameters, arguments)                                               \
	type name parameters                                                                                 \
	{                                                                                                    \
		static type(*real) parameters;                                                               \
		if (!real)                                                                                   \
			*(void **)&real = next(#name);                                                       \
		return fails(kind) ? (failure) : real arguments;                                             \
	}

WRAP("fork", pid_t, -1, fork, (void), ())
WRAP("fork", int, errno, posix_spawn,
	(pid_t * p, const char *f, const posix_spawn_file_actions_t *a, const posix_spawnattr_t *t,
		char *const *v, char *const *e),
	(p, f, a, t, v, e))
WRAP("thread", int, errno, pthread_create,
	(pthread_t * p, const pthread_attr_t *a, void *(*f)(void *), void *c), (p, a, f, c))
WRAP("mmap", void *, MAP_FAILED, mmap, (void *p, size_t n, int r, int f, int fd, off_t o),
	(p, n, r, f, fd, o))
WRAP("pipe", int, -1, pipe2, (int p[2], int f), (p, f))
WRAP("pipe", int, -1, pipe, (int p[2]), (p))
WRAP("open", FILE *, NULL, fopen, (const char *s, const char *m), (s, m))
WRAP("open", FILE *, NULL, fdopen, (int fd, const char *m), (fd, m))
WRAP("open", int, -1, mkdir, (const char *s, mode_t m), (s, m))
WRAP("sync", int, -1, fsync, (int fd), (fd))
WRAP("rename", int, -1, rename, (const char *a, const char *b), (a, b))
WRAP("truncate", int, -1, ftruncate, (int fd, off_t n), (fd, n))
WRAP("poll", int, -1, poll, (struct pollfd * p, nfds_t n, int t), (p, n, t))
WRAP("wait", pid_t, -1, waitpid, (pid_t p, int *s, int o), (p, s, o))
WRAP("wait", pid_t, -1, wait4, (pid_t p, int *s, int o, struct rusage *u), (p, s, o, u))

/* Of memfd_create alone, which is called so (base/system.c); what is more in the registers is passed on as it is. */
long syscall(long number, ...)
{
	static long (*real)(long, ...);
	long a[6];
	va_list more;
	if (!real)
		*(void **)&real = next("syscall");
	va_start(more, number);
	for (size_t i = 0; i < sizeof a / sizeof *a; i++)
		a[i] = va_arg(more, long);
	va_end(more);
	if (number == SYS_memfd_create && fails("open"))
		return -1;
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* What stdio could not write is known at the end at the latest. */
int fclose(FILE *f)
{
	static int (*real)(FILE *);
	if (!real)
		*(void **)&real = next("fclose");
	const bool failed = fails("close");
	const int status = real(f);
	if (failed)
		errno = error;
	return failed ? EOF : status;
}

/* With a mode behind the flags, if any. */
#define WRAP_OPEN(name, before, names)                                                                       \
	int name(before const char *path, int flags, ...)                                                    \
	{                                                                                                    \
		static int (*real)(before const char *, int, ...);                                           \
		va_list more;                                                                                \
		if (!real)                                                                                   \
			*(void **)&real = next(#name);                                                       \
		va_start(more, flags);                                                                       \
		const bool makes = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;                      \
		const mode_t mode = makes ? va_arg(more, mode_t) : 0;                                        \
		va_end(more);                                                                                \
		return fails("open") ? -1 : real(names path, flags, mode);                                   \
	}
#define COMMA ,
WRAP_OPEN(open, , )
WRAP_OPEN(openat, int folder COMMA, folder COMMA)

/* Of n bytes, or of the first of several pieces. */
#define WRAP_BYTES(kind, name, type)                                                                         \
	ssize_t name(int fd, type bytes, size_t n)                                                           \
	{                                                                                                    \
		static ssize_t (*real)(int, type, size_t);                                                   \
		bool failed;                                                                                 \
		if (!real)                                                                                   \
			*(void **)&real = next(#name);                                                       \
		n = some(kind, n, &failed);                                                                  \
		return failed ? -1 : real(fd, bytes, n);                                                     \
	}
WRAP_BYTES("write", write, const void *)
WRAP_BYTES("read", read, void *)

ssize_t writev(int fd, const struct iovec *parts, int n)
{
	static ssize_t (*real)(int, const struct iovec *, int);
	bool failed;
	if (!real)
		*(void **)&real = next("writev");
	const size_t most = some("write", (size_t)n, &failed);
	return failed ? -1 : real(fd, parts, (int)most);
}

ssize_t pread(int fd, void *to, size_t n, off_t from)
{
	static ssize_t (*real)(int, void *, size_t, off_t);
	bool failed;
	if (!real)
		*(void **)&real = next("pread");
	n = some("read", n, &failed);
	return failed ? -1 : real(fd, to, n, from);
}

/* hwloc (2.8) crashes where it gets no memory for what it loads, and the dynamic linker ends the program where it gets none
 * for hwloc's plug-ins, which nobody outside can mend: their own allocations are not counted. */
static bool in_hwloc;

#define WRAP_HWLOC(name, type)                                                                               \
	int name(type topology)                                                                              \
	{                                                                                                    \
		static int (*real)(type);                                                                    \
		if (!real)                                                                                   \
			*(void **)&real = next(#name);                                                       \
		in_hwloc = true;                                                                             \
		const int status = real(topology);                                                           \
		in_hwloc = false;                                                                            \
		return status;                                                                               \
	}
struct hwloc_topology;
int hwloc_topology_init(struct hwloc_topology **topology);
int hwloc_topology_load(struct hwloc_topology *topology);
WRAP_HWLOC(hwloc_topology_init, struct hwloc_topology **)
WRAP_HWLOC(hwloc_topology_load, struct hwloc_topology *)

static bool no_memory(void)
{
	return !in_hwloc && fails("malloc");
}

/* dlsym allocates: the C library's own names for these. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t each);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

void *malloc(size_t n)
{
	return no_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t each)
{
	return no_memory() ? NULL : __libc_calloc(n, each);
}

void *realloc(void *p, size_t n)
{
	return no_memory() ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return no_memory() ? NULL : __libc_memalign(alignment, n);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		*(void **)&real = next("clock_gettime");
	const int status = real(clock, now);
	if (clock == CLOCK_REALTIME && at > 0 && count("realtime") >= at)
		now->tv_sec -= 24 * 3600;
	if (clock == CLOCK_BOOTTIME && at > 0 && count("boottime") >= at)
		now->tv_sec += 3600;
	return status;
}
