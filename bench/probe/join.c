/* SPDX-License-Identifier: MIT */
/*
 * join.c - probe `join`: how late a waiter learns that a worker has ended, and the CPU time it
 * spends waiting: join and waitpid, pidfd, futex, and polling a flag in three ways. The worker
 * sleeps, so all CPU time is the waiter's.
 */
#include "base/system.h"
#include "bench/probe/probe.h"
#include "bench/probe/wait.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

enum { WORK_NS = 2000000, LONGEST_NS = 2000000000 };

/* In shared memory. */
struct notice {
	_Alignas(128) _Atomic uint32_t over; /* the worker's last store but for its stamp */
	_Alignas(128) uint64_t stamp;
};

struct way {
	const char *name;
	int process;
	bool (*wait)(struct notice *n); /* NULL: for the worker's end itself */
	bool pidfd, two_cpus;
};

static bool wait_busy(struct notice *n)
{
	const uint64_t start = clock_ns();
	for (unsigned looks = 1; !atomic_load_explicit(&n->over, memory_order_acquire); looks++)
		if (looks % 65536 == 0 && clock_ns() - start > LONGEST_NS)
			return false;
	return true;
}

static bool wait_offering(struct notice *n)
{
	const uint64_t start = clock_ns();
	for (unsigned looks = 1; !atomic_load_explicit(&n->over, memory_order_acquire); looks++) {
		sched_yield();
		if (looks % 4096 == 0 && clock_ns() - start > LONGEST_NS)
			return false;
	}
	return true;
}

static bool wait_sleeping(struct notice *n)
{
	for (int i = 0; !atomic_load_explicit(&n->over, memory_order_acquire); i++) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		if (i > LONGEST_NS / 1000000)
			return false;
	}
	return true;
}

static bool wait_in_futex(struct notice *n)
{
	wait_futex(&n->over, 1);
	return true;
}

static const struct way ways[] = {{"join", 0, NULL, false, false}, {"join", 1, NULL, false, false},
	{"pidfd and poll", 1, NULL, true, false}, {"futex", 0, wait_in_futex, false, false},
	{"futex", 1, wait_in_futex, false, false}, {"flag, busy", 0, wait_busy, false, true},
	{"flag, busy", 1, wait_busy, false, true}, {"flag, sched_yield", 0, wait_offering, false, false},
	{"flag, sched_yield", 1, wait_offering, false, false},
	{"flag, every ms", 0, wait_sleeping, false, false},
	{"flag, every ms", 1, wait_sleeping, false, false}};

/* The worker works without computing, so that all CPU time spent is the waiter's. */
static void wait_and_notify(struct notice *n)
{
	nanosleep(&(struct timespec){.tv_nsec = WORK_NS}, NULL);
	n->stamp = clock_ns();
	atomic_store_explicit(&n->over, 1, memory_order_release);
	wait_wake(&n->over);
}

struct worker {
	struct notice *notice;
	int cpu;
	pthread_t thread;
	pid_t pid;
};

static void *thread(void *worker)
{
	const struct worker *w = worker;
	struct err ignored = {0};
	place_bind(w->cpu, &ignored);
	wait_and_notify(w->notice);
	return NULL;
}

static int create(struct worker *w, bool process)
{
	if (!process)
		return pthread_create(&w->thread, NULL, thread, w);
	w->pid = fork();
	if (w->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		thread(w);
		_exit(0);
	}
	return w->pid < 0 ? errno : 0;
}

static bool reap(struct worker *w, const struct way *way)
{
	if (!way->process)
		return pthread_join(w->thread, NULL) == 0;
	if (way->pidfd) {
		struct pollfd ended = {.fd = system_process_file(w->pid), .events = POLLIN};
		if (ended.fd < 0)
			return waitpid(w->pid, NULL, 0) < 0;
		poll(&ended, 1, -1);
		close(ended.fd);
	}
	int status = -1;
	return waitpid(w->pid, &status, 0) == w->pid && status == 0;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct notice *n = r->state;
	const struct way *way = c->how;
	struct worker w = {.notice = n, .cpu = r->cpus[1]};
	(void)batch;
	if (way->two_cpus && !r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	if (way->pidfd && !system_has_process_files())
		return probe_say(s, PROBE_ABSENT, "the system has no pidfd");
	*n = (struct notice){0};
	int error = create(&w, way->process);
	if (error)
		return probe_say(
			s, probe_status_of(err_cause_of(error)), "cannot make a worker: %s", strerror(error));
	uint64_t used = cpu_ns(), start = clock_ns();
	bool good = way->wait ? way->wait(n) : true, ended = false;
	if (!way->wait)
		ended = reap(&w, way);
	uint64_t end = clock_ns();
	used = cpu_ns() - used;
	if (way->wait)
		ended = reap(&w, way);
	if (!good || !ended || !atomic_load(&n->over))
		return probe_say(
			s, PROBE_FAILED, good ? "the worker did not end well" : "the flag did not come");
	if (n->stamp > end)
		return probe_say(s, PROBE_WRONG, "the waiter went on before the worker was done");
	s->value[0] = (double)(end - n->stamp);
	s->value[1] = 100 * (double)used / (double)(end - start);
	return PROBE_OK;
}

static int cases(struct probe_run *r, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct way *way = &ways[i];
		struct probe_case c = {.mechanism = way->name,
			.worker = way->process ? "process" : "thread",
			.base = 0,
			.most = 1,
			.sample = sample,
			.how = way};
		probe_add(r, &c);
	}
	static const double expected[][2] = {{0, 0}, {1, 12}, {1, 14}, {0.2, 1.5}, {0.2, 1.5}, {0, 0.3},
		{0, 0.3}, {0, 0.5}, {0, 0.5}, {2, 80}, {2, 80}};
	for (size_t i = 0; i < r->count; i++) {
		r->cases[i].expected_low = expected[i][0];
		r->cases[i].expected_high = expected[i][1];
	}
	return 0;
}

static int open_join(struct probe_run *r, struct err *e)
{
	r->state = probe_shared(sizeof(struct notice));
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_join(struct probe_run *r)
{
	if (r->state)
		munmap(r->state, sizeof(struct notice));
	r->state = NULL;
}

const struct probe probe_join = {
	.name = "join",
	.summary = "waiting for a worker to finish: latency and CPU cost",
	.timed = "From the worker's stamp when it is done, 2 ms after it began, until the waiter "
		 "continues. join is pthread_join or waitpid, which wait for the end of the worker "
		 "itself; the others wait for a word that it sets in shared memory. The worker sleeps on "
		 "another CPU, so the CPU time is the waiter's.",
	.expect = "A busy loop reacts at once and burns a CPU. Yielding burns it too, but lets others "
		  "run. A futex costs a wake-up and no CPU. join adds the end of a thread, or of a "
		  "process, whose memory is freed first. Polling every ms is half a ms late. 1 is joining "
		  "a thread.",
	.metrics = {{"latency", "ns", "worker done to waiter going on"},
		{"cpu", "%", "the waiter's CPU time while it waited"}},
	.cases = cases,
	.open = open_join,
	.close = close_join,
};
