/* SPDX-License-Identifier: MIT */
/*
 * deadlock.c - probe `deadlock`: two locks taken in opposite orders, how long it takes to notice,
 * and the cost of avoiding it.
 *
 * The deadlock is certain, not a race: each worker takes its own lock and waits until the other has
 * too, before it asks for the second one. It is noticed by a timed lock or by an observer that sees
 * no progress. The cures are a global lock order, and trylock with back-off.
 */
#include "bench/probe/shared_lock.h"
#include "bench/probe/tasks.h"
#include "bench/probe/wait.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

enum { LIMIT_NS = 20000000, LATEST_NS = 2000000000 };

/* In shared memory. */
struct shared {
	pthread_mutex_t lock[2];
	/* locks that are held by those that want the other: 2 is the deadlock */
	_Alignas(128) _Atomic uint64_t held;
	_Alignas(128) _Atomic uint64_t progress; /* times that both were had */
	uint64_t counter;                        /* guarded by both */
};

struct work {
	struct shared *shared;
	uint64_t rounds;
};

static void lay(struct shared *s)
{
	memset(s, 0, sizeof *s);
	for (int i = 0; i < 2; i++)
		shared_mutex(&s->lock[i]);
}

/* Each takes its own and waits until the other has, too: from here on neither can get both. */
static void embrace(struct shared *s, unsigned index)
{
	pthread_mutex_lock(&s->lock[index]);
	atomic_fetch_add(&s->held, 1);
	wait_yield(&s->held, 2);
}

/* --- noticed by a participant: the lock is waited for so long and no longer --- */

static void wait_for_a_while(void *ctx, struct task *t)
{
	struct shared *s = ((const struct work *)ctx)->shared;
	struct timespec until;
	embrace(s, t->index);
	t->begin_ns = clock_ns();
	clock_gettime(CLOCK_REALTIME, &until);
	/* the second is more patient, so that the first gives way alone */
	until.tv_nsec += LIMIT_NS * (t->index ? 10L : 1L);
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	int error = pthread_mutex_timedlock(&s->lock[1 - t->index], &until);
	t->word[0] = clock_ns() - t->begin_ns;
	t->word[1] = (uint64_t)error;
	if (error == 0)
		pthread_mutex_unlock(&s->lock[1 - t->index]);
	pthread_mutex_unlock(&s->lock[t->index]);
}

static enum probe_status sample_timed(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct work w = {.shared = r->state};
	struct task done[2];
	(void)batch;
	lay(w.shared);
	const struct tasks two = {.processes = c->worker == task_workers[1],
		.count = 2,
		.run = wait_for_a_while,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[1]},
		.overlap = !r->two_cpus};
	enum probe_status status = tasks_run(&two, done, s);
	if (status != PROBE_OK)
		return status;
	if (done[0].word[1] != ETIMEDOUT)
		return probe_say(s, PROBE_WRONG, "the lock was had although the other held it");
	s->value[0] = (double)done[0].word[0];
	return done[0].word[0] < LATEST_NS ? PROBE_OK
					   : probe_say(s, PROBE_FAILED, "it was noticed after more than 2 s");
}

/* --- noticed from outside: no progress, so it is ended --- */

static void *block(void *shared)
{
	struct shared *s = shared;
	embrace(s, 1);
	pthread_mutex_lock(&s->lock[0]);
	atomic_fetch_add(&s->progress, 1);
	return NULL;
}

static _Noreturn void hang(struct shared *s)
{
	pthread_t other;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pthread_create(&other, NULL, block, s) != 0)
		_exit(1);
	embrace(s, 0);
	pthread_mutex_lock(&s->lock[1]);
	atomic_fetch_add(&s->progress, 1);
	_exit(2);
}

