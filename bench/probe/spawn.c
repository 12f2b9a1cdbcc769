/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - probe `spawn`: the cost of making a worker, its first instruction, and reaping it.
 *
 * Each worker stamps its first instruction and gives back an argument, so that a worker that never
 * ran is a failed sample. Cases whose parent has a ballast of touched memory share one process with
 * all others: MADV_DONTFORK keeps the ballast out of their children.
 */
#include "base/paths.h"
#include "base/system.h"
#include "bench/probe/pages.h"
#include "bench/probe/probe.h"
#include "bench/probe/spawn_openmp.h"
#include "bench/probe/spawn_ways.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_CHILDREN = 1024, CHILDREN = 0 /* the option's place */ };
enum { TOTAL, CALL, START, FINISH };

struct ballast {
	void *at;
	size_t bytes;
	bool huge;
};

struct state {
	struct mark *marks;
	struct worker *workers;
	struct parent parent;
	uint64_t next_argument;
	struct ballast ballasts[3];
	char programs[2][4096]; /* dynamic, static */
};

/* Those that fresh programs have sent: argument and stamp, a line each, in any order. */
static void read_echoes(struct state *s, uint64_t first, uint64_t n)
{
	static char text[MOST_CHILDREN * 64];
	size_t used = 0;
	ssize_t got;
	while (used < sizeof text - 1 &&
		(got = read(s->parent.echo[0], text + used, sizeof text - 1 - used)) > 0)
		used += (size_t)got;
	text[used] = '\0';
	char *save = NULL;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		uint64_t argument, stamp;
		if (sscanf(line, "%" SCNu64 " %" SCNu64, &argument, &stamp) == 2 && argument - first < n &&
			s->marks[argument - first].argument == 0)
			s->marks[argument - first] = (struct mark){argument, stamp};
	}
}

static enum probe_status check_ends(const int *status, uint64_t n, struct probe_sample *sample)
{
	for (uint64_t i = 0; i < n; i++)
		if (WIFSIGNALED(status[i]))
			return probe_say(
				sample, PROBE_KILLED, "a child was killed by signal %d", WTERMSIG(status[i]));
		else if (WEXITSTATUS(status[i]) != 0)
			return probe_say(sample, PROBE_FAILED, "a child exited with status %d%s",
				WEXITSTATUS(status[i]),
				WEXITSTATUS(status[i]) == 127 ? ": there is no such program" : "");
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return probe_say(sample, PROBE_WRONG, "there are more children than were made");
	return PROBE_OK;
}

static enum probe_status check_marks(const struct state *s, uint64_t n, const struct way *way,
	uint64_t touched_before, struct probe_sample *sample)
{
	for (uint64_t i = 0; i < n; i++) {
		if (s->marks[i].argument != s->workers[i].argument)
			return probe_say(sample, PROBE_WRONG,
				"worker %" PRIu64 " gave back %" PRIu64 " for %" PRIu64, i,
				s->marks[i].argument, s->workers[i].argument);
		for (uint64_t k = 0; k < i && s->workers[i].pid > 0; k++)
			if (s->workers[k].pid == s->workers[i].pid)
				return probe_say(sample, PROBE_WRONG, "two children with one process id");
	}
	uint64_t wanted = touched_before + (*way->worker == 't' ? n : 0);
	if (s->parent.touched != wanted)
		return probe_say(sample, PROBE_WRONG, "the parent's variable is %" PRIu64 ", not %" PRIu64,
			s->parent.touched, wanted);
	return PROBE_OK;
}

static void sum_up(
	const struct state *s, uint64_t n, const struct way *way, uint64_t end, struct probe_sample *sample)
{
	double call = 0, start = 0;
	uint64_t last = 0;
	for (uint64_t i = 0; i < n; i++) {
		const struct worker *w = &s->workers[i];
		call += (double)(w->returned - w->called);
		start += (double)w->mark->stamp - (double)w->called;
		last = w->mark->stamp > last ? w->mark->stamp : last;
	}
	sample->value[TOTAL] = (double)(end - s->workers[0].called) / (double)n;
	sample->value[START] = start / (double)n;
	sample->value[FINISH] = ((double)end - (double)last) / (double)n;
	if (!(way->flags & WAY_REAPS))
		sample->value[CALL] = call / (double)n;
}

