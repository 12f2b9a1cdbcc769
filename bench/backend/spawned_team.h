/* SPDX-License-Identifier: MIT */
/*
 * spawned_team.h - a team whose workers are created one by one next to the opener: threads or processes. Creating,
 * waiting, noticing the dead, time-outs and reaping stand here once; what differs between the two is a struct
 * spawned_team_kind. The clock is read for time-outs only.
 */
#ifndef PARSCALE_BENCH_BACKEND_SPAWNED_TEAM_H
#define PARSCALE_BENCH_BACKEND_SPAWNED_TEAM_H

#include "bench/backend/control.h"

#include <pthread.h>
#include <sys/types.h>

struct spawned_team_kind;

struct member {
	struct team *team;
	unsigned worker;
	bool alive; /* made and not yet reaped */
	union {
		pid_t pid;
		pthread_t thread;
	};
};

struct team {
	struct control control;
	const struct spawned_team_kind *kind;
	void *own; /* the kind's, from `prepare` */
	pid_t opener;
	bool failed; /* can only be closed */
	struct member members[];
};

enum { SPAWNED_TEAM_TEXT = 100 };

/* How a worker ended. */
struct member_end {
	char how[SPAWNED_TEAM_TEXT]; /* "was killed by signal 9 (Killed)" */
	enum err_cause cause;
};

struct spawned_team_kind {
	/* Makes m's worker, which runs control_live and ends. Returns 0 or an errno. */
	int (*create)(struct member *m);

	/* Waits up to `seconds` (0: only looks) for the worker to end, and reaps it. True if it has ended. */
	bool (*reap)(struct member *m, double seconds, struct member_end *end);

	/* Ends the worker, whatever it does. NULL where there is no way. */
	void (*kill)(struct member *m);

	/* The worker could not be ended and shall not be waited for: close lets it have the memory. */
	void (*give_up)(struct member *m);

	/* What the opener does for its workers in a run, after it is posted; called until it returns true:
	 * all is done, or a worker has failed to enter. It returns after about so many milliseconds, or when
	 * a worker seems to be gone; an error it sets fails the run. NULL: nothing. */
	bool (*serve)(struct team *t, unsigned milliseconds, struct err *e);

	/* Before the first worker, and after the last (even if prepare has failed): makes and frees `own`.
	 * NULL: nothing. */
	int (*prepare)(struct team *t, struct err *e);
	void (*discard)(struct team *t);

	/* Which one it is, for a message: "worker 1 (pid 123)". */
	void (*describe)(const struct member *m, char text[SPAWNED_TEAM_TEXT]);
};

/* The functions of struct backend, but for open's first two arguments. */
struct team *spawned_team_open(const struct backend *b, const struct spawned_team_kind *kind,
	const struct job *job, const struct team_plan *plan, struct err *e);
int spawned_team_run(struct team *t, struct err *e);
void *spawned_team_slot(struct team *t, unsigned worker);
void spawned_team_close(struct team *t);

#endif
