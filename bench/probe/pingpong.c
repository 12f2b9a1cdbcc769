/* SPDX-License-Identifier: MIT */
/*
 * pingpong.c - probe `pingpong`: a number goes from one worker to another and back, by each means
 * of waking a worker: pipes, sockets, eventfd, futex, semaphore, condition variable, signal,
 * polling.
 *
 * Every means has the same send and receive functions and carries the number itself, so that a
 * wrong or lost wake-up shows. The round trip is the mean over a batch; the 95th percentile comes
 * from single round trips, which include the cost of the stamps.
 */
#include "bench/probe/shared_lock.h"
#include "bench/probe/stream.h"
#include "bench/probe/wait.h"
#include "bench/stats/stats.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { WARM_UP = 20, STAMPED = 200 };

/* What a side writes for the other to read; in shared memory. */
struct side {
	_Alignas(128) _Atomic uint64_t word;
	_Atomic uint32_t bell; /* futex: the number's low half */
	_Atomic uint64_t tid;
	sem_t sem;
	uint64_t box; /* semaphore, condition variable, signal: the number itself */
	bool full;    /* condition variable */
	pthread_cond_t filled;
};

struct table {
	struct side side[2];
	_Alignas(128) pthread_mutex_t mutex;
};

struct game {
	struct table *table;
	const struct means *means;
	int to[2], from[2]; /* descriptors of each side */
	uint64_t trips;
};

/* A way to hand a number over. `open` and `close` may be NULL. */
struct means {
	const char *name;
	enum probe_status (*open)(struct game *g, struct probe_sample *s);
	bool (*send)(struct game *g, unsigned side, uint64_t number, struct task *t);
	bool (*receive)(struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t);
	bool only_two_cpus, only_one_cpu;
	bool full; /* not for a quick look */
};

static enum probe_status open_pipes(struct game *g, struct probe_sample *s)
{
	int there[2], back[2];
	enum probe_status status = stream_open(STREAM_PIPE, there, s);
	if (status != PROBE_OK)
		return status;
	status = stream_open(STREAM_PIPE, back, s);
	if (status != PROBE_OK) {
		stream_close(there);
		return status;
	}
	g->to[0] = there[1], g->from[1] = there[0];
	g->to[1] = back[1], g->from[0] = back[0];
	return PROBE_OK;
}

static enum probe_status open_sockets(struct game *g, struct probe_sample *s)
{
	return stream_open(STREAM_SOCKETS, g->to, s); /* each reads and writes its own */
}

static enum probe_status open_eventfds(struct game *g, struct probe_sample *s)
{
	g->to[0] = g->from[1] = eventfd(0, EFD_CLOEXEC);
	g->to[1] = g->from[0] = eventfd(0, EFD_CLOEXEC);
	if (g->to[0] >= 0 && g->to[1] >= 0)
		return PROBE_OK;
	return probe_say(s, probe_status_of(err_cause_of(errno)), "eventfd: %s", strerror(errno));
}

static bool send_stream(struct game *g, unsigned side, uint64_t number, struct task *t)
{
	return stream_write(t, g->to[side], &number, sizeof number);
}

static bool receive_stream(struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t)
{
	(void)wanted;
	return stream_read(t, g->from[side] >= 0 ? g->from[side] : g->to[side], number, sizeof *number);
}

static bool send_futex(struct game *g, unsigned side, uint64_t number, struct task *t)
{
	struct side *s = &g->table->side[side];
	(void)t;
	s->box = number;
	atomic_store_explicit(&s->bell, (uint32_t)number, memory_order_release);
	wait_wake(&s->bell);
	return true;
}

static bool receive_futex(struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t)
{
	struct side *s = &g->table->side[1 - side];
	(void)t;
	wait_futex(&s->bell, (uint32_t)wanted);
	*number = s->box;
	return true;
}

static bool send_semaphore(struct game *g, unsigned side, uint64_t number, struct task *t)
{
	struct side *s = &g->table->side[side];
	(void)t;
	s->box = number;
	sem_post(&s->sem);
	return true;
}

static bool receive_semaphore(
	struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t)
{
	struct side *s = &g->table->side[1 - side];
	(void)wanted;
	(void)t;
	while (sem_wait(&s->sem) != 0)
		;
	*number = s->box;
	return true;
}

static bool send_condition(struct game *g, unsigned side, uint64_t number, struct task *t)
{
	struct side *s = &g->table->side[side];
	(void)t;
	pthread_mutex_lock(&g->table->mutex);
	s->box = number;
	s->full = true;
	pthread_cond_signal(&s->filled);
	pthread_mutex_unlock(&g->table->mutex);
	return true;
}

