/* SPDX-License-Identifier: MIT */
/*
 * region_team.c - teams whose opener is a worker itself: serial, OpenMP, and the threads of an MPI
 * rank.
 */
#include "bench/backend/region_team.h"

#include <stdlib.h>

struct team {
	struct control control;
	const struct region_team_kind *kind;
	bool failed; /* can only be closed */
};

static void enter(const struct control *c, unsigned worker)
{
	control_enter(c, worker);
}

static void run(const struct control *c, unsigned worker)
{
	control_run(c, worker);
}

static int all(struct team *t, region_team_part_fn *part, struct err *e)
{
	return t->kind->all(&t->control, part, e) == 0 ? control_check(&t->control, e) : -1;
}

/* After the workers' lives: the opener's own was one of them and may have tied it to a CPU, which those to
 * come would inherit. */
static void release(struct team *t)
{
	const struct job *job = t->control.job;
	if (job->after_create)
		job->after_create(job->ctx);
	if (t->kind->release)
		t->kind->release();
}

struct team *region_team_open(const struct backend *b, const struct region_team_kind *kind,
	const struct job *job, const struct team_plan *plan, struct err *e)
{
	struct control c;
	if (control_open(&c, b, job, plan, e) != 0)
		return NULL;
	struct team *t = calloc(1, sizeof *t);
	if (!t) {
		control_close(&c);
		err_blame(e, CAUSE_MEMORY, "%s: out of memory", b->name);
		return NULL;
	}
	t->control = c;
	t->kind = kind;
	if (plan->lifetime == LIFETIME_POOL && all(t, enter, e) != 0) {
		region_team_close(t);
		return NULL;
	}
	return t;
}

int region_team_run(struct team *t, struct err *e)
{
	bool spawn = t->control.plan.lifetime == LIFETIME_SPAWN;
	if (t->failed)
		return err_set(e, ERR_FAILED, "%s: the team has failed before", t->control.name);
	control_start(&t->control);
	t->failed = all(t, spawn ? control_live : run, e) != 0;
	if (!t->failed)
		control_all_done(&t->control);
	if (spawn)
		release(t);
	return t->failed ? -1 : 0;
}

void *region_team_slot(struct team *t, unsigned worker)
{
	return control_slot(&t->control, worker);
}

void region_team_close(struct team *t)
{
	if (!t)
		return;
	struct err ignored = {0};
	if (t->control.plan.lifetime == LIFETIME_POOL)
		all(t, control_leave, &ignored);
	release(t);
	control_close(&t->control);
	free(t);
}