/* Makes all, then reaps all. */
static enum probe_status run_workers(
	struct state *s, const struct way *way, const char *program, uint64_t n, struct probe_sample *sample)
{
	static int status[MOST_CHILDREN];
	uint64_t made = 0, touched = s->parent.touched, first = s->next_argument;
	int error = 0, reap_error = 0;
	for (uint64_t i = 0; i < n; i++) {
		s->marks[i] = (struct mark){0};
		s->workers[i] = (struct worker){.mark = &s->marks[i], .argument = first + i};
	}
	s->next_argument += n;
	for (; made < n && !error; made += !error) {
		struct worker *w = &s->workers[made];
		w->called = clock_ns();
		error = way->create(&s->parent, w, program);
		w->returned = clock_ns();
	}
	for (uint64_t i = 0; i < made; i++) {
		int failed = way->reap(&s->workers[i], &status[i]);
		reap_error = failed ? failed : reap_error;
	}
	const uint64_t end = clock_ns();
	if (error)
		return probe_say(sample, probe_status_of(err_cause_of(error)),
			"cannot make worker %" PRIu64 " of %" PRIu64 ": %s", made, n, strerror(error));
	if (reap_error)
		return probe_say(sample, probe_status_of(err_cause_of(reap_error)), "cannot reap: %s",
			strerror(reap_error));
	enum probe_status good = *way->worker == 'p' ? check_ends(status, n, sample) : PROBE_OK;
	if (way->program >= 0 && !(way->flags & WAY_OWN_PIPE))
		read_echoes(s, first, n);
	if (good == PROBE_OK)
		good = check_marks(s, n, way, touched, sample);
	if (good == PROBE_OK)
		sum_up(s, n, way, end, sample);
	return good;
}

/* The settings: where the workers may run. */
static bool is_free(const struct probe_case *c)
{
	return strncmp(c->setting, "unbound", 7) == 0;
}

static enum probe_status sample_way(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *sample)
{
	struct state *s = r->state;
	const struct way *way = c->how;
	const char *program = way->program < 0 ? NULL : s->programs[way->program];
	(void)batch;
	if (program && access(program, X_OK) != 0)
		return probe_say(sample, PROBE_ABSENT, "%s: %s", strrchr(program, '/') + 1,
			way->program ? "this build has no static program" : strerror(errno));
	if (way->flags & WAY_PIDFD && !system_has_process_files())
		return probe_say(sample, PROBE_ABSENT, "the system has no pidfd");
	if (is_free(c))
		place_restore(&r->place);
	return run_workers(s, way, program, r->option[CHILDREN], sample);
}

static enum probe_status sample_ballast(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *sample)
{
	struct state *s = r->state;
	struct ballast *b = &s->ballasts[c->size];
	(void)batch;
	if (!b->at && pages_available() / 2 < b->bytes)
		return probe_say(sample, PROBE_ABSENT, "it needs twice %zu MiB of memory", b->bytes >> 20);
	if (!b->at && !(b->at = pages_map(b->bytes, b->huge)))
		return probe_say(sample, PROBE_MEMORY, "out of memory");
	if (b->huge && pages_huge_bytes(b->at) < b->bytes / 10 * 9)
		return probe_say(sample, PROBE_ABSENT, "the system gave no huge pages");
	madvise(b->at, b->bytes, MADV_DOFORK);
	enum probe_status status = run_workers(s, c->how, NULL, r->option[CHILDREN], sample);
	madvise(b->at, b->bytes, MADV_DONTFORK);
	return status;
}

static enum probe_status sample_openmp(
	struct probe_run *r, const struct probe_case *c, uint64_t batch, struct probe_sample *sample)
{
	unsigned threads;
	if (spawn_openmp_missing)
		return probe_say(sample, PROBE_ABSENT, "%s", spawn_openmp_missing);
	place_restore(&r->place);
	sample->value[TOTAL] = spawn_openmp_regions(c->size != 0, batch, &threads);
	return threads == 2 ? PROBE_OK : probe_say(sample, PROBE_WRONG, "not every region had two threads");
}

static void add_openmp(struct probe_run *r, int base)
{
	struct probe_case c = {.mechanism = "OpenMP region, first",
		.worker = "thread",
		.setting = "unbound",
		.base = base,
		.sample = sample_openmp,
		.most = 1,
		.expected_low = 0.3,
		.expected_high = 4};
	probe_add(r, &c);
	c.mechanism = "OpenMP region, hot";
	c.size = 1;
	c.most = 1000000;
	c.expected_low = 0.02;
	c.expected_high = r->two_cpus ? 0.3 : 4;
	probe_add(r, &c);
}

