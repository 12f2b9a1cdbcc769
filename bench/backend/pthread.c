/* SPDX-License-Identifier: MIT */
/* pthread.c - each worker is a thread. One that hangs cannot be ended: close gives it up, and the program
 * should end soon. */
#include "bench/backend/spawned_team.h"

#include <stdio.h>
#include <time.h>

/* By a clock that nobody sets, where the C library can, and the thread sanitizer, which does not see such a join,
 * does not watch. */
#if defined __has_feature
#define WATCHED __has_feature(thread_sanitizer)
#elif defined __SANITIZE_THREAD__
#define WATCHED 1
#else
#define WATCHED 0
#endif
#ifdef __GLIBC__
#define HAS_CLOCK_JOIN (__GLIBC_PREREQ(2, 31) && !WATCHED)
#else
#define HAS_CLOCK_JOIN 0
#endif
#if HAS_CLOCK_JOIN
#define JOIN_CLOCK CLOCK_MONOTONIC
#define JOIN(thread, end) pthread_clockjoin_np(thread, NULL, JOIN_CLOCK, end)
#else
#define JOIN_CLOCK CLOCK_REALTIME
#define JOIN(thread, end) pthread_timedjoin_np(thread, NULL, end)
#endif

static void *thread_life(void *member)
{
	const struct member *m = member;
	control_live(&m->team->control, m->worker);
	return NULL;
}

static int create(struct member *m)
{
	return pthread_create(&m->thread, NULL, thread_life, m);
}

static bool reap(struct member *m, double seconds, struct member_end *how)
{
	snprintf(how->how, sizeof how->how, "ended by itself");
	if (pthread_tryjoin_np(m->thread, NULL) == 0)
		return true;
	if (seconds <= 0)
		return false;
	struct timespec end;
	clock_gettime(JOIN_CLOCK, &end);
	double nanoseconds = (double)end.tv_nsec + 1e9 * (seconds - (double)(time_t)seconds);
	end.tv_sec += (time_t)seconds + (time_t)(nanoseconds / 1e9);
	end.tv_nsec = (long)nanoseconds % 1000000000;
	return JOIN(m->thread, &end) == 0;
}

static void give_up(struct member *m)
{
	pthread_detach(m->thread);
}

static void describe(const struct member *m, char text[SPAWNED_TEAM_TEXT])
{
	snprintf(text, SPAWNED_TEAM_TEXT, "worker %u", m->worker);
}

static const struct spawned_team_kind threads = {
	.create = create, .reap = reap, .give_up = give_up, .describe = describe};

static struct team *open_threads(const struct job *job, const struct team_plan *plan, struct err *e)
{
	return spawned_team_open(&backend_pthread, &threads, job, plan, e);
}

const struct backend backend_pthread = {
	.name = "pthread",
	.summary = "POSIX threads of this process",
	.worker = "thread",
	.max_workers = BACKEND_MAX_WORKERS,
	.open = open_threads,
	.run = spawned_team_run,
	.slot = spawned_team_slot,
	.close = spawned_team_close,
};
