/* SPDX-License-Identifier: MIT */
/*
 * probe_launch.c - one launch of a probe in a fresh process, from both sides: the driver starts it,
 * reads its rows and ends whatever it leaves behind; the launch samples all cases.
 */
#include "bench/probe/probe_launch.h"

#include "base/paths.h"
#include "base/signals.h"
#include "bench/harness/child.h"
#include "bench/harness/launcher.h"
#include "bench/probe/probe_args.h"
#include "bench/probe/sampler.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { SAMPLES_WANTED = 12, LONG_SAMPLES_WANTED = 6 }; /* of a case, in all launches */

/* --- in the driver --- */

/* Where ranks are started, the launcher may say something between the rows. */
static int take_some_row(void *ctx, char *line, struct err *e)
{
	struct probe_launch_row row;
	struct err none = {0};
	if (csv_parse_line(probe_launch_columns, line, &row, &none) != 0)
		return 0;
	return table_add(ctx, &row, e) ? 0 : -1;
}

static int take_row(void *ctx, char *line, struct err *e)
{
	struct probe_launch_row row;
	if (csv_parse_line(probe_launch_columns, line, &row, e) != 0 || !table_add(ctx, &row, e))
		return -1;
	return 0;
}

/* Begins a start of the probe's ranks; -1: what is missing is in `ended`. */
static int open_ranks(
	const struct probe_run *r, const char *path, struct launcher_start *s, struct child_result *ended)
{
	struct err e = {0};
	if (access(path, X_OK) != 0)
		err_set(&e, ERR_ABSENT, "cannot start %s", path);
	else if (launcher_open(s, (unsigned)r->option[0], 0, &e) == 0)
		return 0;
	*ended = (struct child_result){.status = e.status, .cause = e.cause};
	snprintf(ended->message, sizeof ended->message, "%.250s", e.text);
	return -1;
}

static int start(const struct probe_launch *l, struct table *rows, struct child_result *ended, struct err *e)
{
	char path[4096], self[4096], words[PROBE_OPTIONS + 4][80];
	const char *argv[LAUNCHER_WORDS + PROBE_OPTIONS + 11];
	const struct probe_run *r = l->run;
	const bool ranks = r->probe->host != NULL;
	struct launcher_start begun;
	size_t n = 0, w = 0;
	paths_near(l->program, ranks ? r->probe->host : "parscale", path, sizeof path);
	if (ranks && open_ranks(r, path, &begun, ended) != 0)
		return 0;
	for (; ranks && n < begun.count; n++)
		argv[n] = begun.argv[n];
	argv[n++] = path;
	argv[n++] = "probe-launch";
	argv[n++] = r->probe->name;
	snprintf(words[w++], sizeof words[0], "--seconds=%.9fs", l->seconds);
	snprintf(words[w++], sizeof words[0], "--launches=%" PRIu64, l->launches);
	snprintf(words[w++], sizeof words[0], "--launch=%" PRIu64, l->launch_id);
	snprintf(words[w++], sizeof words[0], "--seed=%" PRIu64, l->seed);
	for (size_t i = 0; r->probe->options[i].name; i++)
		snprintf(words[w++], sizeof words[0], "--%s=%" PRIu64, r->probe->options[i].name,
			r->option[i]);
	for (size_t i = 0; i < w; i++)
		argv[n++] = words[i];
	if (r->quick)
		argv[n++] = "--quick";
	if (l->limited)
		argv[n++] = "--limited";
	argv[n] = NULL;
	child_set_openmp(PROBE_CPUS, NULL);
	/* a launcher ends its ranks itself, and who clears up after it is no orphan */
	const struct child_order order = {.path = ranks ? paths_beside("parscale", self, sizeof self) : path,
		.argv = argv,
		.timeout_seconds = l->timeout_seconds,
		.capture = true,
		.launcher = ranks,
		.no_input = ranks,
		.clear = !ranks,
		.line = ranks ? take_some_row : take_row,
		.ctx = rows};
	int status = child_run(&order, ended, e);
	if (status != 0 && ended->pid == 0 && (e->cause == CAUSE_RESOURCES || e->cause == CAUSE_MEMORY)) {
		*ended = (struct child_result){.status = ERR_FAILED, .cause = e->cause};
		snprintf(ended->message, sizeof ended->message, "%.250s", e->text);
		*e = (struct err){0};
		status = 0;
	}
	if (ranks)
		launcher_close(&begun);
	return status;
}

static int note_trouble(const struct probe_launch *l, const struct child_result *ended, struct table *rows,
	bool *good, struct err *e)
{
	*good = ended->status == ERR_NONE && ended->left == 0;
	if (*good)
		return 0;
	struct probe_launch_row *row = table_add(rows, NULL, e);
	if (!row)
		return -1;
	snprintf(row->of.probe, sizeof row->of.probe, "%s", l->run->probe->name);
	row->launch_id = (struct uint_field){l->launch_id, true};
	snprintf(row->status, sizeof row->status, "%s",
		probe_status_name(
			ended->status == ERR_ABSENT ? PROBE_ABSENT : probe_status_of(ended->cause)));
	if (ended->status != ERR_NONE)
		snprintf(row->reason, sizeof row->reason, "%.200s",
			*ended->message ? ended->message : "the launch failed");
	else
		snprintf(row->reason, sizeof row->reason, "%u processes were left behind, and ended",
			ended->left);
	return 0;
}

int probe_launch_run(const struct probe_launch *l, struct table *rows, bool *good, struct err *e)
{
	enum { TIMES = 5 };
	struct child_result ended;
	const size_t before = rows->count;
	for (int i = 0; i == 0 || (i < TIMES && ended.status == ERR_NONE && (ended.paused || ended.stalled));
		i++) {
		rows->count = before; /* what was stopped and went on has no times */
		if (start(l, rows, &ended, e) != 0)
			return -1;
	}
	if (signals_seen())
		return err_set(e, ERR_INTERRUPTED, "interrupted");
	return note_trouble(l, &ended, rows, good, e);
}

/* --- in the launch --- */

static int send_row(void *ctx, const struct probe_launch_row *row, struct err *e)
{
	return csv_append(*(const int *)ctx, probe_launch_columns, row, e);
}

static unsigned share(uint64_t all, uint64_t launches)
{
	return (unsigned)((all + launches - 1) / launches);
}

static int measure(int argc, char **argv, int fd, struct err *e)
{
	struct probe_args a;
	struct probe_run r;
	if (probe_args_parse(argc, argv, &a, e) != 0)
		return -1;
	if (a.count != 1 || (fd == CHILD_RESULT_FD && fcntl(fd, F_SETFD, FD_CLOEXEC) != 0))
		return err_set(
			e, ERR_USAGE, "probe-launch: for parscale's own use; see parscale probe --help");
	const struct sampler_plan plan = {.budget_seconds = a.seconds,
		.limited = a.limited,
		.blocks = a.limited ? 1 : share(SAMPLES_WANTED, a.launches),
		.long_samples = share(LONG_SAMPLES_WANTED, a.launches),
		.seed = a.seed * 1000 + a.launch_id,
		.launch_id = a.launch_id};
	int status = probe_args_prepare(&a, a.named[0], &r, e);
	if (status == 0)
		status = sampler_run(&r, &plan, send_row, &fd, e);
	probe_run_free(&r);
	return status;
}

int probe_launch_main(int argc, char **argv, int fd)
{
	struct err e = {0};
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the driver's end is ours */
	if (measure(argc, argv, fd, &e) != 0)
		fprintf(stderr, "parscale: %s\n", e.text);
	return err_exit(&e);
}