static int cases(struct probe_run *r, struct err *e)
{
	static const char *const ballast_names[] = {"one CPU, 64 MiB in 4 KiB pages",
		"one CPU, 1 GiB in 4 KiB pages", "one CPU, 1 GiB in huge pages"};
	static const double expected[][2] = {{8, 150}, {150, 4000}, {3, 60}};
	int base = -1;
	(void)e;
	for (int unbound = 0; unbound < 2; unbound++)
		for (size_t i = 0; i < SPAWN_WAYS; i++) {
			const struct way *w = &spawn_ways[i];
			struct probe_case c = {.mechanism = w->name,
				.worker = w->worker,
				.base = base,
				.sample = sample_way,
				.how = w,
				.most = 1,
				.full = w->flags & WAY_FULL,
				.expected_low = w->expected_low,
				.expected_high = w->expected_high};
			snprintf(c.setting, sizeof c.setting, unbound ? "unbound" : "one CPU");
			if (i == 0)
				c.base = base = (int)r->count;
			probe_add(r, &c);
		}
	add_openmp(r, base);
	for (size_t i = 0; i < 3; i++) {
		struct probe_case c = {.mechanism = "fork",
			.worker = "process",
			.base = 0,
			.sample = sample_ballast,
			.how = &spawn_ways[SPAWN_WAY_FORK],
			.size = i,
			.most = 1,
			.full = i > 0,
			.expected_low = expected[i][0],
			.expected_high = expected[i][1]};
		snprintf(c.setting, sizeof c.setting, "%s", ballast_names[i]);
		probe_add(r, &c);
	}
	return 0;
}

static int open_spawn(struct probe_run *r, struct err *e)
{
	struct state *s = r->state = calloc(1, sizeof *s);
	sigset_t set;
	if (!s)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	s->parent.echo[0] = s->parent.echo[1] = -1;
	s->next_argument = 1;
	s->marks = probe_shared(MOST_CHILDREN * sizeof *s->marks);
	s->workers = calloc(MOST_CHILDREN, sizeof *s->workers);
	if (!s->marks || !s->workers)
		return err_blame(e, CAUSE_MEMORY, "out of memory");
	if (pipe2(s->parent.echo, O_CLOEXEC | O_NONBLOCK) != 0 || fcntl(s->parent.echo[1], F_SETFD, 0) != 0)
		return err_blame(e, err_cause_of(errno), "pipe: %s", strerror(errno));
	paths_beside("parscale-echo", s->programs[0], sizeof s->programs[0]);
	paths_beside("parscale-echo-static", s->programs[1], sizeof s->programs[1]);
	s->ballasts[0] = (struct ballast){NULL, (size_t)64 << 20, false};
	s->ballasts[1] = (struct ballast){NULL, (size_t)1 << 30, false};
	s->ballasts[2] = (struct ballast){NULL, (size_t)1 << 30, true};
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return 0;
}

static void close_spawn(struct probe_run *r)
{
	struct state *s = r->state;
	sigset_t set;
	if (!s)
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	for (size_t i = 0; i < 3; i++)
		pages_unmap(s->ballasts[i].at, s->ballasts[i].bytes);
	for (size_t i = 0; i < 2; i++)
		if (s->parent.echo[i] >= 0)
			close(s->parent.echo[i]);
	if (s->marks)
		munmap(s->marks, MOST_CHILDREN * sizeof *s->marks);
	free(s->workers);
	free(s);
	r->state = NULL;
}

const struct probe probe_spawn = {
	.name = "spawn",
	.summary = "creating a worker, its first instruction, its end",
	.timed = "From the call that creates the worker to the return of the call that reaps it. With "
		 "--children N all are created, then all are reaped; the figure is per worker. Each "
		 "worker stamps its first instruction (a program: main) and returns its argument. `one "
		 "CPU`: parent and workers are bound to the first; `unbound`: the system places them. "
		 "OpenMP: one region of two threads, either the first after the runtime released its "
		 "threads, or hot. Work, stamps and parent are the same for all. The ballast is private "
		 "memory that the parent has written to.",
	.expect = "A thread is new stacks and a task. fork copies page tables, linear in what the parent "
		  "has touched in 4 KiB pages (huge pages: almost nothing); vfork copies none. exec "
		  "builds an address space and dynamic linking fills it; system and popen do this for a "
		  "shell as well. Hot regions only wake waiting threads. pthread = 1: hot region 0.1, "
		  "vfork 1.4, fork 6, posix_spawn 20-29, fork+exec 24-34, system 72.",
	.metrics = {{"total", "ns", "make to reaped, a worker"}, {"call", "ns", "the call that makes it"},
		{"start", "ns", "that call to its first instruction"},
		{"finish", "ns", "its first instruction to reaped"}},
	.options = {{"children", 1, MOST_CHILDREN, 1, "workers made before the first is reaped"}},
	.cases = cases,
	.open = open_spawn,
	.close = close_spawn,
};
