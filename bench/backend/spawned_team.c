/* SPDX-License-Identifier: MIT */
/*
 * spawned_team.c - creates workers one by one, waits for them, notices dead ones, and reaps them
 * all; for threads and processes alike.
 *
 * The opener sleeps on the reports in slices of 50 ms and looks in between whether a worker has
 * died: a dead worker never reports, and only a look can tell. Whoever is furthest behind is named
 * in the error. Closing tries in order: stop signal and the remaining time, kill, a grace period; a
 * thread that still runs is given up together with the memory it uses, since freeing that would
 * crash it. From one look to the next at most a quarter of a limit passes, so that time in which
 * this process stands still (Ctrl-Z, a frozen container) is no time-out.
 */
#include "bench/backend/spawned_team.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_MILLISECONDS = 50, /* how often the opener, while it waits, looks whether everyone is alive */
	GRACE_SECONDS = 1,   /* what a worker that cannot be killed gets to end, before it counts as lost */
	KILLED_SECONDS = 20, /* and one that was killed: a busy machine takes its time to clear it away */
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is left of a time limit. */
struct patience {
	double left, step, last; /* from one look to the next at most a step passes */
};

static struct patience patience(double seconds)
{
	const double steps = 4;
	return (struct patience){seconds, seconds / steps, now()};
}

/* Looks at the clock; the seconds that are left, 0 at the end. */
static double remains(struct patience *p)
{
	const double time = now();
	p->left -= fmin(time - p->last, p->step);
	p->last = time;
	return fmax(p->left, 0);
}

/* Reaps the worker if it ends within the seconds (0: has ended). -1 if it ended in another way than by
 * leaving. */
static int reap(struct member *m, double seconds, struct err *e)
{
	struct team *t = m->team;
	char who[SPAWNED_TEAM_TEXT];
	struct member_end end = {0};
	if (!m->alive || !t->kind->reap(m, seconds, &end))
		return 0;
	m->alive = false;
	if (control_left(&t->control, m->worker))
		return 0;
	t->kind->describe(m, who);
	return err_blame(e, end.cause, "%s: %s %s", t->control.name, who, end.how);
}

/* Reaps all that have ended. -1 if one of them had died. */
static int reap_ended(struct team *t, struct err *e)
{
	int status = 0;
	for (unsigned w = 0; w < t->control.plan.workers; w++)
		if (reap(&t->members[w], 0, e) != 0)
			status = -1;
	return status;
}

/* Reaps all that end within the limit. -1 if one of them had died. */
static int reap_all(struct team *t, struct patience limit, struct err *e)
{
	const double slice = LOOK_MILLISECONDS / 1e3;
	int status = 0;
	for (unsigned w = 0; w < t->control.plan.workers; w++) {
		double left;
		do {
			left = remains(&limit);
			if (reap(&t->members[w], fmin(left, slice), e) != 0)
				status = -1;
		} while (t->members[w].alive && left > 0);
	}
	return status;
}

/* Calls `act`, if there is one, for each worker not reaped; returns how many these are. */
static unsigned for_each_alive(struct team *t, void (*act)(struct member *m))
{
	unsigned alive = 0;
	for (unsigned w = 0; w < t->control.plan.workers; w++) {
		struct member *m = &t->members[w];
		alive += m->alive;
		if (m->alive && act)
			act(m);
	}
	return alive;
}

static int create_all(struct team *t, struct err *e)
{
	struct control *c = &t->control;
	for (unsigned w = 0; w < c->plan.workers; w++) {
		struct member *m = &t->members[w];
		control_expect(c, w);
		if (c->job->before_create)
			c->job->before_create(c->job->ctx, w);
		int error = t->kind->create(m);
		if (c->job->after_create)
			c->job->after_create(c->job->ctx);
		if (error)
			return err_blame(e, err_cause_of(error), "%s: cannot create worker %u of %u: %s",
				c->name, w, c->plan.workers, strerror(error));
		m->alive = true;
	}
	return 0;
}