static bool receive_condition(
	struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t)
{
	struct side *s = &g->table->side[1 - side];
	(void)wanted;
	(void)t;
	pthread_mutex_lock(&g->table->mutex);
	while (!s->full)
		pthread_cond_wait(&s->filled, &g->table->mutex);
	*number = s->box;
	s->full = false;
	pthread_mutex_unlock(&g->table->mutex);
	return true;
}

/* The signal is blocked in every worker, so that it waits to be fetched. */
static int signal_used(void)
{
	return SIGRTMIN + 1;
}

static bool send_signal(struct game *g, unsigned side, uint64_t number, struct task *t)
{
	struct side *own = &g->table->side[side], *other = &g->table->side[1 - side];
	uint64_t address = atomic_load(&other->tid); /* process << 32 | thread */
	own->box = number;
	if (syscall(SYS_tgkill, (pid_t)(address >> 32), (pid_t)(address & UINT32_MAX), signal_used()) == 0)
		return true;
	task_say(t, probe_status_of(err_cause_of(errno)), "tgkill: %s", strerror(errno));
	return false;
}

static bool receive_signal(struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t)
{
	sigset_t set;
	(void)wanted;
	(void)t;
	sigemptyset(&set);
	sigaddset(&set, signal_used());
	while (sigwaitinfo(&set, NULL) < 0)
		;
	*number = g->table->side[1 - side].box;
	return true;
}

static bool send_word(struct game *g, unsigned side, uint64_t number, struct task *t)
{
	(void)t;
	atomic_store_explicit(&g->table->side[side].word, number, memory_order_release);
	return true;
}

static bool receive_spin(struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t)
{
	(void)t;
	wait_spin(&g->table->side[1 - side].word, wanted);
	*number = atomic_load(&g->table->side[1 - side].word);
	return true;
}

static bool receive_yield(struct game *g, unsigned side, uint64_t wanted, uint64_t *number, struct task *t)
{
	(void)t;
	wait_yield(&g->table->side[1 - side].word, wanted);
	*number = atomic_load(&g->table->side[1 - side].word);
	return true;
}

static const struct means all_means[] = {
	{"pipe", open_pipes, send_stream, receive_stream, false, false, false},
	{"socketpair", open_sockets, send_stream, receive_stream, false, false, true},
	{"eventfd", open_eventfds, send_stream, receive_stream, false, false, true},
	{"futex", NULL, send_futex, receive_futex, false, false, false},
	{"semaphore", NULL, send_semaphore, receive_semaphore, false, false, true},
	{"condition variable", NULL, send_condition, receive_condition, false, false, false},
	{"signal", NULL, send_signal, receive_signal, false, false, false},
	{"spin", NULL, send_word, receive_spin, true, false, false},
	{"spin and yield", NULL, send_word, receive_yield, false, true, false},
};

enum { MEANS = sizeof all_means / sizeof *all_means };

/* Both know the numbers that come: 1, 2, 3, ... there and back. */
static bool serve(struct game *g, uint64_t first, uint64_t n, struct task *t)
{
	for (uint64_t number = first; number < first + n; number++) {
		uint64_t got;
		if (!g->means->receive(g, 1, number, &got, t))
			return false;
		if (got != number) {
			task_say(t, PROBE_WRONG, "number %llu came for %llu", (unsigned long long)got,
				(unsigned long long)number);
			return false;
		}
		if (!g->means->send(g, 1, number, t))
			return false;
	}
	return true;
}

static bool trip(struct game *g, uint64_t number, struct task *t)
{
	uint64_t got;
	if (!g->means->send(g, 0, number, t) || !g->means->receive(g, 0, number, &got, t))
		return false;
	if (got == number)
		return true;
	task_say(t, PROBE_WRONG, "number %llu came back for %llu", (unsigned long long)got,
		(unsigned long long)number);
	return false;
}

static bool call(struct game *g, struct task *t)
{
	double each[STAMPED];
	uint64_t number = 1;
	for (; number <= WARM_UP; number++)
		if (!trip(g, number, t))
			return false;
	uint64_t start = clock_ns();
	for (uint64_t i = 0; i < g->trips; i++)
		if (!trip(g, number++, t))
			return false;
	t->word[0] = clock_ns() - start;
	for (uint64_t i = 0; i < STAMPED; i++) {
		start = clock_ns();
		if (!trip(g, number++, t))
			return false;
		each[i] = (double)(clock_ns() - start);
	}
	stats_sort(each, STAMPED);
	t->word[1] = (uint64_t)stats_quantile(each, STAMPED, 0.95);
	return true;
}

