/* SPDX-License-Identifier: MIT */
/*
 * backend_job.c - a job that records in shared memory what happens to it: which worker entered,
 * which chunks it got, in which order; and a check for threads, processes and descriptors left
 * behind.
 */
#include "tests/bench/backend/backend_job.h"

#include <assert.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

unsigned global;

/* A function of this program that the opener has written down, whose program lies elsewhere. */
static uintptr_t here(const struct record *r, uintptr_t there)
{
	return there - r->anchor + (uintptr_t)job_of;
}

static void act(struct record *r, void (*what)(struct record *r))
{
	((void (*)(struct record *))here(r, (uintptr_t)what))(r);
}

static int job_enter(void *ctx, unsigned worker, void *p)
{
	struct record *r = ctx;
	struct slot *s = p;
	s->pid = getpid();
	s->tid = gettid();
	s->worker = worker;
	s->entered++;
	if (worker == r->victim && r->enter &&
		((int (*)(struct record *))here(r, (uintptr_t)r->enter))(r) != 0)
		return -1;
	atomic_fetch_add(&r->entered, 1);
	return 0;
}

static void job_begin(void *ctx, unsigned worker, void *p)
{
	struct record *r = ctx;
	struct slot *s = p;
	s->begun++;
	if (worker == 0)
		global++;
	if (atomic_load(&r->entered) % r->workers != 0)
		atomic_fetch_add(&r->early, 1);
}

static void job_chunk(void *ctx, unsigned worker, void *p, uint64_t index)
{
	struct record *r = ctx;
	struct slot *s = p;
	if ((worker == r->victim || r->victim == EVERYONE) && r->chunk)
		act(r, r->chunk);
	s->chunks++;
	atomic_fetch_add(&r->taken[index], 1);
	atomic_store(&r->owner[index], worker);
}

enum { HEAVY_BYTES = 300000, ECHO_BYTES = 1000 };

/* Each chunk's begins at its index. Filled when it is first asked for: no worker inherits it. */
static unsigned char traffic[MAX_CHUNKS + HEAVY_BYTES];

size_t traffic_of(const struct record *r, uint64_t index)
{
	return r->heavy && index % 5 == 0 ? HEAVY_BYTES : (size_t)(index % 700);
}

/* Where it is and, as one who makes what it sends, in the room it was given. */
static size_t job_pack(void *ctx, uint64_t index, unsigned char *room, const void **bytes)
{
	uint32_t x = 1;
	for (size_t i = 0; !traffic[0] && i < sizeof traffic; i++)
		traffic[sizeof traffic - 1 - i] = (unsigned char)((x = x * 1664525 + 1013904223) >> 24 | 1);
	*bytes = index % 2 ? traffic + index : memcpy(room, traffic + index, traffic_of(ctx, index));
	return traffic_of(ctx, index);
}

/* Sends back what came. */
static void job_work(void *ctx, unsigned worker, void *slot, uint64_t index, unsigned char *bytes, size_t n,
	struct far_end *to)
{
	job_chunk(ctx, worker, slot, index);
	for (size_t at = 0; at < n; at += ECHO_BYTES)
		wire_send(to, bytes + at, n - at < ECHO_BYTES ? n - at : ECHO_BYTES);
}

static int job_unpack(void *ctx, uint64_t index, const void *records, size_t n, struct err *e)
{
	struct record *r = ctx;
	(void)e;
	if (n == 0)
		return 0;
	if (memcmp(traffic + index + r->returned[index] % traffic_of(r, index), records, n) != 0)
		r->garbled++;
	r->returned[index] += n;
	return 0;
}

static const struct wire job_wire = {.most_bytes = HEAVY_BYTES,
	.room_bytes = HEAVY_BYTES,
	.pack = job_pack,
	.work = job_work,
	.unpack = job_unpack};

static void job_end(void *ctx, unsigned worker, void *p)
{
	struct record *r = ctx;
	struct slot *s = p;
	(void)worker;
	s->ended++;
	atomic_fetch_add(&r->ended, 1);
}

static void job_leave(void *ctx, unsigned worker, void *p)
{
	struct record *r = ctx;
	struct slot *s = p;
	(void)worker;
	s->left++;
	atomic_fetch_add(&r->left, 1);
}

static void job_before_create(void *ctx, unsigned worker)
{
	struct record *r = ctx;
	atomic_fetch_add(&r->created, 1);
	if (worker == r->victim && r->create)
		r->create(r);
}

static void job_after_create(void *ctx)
{
	struct record *r = ctx;
	atomic_fetch_add(&r->made, 1);
}

static void job_all_done(void *ctx)
{
	struct record *r = ctx;
	unsigned done = atomic_fetch_add(&r->done, 1) + 1;
	if (atomic_load(&r->ended) != done * r->workers)
		atomic_fetch_add(&r->done_early, 1);
}

static int bare_enter(void *ctx, unsigned worker, void *slot)
{
	const struct record *r = ctx;
	unsigned char *bytes = slot;
	for (size_t i = 0; i < r->slot_bytes; i++)
		if (bytes[i] != 0)
			return -1;
	memset(bytes, (int)worker + 1, r->slot_bytes);
	return 0;
}

static void nothing(void *ctx, unsigned worker, void *slot)
{
	(void)ctx;
	(void)worker;
	(void)slot;
}