static int timed_out(const struct team *t, struct err *e)
{
	const char *where;
	char who[SPAWNED_TEAM_TEXT];
	unsigned last = control_last(&t->control, &where);
	t->kind->describe(&t->members[last], who);
	return err_blame(e, CAUSE_TIMEOUT, "%s: time-out: after %g s %s %s", t->control.name,
		t->control.plan.timeout_seconds, who, where);
}

static bool all_reported(struct team *t, unsigned milliseconds, struct err *e)
{
	(void)e;
	return control_wait(&t->control, milliseconds);
}

/* Until `wait` returns true. -1 if a worker died or failed, or the limit has passed. */
static int await(struct team *t, bool (*wait)(struct team *t, unsigned milliseconds, struct err *e),
	struct patience *limit, struct err *e)
{
	while (!wait(t, LOOK_MILLISECONDS, e)) {
		if (e->status != ERR_NONE || reap_ended(t, e) != 0)
			return -1;
		if (remains(limit) <= 0)
			return timed_out(t, e);
	}
	return control_check(&t->control, e);
}

/* A run by workers that are made. */
static int run_workers(struct team *t, struct patience *limit, struct err *e)
{
	control_start(&t->control);
	if (t->kind->serve && await(t, t->kind->serve, limit, e) != 0)
		return -1;
	if (await(t, all_reported, limit, e) != 0)
		return -1;
	control_all_done(&t->control);
	return 0;
}

static int spawn_run(struct team *t, struct patience *limit, struct err *e)
{
	if (create_all(t, e) != 0 || run_workers(t, limit, e) != 0)
		return -1;
	if (reap_all(t, *limit, e) != 0)
		return -1;
	return for_each_alive(t, NULL) ? timed_out(t, e) : 0;
}

int spawned_team_run(struct team *t, struct err *e)
{
	const struct team_plan *plan = &t->control.plan;
	struct patience limit = patience(plan->timeout_seconds);
	if (t->failed)
		return err_set(e, ERR_FAILED, "%s: the team has failed before", t->control.name);
	t->failed = (plan->lifetime == LIFETIME_SPAWN ? spawn_run : run_workers)(t, &limit, e) != 0;
	return t->failed ? -1 : 0;
}

struct team *spawned_team_open(const struct backend *b, const struct spawned_team_kind *kind,
	const struct job *job, const struct team_plan *plan, struct err *e)
{
	struct control c;
	if (control_open(&c, b, job, plan, e) != 0)
		return NULL;
	struct team *t = calloc(1, sizeof *t + plan->workers * sizeof t->members[0]);
	if (!t) {
		control_close(&c);
		err_blame(e, CAUSE_MEMORY, "%s: out of memory", b->name);
		return NULL;
	}
	t->control = c;
	t->kind = kind;
	t->opener = getpid();
	for (unsigned w = 0; w < plan->workers; w++)
		t->members[w] = (struct member){.team = t, .worker = w};
	t->failed = kind->prepare && kind->prepare(t, e) != 0;
	if (!t->failed && plan->lifetime == LIFETIME_POOL) {
		struct patience limit = patience(plan->timeout_seconds);
		t->failed = create_all(t, e) != 0 || await(t, all_reported, &limit, e) != 0;
	}
	if (t->failed) {
		spawned_team_close(t);
		return NULL;
	}
	return t;
}

void *spawned_team_slot(struct team *t, unsigned worker)
{
	return control_slot(&t->control, worker);
}

void spawned_team_close(struct team *t)
{
	if (!t)
		return;
	struct err ignored = {0};
	control_stop(&t->control);
	if (!t->failed)
		reap_all(t, patience(t->control.plan.timeout_seconds), &ignored);
	for_each_alive(t, t->kind->kill);
	reap_all(t, patience(t->kind->kill ? KILLED_SECONDS : GRACE_SECONDS), &ignored);
	if (for_each_alive(t, t->kind->give_up))
		return;
	if (t->kind->discard)
		t->kind->discard(t);
	control_close(&t->control);
	free(t);
}