static void play(void *ctx, struct task *t)
{
	struct game *g = ctx;
	struct side *side = g->table->side;
	atomic_store(&side[t->index].tid, (uint64_t)getpid() << 32 | (uint64_t)syscall(SYS_gettid));
	wait_yield(&side[1 - t->index].tid, 1);
	if (t->index == 0)
		call(g, t);
	else
		serve(g, 1, WARM_UP + g->trips + STAMPED, t);
}

/* Zeroed, with its locks for any process that shares it. */
static void lay(struct table *table)
{
	memset(table, 0, sizeof *table);
	shared_mutex(&table->mutex);
	for (int i = 0; i < 2; i++) {
		shared_condition(&table->side[i].filled);
		sem_init(&table->side[i].sem, 1, 0);
	}
}

static void clear_up(struct game *g)
{
	for (int i = 0; i < 2; i++) {
		if (g->from[i] >= 0 && g->from[i] != g->to[1 - i])
			close(g->from[i]);
		if (g->to[i] >= 0)
			close(g->to[i]);
	}
}

static enum probe_status sample(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct game g = {
		.table = r->state, .means = c->how, .to = {-1, -1}, .from = {-1, -1}, .trips = batch};
	const bool apart = c->size == 2;
	struct task done[2];
	if (apart && !r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	lay(g.table);
	enum probe_status status = g.means->open ? g.means->open(&g, s) : PROBE_OK;
	const struct tasks two = {.processes = c->worker == task_workers[1],
		.count = 2,
		.run = play,
		.ctx = &g,
		.cpus = {r->cpus[0], r->cpus[apart]},
		.overlap = !apart};
	if (status == PROBE_OK)
		status = tasks_run(&two, done, s);
	clear_up(&g);
	if (status == PROBE_OK) {
		s->value[0] = (double)done[0].word[0] / (double)batch;
		s->value[1] = (double)done[0].word[1];
	}
	return status;
}

static int cases(struct probe_run *r, struct err *e)
{
	(void)e;
	for (uint64_t cpus = 1; cpus <= 2; cpus++)
		for (size_t i = 0; i < MEANS; i++) {
			const struct means *m = &all_means[i];
			int base = (int)r->count;
			if (r->quick && m->full)
				continue;
			if (cpus == 1 ? m->only_two_cpus : m->only_one_cpu)
				continue;
			for (int w = 0; w < 2; w++) {
				struct probe_case c = {.mechanism = m->name,
					.worker = task_workers[w],
					.base = base,
					.sample = sample,
					.how = m,
					.size = cpus,
					.most = 1000000,
					.expected_low = w ? 0.7 : 0,
					.expected_high = w ? 1.5 : 0};
				snprintf(c.setting, sizeof c.setting, cpus == 1 ? "same CPU" : "two CPUs");
				probe_add(r, &c);
			}
		}
	return 0;
}

static int open_pingpong(struct probe_run *r, struct err *e)
{
	sigset_t set;
	stream_quiet();
	sigemptyset(&set);
	sigaddset(&set, signal_used());
	sigprocmask(SIG_BLOCK, &set, NULL); /* workers inherit it */
	r->state = probe_shared(sizeof(struct table));
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_pingpong(struct probe_run *r)
{
	if (r->state)
		munmap(r->state, sizeof(struct table));
	r->state = NULL;
}

const struct probe probe_pingpong = {
	.name = "pingpong",
	.summary = "a number passed to another worker and back",
	.timed = "From sending a number to receiving the same number back, after a warm-up. Two threads "
		 "or two processes run the same code on the same objects in shared memory (all "
		 "PROCESS_SHARED) or on the same descriptors, bound to one CPU or to one each. Every hop "
		 "checks the number.",
	.expect = "The mechanism decides, not the kind of worker: processes take as long as threads, "
		  "except on one CPU, where each switch between processes also changes the address space. "
		  "Spinning on a word costs two cache misses. A mechanism that sleeps costs two wake-ups; "
		  "on another CPU each adds an interrupt and an exit from idle. 1 is the same mechanism "
		  "between threads.",
	.metrics = {{"round trip", "ns", "there and back"},
		{"p95", "ns", "95th percentile of round trips stamped one by one"}},
	.cases = cases,
	.open = open_pingpong,
	.close = close_pingpong,
};
