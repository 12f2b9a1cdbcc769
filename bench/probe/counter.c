/* SPDX-License-Identifier: MIT */
/*
 * counter.c - probe `counter`: n += 1 on a counter shared by two workers, under each kind of lock.
 *
 * The plain case has no lock and loses updates: both workers load the same value and store the same
 * sum. It is counted, not hidden; every other case must be exact. All locks are PROCESS_SHARED, for
 * threads too, since the C library has shorter paths for private ones. Each lock has cache lines of
 * its own, apart from the counter.
 */
#include "bench/probe/counter_openmp.h"
#include "bench/probe/tasks.h"
#include "bench/probe/wait.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* In shared memory; each lock on lines of its own, away from what it guards. */
struct shared {
	_Alignas(128) _Atomic uint64_t counter;
	_Alignas(128) pthread_mutex_t mutex, robust, inherit;
	_Alignas(128) pthread_spinlock_t spin;
	_Alignas(128) sem_t sem;
	_Alignas(128) _Atomic uint32_t flag; /* test and test-and-set */
	_Alignas(128) _Atomic uint64_t next; /* tickets */
	_Alignas(128) _Atomic uint64_t serving;
};

struct how {
	const char *name;
	void (*add)(struct shared *s, uint64_t n);
	bool exact;
};

/* Two instructions, or one that is not locked: what `n += 1` is where nobody thinks of others. */
static void unguarded(struct shared *s)
{
	atomic_store_explicit(&s->counter, atomic_load_explicit(&s->counter, memory_order_relaxed) + 1,
		memory_order_relaxed);
}

static void add_plain(struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		unguarded(s);
}

static void add_atomic(struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		atomic_fetch_add(&s->counter, 1);
}

static void add_cas(struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t seen = atomic_load_explicit(&s->counter, memory_order_relaxed);
		while (!atomic_compare_exchange_weak(&s->counter, &seen, seen + 1))
			;
	}
}

static void add_under(pthread_mutex_t *mutex, struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		pthread_mutex_lock(mutex);
		unguarded(s);
		pthread_mutex_unlock(mutex);
	}
}

static void add_mutex(struct shared *s, uint64_t n)
{
	add_under(&s->mutex, s, n);
}

static void add_robust(struct shared *s, uint64_t n)
{
	add_under(&s->robust, s, n);
}

static void add_inherit(struct shared *s, uint64_t n)
{
	add_under(&s->inherit, s, n);
}

static void add_spin(struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		pthread_spin_lock(&s->spin);
		unguarded(s);
		pthread_spin_unlock(&s->spin);
	}
}

static void add_semaphore(struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		while (sem_wait(&s->sem) != 0)
			;
		unguarded(s);
		sem_post(&s->sem);
	}
}

static void add_ttas(struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		for (unsigned looks = 1; atomic_exchange_explicit(&s->flag, 1, memory_order_acquire); looks++)
			while (atomic_load_explicit(&s->flag, memory_order_relaxed)) {
				wait_relax();
				if (looks++ % WAIT_LOOKS == 0)
					sched_yield(); /* its holder may want this CPU */
			}
		unguarded(s);
		atomic_store_explicit(&s->flag, 0, memory_order_release);
	}
}

static void add_ticket(struct shared *s, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t mine = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
		wait_spin(&s->serving, mine);
		unguarded(s);
		atomic_store_explicit(&s->serving, mine + 1, memory_order_release);
	}
}

static const struct how hows[] = {{"plain", add_plain, false}, {"atomic add", add_atomic, true},
	{"compare and swap", add_cas, true}, {"mutex", add_mutex, true}, {"mutex, robust", add_robust, true},
	{"mutex, priority inheriting", add_inherit, true}, {"spin lock", add_spin, true},
	{"test and test-and-set", add_ttas, true}, {"ticket lock", add_ticket, true},
	{"semaphore", add_semaphore, true}};

enum { HOWS = sizeof hows / sizeof *hows };

/* Not to be skipped by the single-threaded fast paths of the C library: all shared between processes, for
 * threads too. */
static int lay_mutex(pthread_mutex_t *mutex, bool robust, bool inherit)
{
	pthread_mutexattr_t a;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	if (robust)
		pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	if (inherit)
		pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	int error = pthread_mutex_init(mutex, &a);
	pthread_mutexattr_destroy(&a);
	return error;
}

static void lay(struct shared *s)
{
	memset(s, 0, sizeof *s);
	lay_mutex(&s->mutex, false, false);
	lay_mutex(&s->robust, true, false);
	lay_mutex(&s->inherit, false, true);
	pthread_spin_init(&s->spin, PTHREAD_PROCESS_SHARED);
	sem_init(&s->sem, 1, 1);
}

struct work {
	struct shared *shared;
	const struct how *how;
	uint64_t n;
};

