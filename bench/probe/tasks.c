/* SPDX-License-Identifier: MIT */
/*
 * tasks.c - runs a function in a few threads or processes, by way of the back ends pthread and
 * fork.
 *
 * A static schedule with as many chunks as workers gives each worker exactly its own chunk. The
 * opener moves to a worker's CPU before it creates it, so that the worker starts where it belongs.
 */
#include "bench/probe/tasks.h"

#include "bench/backend/backend.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SPINS = 20000 };

const char *const task_workers[2] = {"thread", "process"};

static int cpu_of(const struct tasks *t, unsigned worker)
{
	return t->place ? place_cpu(t->place, worker) : t->cpus[worker % 2];
}

static int enter(void *ctx, unsigned worker, void *slot)
{
	struct task *task = slot;
	struct err e = {0};
	*task = (struct task){.index = worker};
	if (place_bind(cpu_of(ctx, worker), &e) == 0)
		return 0;
	task_say(task, PROBE_FAILED, "%s", e.text);
	return -1;
}

static void nothing(void *ctx, unsigned worker, void *slot)
{
	(void)ctx;
	(void)worker;
	(void)slot;
}

/* Chunk i of a static schedule with as many chunks as workers is worker i's. */
static void chunk(void *ctx, unsigned worker, void *slot, uint64_t index)
{
	const struct tasks *t = ctx;
	struct task *task = slot;
	(void)worker;
	(void)index;
	task->begin_ns = clock_ns();
	t->run(t->ctx, task);
	task->end_ns = clock_ns();
}

static void sit_with(void *ctx, unsigned worker)
{
	struct err ignored = {0};
	place_bind(cpu_of(ctx, worker), &ignored);
}

static void go_back(void *ctx)
{
	sit_with(ctx, 0);
}

enum probe_status tasks_run(const struct tasks *t, struct task *done, struct probe_sample *s)
{
	struct tasks own = *t;
	struct err e = {0};
	const struct backend *b = t->processes ? &backend_fork : &backend_pthread;
	const struct job job = {.chunks = t->count,
		.slot_bytes = sizeof(struct task),
		.ctx = &own,
		.enter = enter,
		.begin = nothing,
		.chunk = chunk,
		.end = nothing,
		.leave = nothing,
		.before_create = sit_with,
		.after_create = go_back};
	const struct team_plan plan = {.workers = t->count,
		.lifetime = LIFETIME_SPAWN,
		.schedule = SCHEDULE_STATIC,
		.spin = t->overlap ? 0 : SPINS,
		.timeout_seconds = t->timeout_seconds > 0 ? t->timeout_seconds : TASKS_TIMEOUT_SECONDS};
	struct team *team = b->open(&job, &plan, &e);
	if (!team)
		return probe_say(s, probe_status_of(e.cause), "%.150s", e.text);
	int failed = b->run(team, &e);
	for (unsigned i = 0; i < t->count; i++)
		done[i] = *(const struct task *)b->slot(team, i);
	b->close(team);
	for (unsigned i = 0; i < t->count; i++)
		if (done[i].status != PROBE_OK)
			return probe_say(s, done[i].status, "%s", done[i].reason);
	return failed ? probe_say(s, probe_status_of(e.cause), "%.150s", e.text) : PROBE_OK;
}

double tasks_span_ns(const struct task *done, unsigned count)
{
	uint64_t first = done[0].begin_ns, last = done[0].end_ns;
	for (unsigned i = 1; i < count; i++) {
		first = done[i].begin_ns < first ? done[i].begin_ns : first;
		last = done[i].end_ns > last ? done[i].end_ns : last;
	}
	return (double)(last - first);
}

void task_say(struct task *t, enum probe_status status, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(t->reason, sizeof t->reason, format, arguments);
	va_end(arguments);
	t->status = status;
}