static enum probe_status sample_watched(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct shared *shared = r->state;
	int status = 0;
	(void)c;
	(void)batch;
	lay(shared);
	pid_t pid = fork();
	if (pid == 0)
		hang(shared);
	if (pid < 0)
		return probe_say(s, probe_status_of(err_cause_of(errno)), "fork: %s", strerror(errno));
	const uint64_t began = clock_ns();
	while (atomic_load(&shared->held) < 2 && clock_ns() - began < LATEST_NS)
		usleep(100);
	const uint64_t start = clock_ns();
	while (clock_ns() - start < LIMIT_NS && atomic_load(&shared->progress) == 0)
		usleep(1000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	s->value[0] = (double)(clock_ns() - start);
	if (atomic_load(&shared->held) != 2 || atomic_load(&shared->progress) != 0)
		return probe_say(s, PROBE_WRONG, "there was no deadlock");
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
		       ? PROBE_OK
		       : probe_say(s, PROBE_WRONG, "it ended by itself");
}

/* --- the cures --- */

static void in_order(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	struct shared *s = w->shared;
	(void)t;
	for (uint64_t i = 0; i < w->rounds; i++) {
		pthread_mutex_lock(&s->lock[0]);
		pthread_mutex_lock(&s->lock[1]);
		s->counter++;
		pthread_mutex_unlock(&s->lock[1]);
		pthread_mutex_unlock(&s->lock[0]);
	}
}

/* Own lock first; who does not get the other gives back its own, and the more often, the longer it stays
 * away. */
static void give_way(void *ctx, struct task *t)
{
	const struct work *w = ctx;
	struct shared *s = w->shared;
	pthread_mutex_t *mine = &s->lock[t->index], *others = &s->lock[1 - t->index];
	for (uint64_t i = 0; i < w->rounds; i++) {
		for (unsigned pause = 1;; pause = pause < 1024 ? 2 * pause : pause) {
			pthread_mutex_lock(mine);
			if (pthread_mutex_trylock(others) == 0)
				break;
			pthread_mutex_unlock(mine);
			t->word[0]++;
			for (unsigned k = 0; k < pause; k++)
				wait_relax();
			if (pause == 1024)
				sched_yield();
		}
		s->counter++;
		pthread_mutex_unlock(others);
		pthread_mutex_unlock(mine);
	}
}

static enum probe_status sample_cure(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *s)
{
	struct work w = {.shared = r->state, .rounds = batch};
	struct task done[2];
	if (!r->two_cpus)
		return probe_say(s, PROBE_ABSENT, "one CPU only");
	lay(w.shared);
	const struct tasks two = {.processes = c->worker == task_workers[1],
		.count = 2,
		.run = c->size ? give_way : in_order,
		.ctx = &w,
		.cpus = {r->cpus[0], r->cpus[1]}};
	enum probe_status status = tasks_run(&two, done, s);
	if (status != PROBE_OK)
		return status;
	if (w.shared->counter != 2 * batch)
		return probe_say(s, PROBE_WRONG, "both locks guarded %llu rounds, not %llu",
			(unsigned long long)w.shared->counter, (unsigned long long)(2 * batch));
	s->value[0] = tasks_span_ns(done, 2) / (double)(2 * batch);
	if (c->size)
		s->value[1] = (double)(done[0].word[0] + done[1].word[0]) / (double)(2 * batch);
	return PROBE_OK;
}

static int cases(struct probe_run *r, struct err *e)
{
	(void)e;
	for (int w = 0; w < 2; w++) {
		struct probe_case c = {.mechanism = "cure: one order",
			.worker = task_workers[w],
			.base = 0,
			.sample = sample_cure,
			.most = 1000000,
			.expected_low = w ? 0.5 : 0,
			.expected_high = w ? 2 : 0};
		probe_add(r, &c);
		c.mechanism = "cure: give way";
		c.size = 1;
		c.expected_low = 0.2;
		c.expected_high = 5;
		probe_add(r, &c);
		c.mechanism = "noticed: timed lock, 20 ms";
		c.sample = sample_timed;
		c.most = 1;
		c.base = -1;
		c.expected_low = c.expected_high = 0;
		probe_add(r, &c);
	}
	struct probe_case c = {.mechanism = "noticed: no progress for 20 ms, killed",
		.worker = task_workers[1],
		.base = -1,
		.sample = sample_watched,
		.most = 1};
	probe_add(r, &c);
	return 0;
}

static int open_deadlock(struct probe_run *r, struct err *e)
{
	r->state = probe_shared(sizeof(struct shared));
	return r->state ? 0 : err_blame(e, CAUSE_MEMORY, "out of memory");
}

static void close_deadlock(struct probe_run *r)
{
	if (r->state)
		munmap(r->state, sizeof(struct shared));
	r->state = NULL;
}

const struct probe probe_deadlock = {
	.name = "deadlock",
	.summary = "two locks taken in opposite orders: detection and cures",
	.timed = "Detection: both workers hold one lock and know that the other is held; the time from "
		 "there to the time-out of a lock (20 ms), or to the end of a process that made no "
		 "progress for 20 ms. Cures: the time per round in which each worker gets both locks. "
		 "Each worker is on its own CPU; locks are PROCESS_SHARED. Cures must complete and count "
		 "correctly.",
	.expect = "Detection takes the limit and little more. One order for all costs two locks; giving "
		  "way trades sleeping for retries. Processes and threads are alike. 1 is one order, "
		  "between threads.",
	.metrics = {{"time", "ns", "to notice, or of a round with both locks"},
		{"retries", "", "failed tries a round"}},
	.cases = cases,
	.open = open_deadlock,
	.close = close_deadlock,
};