static void no_chunk(void *ctx, unsigned worker, void *slot, uint64_t index)
{
	(void)index;
	nothing(ctx, worker, slot);
}

static struct record *record_map(int fd)
{
	struct record *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(r != MAP_FAILED);
	return r;
}

struct record *record_new(unsigned workers)
{
	int fd = memfd_create("record", 0);
	assert_true(fd >= 0 && ftruncate(fd, sizeof(struct record)) == 0);
	struct record *r = record_map(fd);
	r->workers = workers;
	r->fd = fd;
	return r;
}

void record_free(struct record *r)
{
	close(r->fd);
	munmap(r, sizeof *r);
}

static const struct err *why(const void *slot)
{
	static const struct err told = {.text = "it was told not to"};
	(void)slot;
	return &told;
}

static struct job job_here(struct record *r)
{
	if (r->bare)
		return (struct job){.slot_bytes = r->slot_bytes,
			.ctx = r,
			.program = r->program,
			.wire = &job_wire,
			.enter = bare_enter,
			.begin = nothing,
			.chunk = no_chunk,
			.end = nothing,
			.leave = nothing};
	return (struct job){.chunks = r->chunks,
		.program = r->program,
		.wire = &job_wire,
		.slot_bytes = sizeof(struct slot),
		.ctx = r,
		.enter = job_enter,
		.why = why,
		.begin = job_begin,
		.chunk = job_chunk,
		.end = job_end,
		.leave = job_leave,
		.before_create = job_before_create,
		.after_create = job_after_create,
		.all_done = job_all_done};
}

struct job job_of(struct record *r, uint64_t chunks)
{
	r->chunks = chunks;
	r->anchor = (uintptr_t)job_of;
	snprintf(r->descriptor, sizeof r->descriptor, "%d", r->fd);
	r->program[0] = "/proc/self/exe";
	r->program[1] = "worker";
	r->program[2] = r->descriptor;
	return job_here(r);
}

void worker_if_asked(int argc, char **argv)
{
	struct err e = {0};
	if (argc != 5 || strcmp(argv[1], "worker") != 0)
		return;
	struct record *r = record_map(atoi(argv[2]));
	struct job job = job_here(r);
	if (backend_attach(atoi(argv[4]), (unsigned)atoi(argv[3]), &job, &e) != 0)
		fprintf(stderr, "%s\n", e.text);
	record_free(r);
	exit((int)e.status);
}

bool is_process(const struct backend *b)
{
	return strcmp(b->worker, "process") == 0;
}

/* OpenMP runtimes are not instrumented: their synchronisation looks like races. */
static bool testable(const struct backend *b)
{
	return !b->missing && !b->host && !(UNDER_TSAN && strcmp(b->name, "openmp") == 0);
}

unsigned cpus(void)
{
	return (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
}

struct team_plan plan_of(unsigned workers, enum lifetime lifetime, enum schedule schedule)
{
	return (struct team_plan){
		workers, lifetime, schedule, .spin = workers > cpus() ? 0 : 1000, .timeout_seconds = 60};
}

double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static unsigned entries(const char *folder)
{
	unsigned n = 0;
	DIR *d = opendir(folder);
	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

struct traces look_around(void)
{
	return (struct traces){entries("/proc/self/task"), entries("/proc/self/fd")};
}

/* A joined thread is still listed for a moment. */
void assert_nothing_left(struct traces before)
{
	struct traces after = look_around();
	for (double end = seconds_now() + 60; after.threads > before.threads && seconds_now() < end;
		after = look_around())
		usleep(1000);
	assert_int_equal(after.threads, before.threads);
	assert_int_equal(after.files, before.files);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

void add_tests(struct tests *t, const struct CMUnitTest *more, size_t n, const struct backend *b)
{
	for (size_t i = 0; i < n; i++, t->n++) {
		assert(t->n < sizeof t->list / sizeof t->list[0]);
		snprintf(t->names[t->n], sizeof t->names[0], "%s%s%s", b ? b->name : "", b ? ": " : "",
			more[i].name);
		t->list[t->n] = more[i];
		t->list[t->n].name = t->names[t->n];
		memcpy(&t->list[t->n].initial_state, &b, sizeof b);
	}
}

/* Each test with each back end as its state. OpenMP comes last: children forked by a program that has libomp
 * running leave their registration in /dev/shm. */
void add_for_each_backend(struct tests *t, const struct CMUnitTest *more, size_t n)
{
	for (int last = 0; last < 2; last++)
		for (const struct backend *const *b = backends; *b; b++)
			if (testable(*b) && last == (strcmp((*b)->name, "openmp") == 0))
				add_tests(t, more, n, *b);
}

static void *do_nothing(void *unused)
{
	return unused;
}

/* libomp 14 loses some memory each time it gives up its threads. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libomp";
}

int run_list(struct tests *t, const char *name)
{
	/* A sanitizer may add a thread of its own with the first one; it is not to be taken for one left
	 * behind. */
	pthread_t thread;
	if (pthread_create(&thread, NULL, do_nothing, NULL) == 0)
		pthread_join(thread, NULL);
	return _cmocka_run_group_tests(name, t->list, t->n, NULL, NULL);
}