static void count(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	(void)t;
	w->how->add(w->shared, w->n);
}

/* In parts of a hundred: the first to end against the last, both from the first to begin. */
static double fairness(const struct task *done, double span)
{
	uint64_t begin = done[0].begin_ns < done[1].begin_ns ? done[0].begin_ns : done[1].begin_ns;
	uint64_t end = done[0].end_ns < done[1].end_ns ? done[0].end_ns : done[1].end_ns;
	return end > begin ? 100 * (double)(end - begin) / span : 0;
}

static enum probe_status judge(uint64_t found, uint64_t wanted, bool exact, struct probe_sample *s)
{
	if (found > wanted || (exact && found != wanted))
		return probe_say(s, PROBE_WRONG, "counted %llu, not %llu", (unsigned long long)found,
			(unsigned long long)wanted);
	s->value[2] = 100 * (double)(wanted - found) / (double)wanted;
	return PROBE_OK;
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct work w = {.shared = r->state, .how = c->how, .n = batch};
	const unsigned workers = (unsigned)c->size;
	struct task done[2];
	if (workers == 2 && !r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	lay(w.shared);
	const struct tasks all = {.processes = c->worker == task_workers[1],
		.count = workers,
		.run = count,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[1]}};
	enum probe_status status = tasks_run(&all, done, s);
	if (status != PROBE_OK)
		return status;
	double span = tasks_span_ns(done, workers);
	s->value[0] = span / (double)(batch * workers);
	if (workers == 2)
		s->value[1] = fairness(done, span);
	return judge(atomic_load(&w.shared->counter), batch * workers, w.how->exact || workers == 1, s);
}

static enum probe_status sample_openmp(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	uint64_t found;
	if (counter_openmp_missing)
		return probe_say(s, PROBE_ABSENT, "%s", counter_openmp_missing);
	if (!r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	s->value[0] =
		counter_openmp((enum counter_openmp)c->size, batch, r->cpus, &found) / (double)(2 * batch);
	return judge(found, 2 * batch, true, s);
}

static int cases(struct probe_run *r, struct err *e)
{
	static const char *const openmp[] = {"OpenMP atomic", "OpenMP critical", "OpenMP reduction"};
	(void)e;
	for (uint64_t workers = 1; workers <= 2; workers++)
		for (size_t i = 0; i < HOWS; i++) {
			int base = (int)r->count;
			for (int w = 0; w < 2; w++) {
				struct probe_case c = {.mechanism = hows[i].name,
					.worker = task_workers[w],
					.base = base,
					.sample = sample,
					.how = &hows[i],
					.size = workers,
					.most = 10000000,
					.full = workers == 1 && w == 1,
					.expected_low = w ? 0.7 : 0,
					.expected_high = w ? 1.4 : 0};
				snprintf(c.setting, sizeof c.setting, workers == 1 ? "alone" : "2 workers");
				probe_add(r, &c);
			}
		}
	for (uint64_t i = 0; i < 3; i++) {
		struct probe_case c = {.mechanism = openmp[i],
			.worker = task_workers[0],
			.setting = "2 workers",
			.base = -1,
			.sample = sample_openmp,
			.size = i,
			.most = 10000000};
		probe_add(r, &c);
	}
	return 0;
}

static int open_counter(struct probe_run *r, struct err *e)
{
	r->state = probe_shared(sizeof(struct shared));
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_counter(struct probe_run *r)
{
	counter_openmp_end();
	if (r->state)
		munmap(r->state, sizeof(struct shared));
	r->state = NULL;
}

const struct probe probe_counter = {
	.name = "counter",
	.summary = "n += 1 on a counter shared by two, under every lock and under none",
	.timed = "Span from the first worker's first addition to the last worker's last, divided by all "
		 "additions. Each worker makes the same number of additions, on its own CPU. Counter and "
		 "locks are in shared memory and PROCESS_SHARED for threads as well, because private "
		 "ones have fast paths for programs without threads. Under a lock the sum must be exact; "
		 "the plain counter loses updates and reports how many.",
	.expect = "Processes and threads are alike: 0.7 to 1.15. The primitive decides. Alone, a plain "
		  "addition takes about 1 ns, an atomic one about 5 to 20 (a locked instruction). "
		  "Together, the cache line travels between the CPUs, and sleeping and waking costs "
		  "microseconds: the priority inheriting mutex calls the kernel each time. A ticket lock "
		  "is fair by construction, others by chance. 1 is the same primitive between threads.",
	.metrics = {{"addition", "ns", "span over all additions"},
		{"fairness", "%", "the first worker's time to its end, of the last one's"},
		{"lost", "%", "additions that are not in the sum"}},
	.cases = cases,
	.open = open_counter,
	.close = close_counter,
};
