/* SPDX-License-Identifier: MIT */
/*
 * sweep.c - the command `sweep`: reads a plan, makes the results folder, and runs the campaign; or
 * prints the plan (--dry-run).
 */
#include "base/options.h"
#include "base/paths.h"
#include "base/signals.h"
#include "base/units.h"
#include "bench/commands/command.h"
#include "bench/data/csv.h"
#include "bench/data/folder.h"
#include "bench/machine/build.h"
#include "bench/machine/facts.h"
#include "bench/sweep/manifest.h"
#include "bench/sweep/plan_here.h"
#include "bench/sweep/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OUT_MOST = 4032 };
_Static_assert((int)OPTION_TEXTS_MOST <= (int)FOLDER_OTHERS, "each --against has a folder");

struct sweep_args {
	char plan[4096];
	const char *out; /* NULL: results/DATE-TIME */
	struct option_texts against;
	double budget_seconds;     /* 0: the plan's */
	const struct meter *meter; /* NULL: the plan's */
	struct fault fault;        /* of tests: in each launch that has the worker */
	bool dry_run, no_charts;
	bool quick, thorough; /* plans of the house beside the default one */
};

static const struct option_spec specs[] = {
	OPTION_TEXT("out", struct sweep_args, out, "DIR",
		"folder for the results, which must not hold any yet (default: results/DATE-TIME)"),
	OPTION_CALL("against", struct sweep_args, against, options_add_text, "PATH",
		"measure another parscale (a program, or the folder of its build) in turn with this one; may be repeated; results go to DIR/against, those of several programs to DIR/against/NAME; then run `parscale compare DIR`"),
	OPTION_SECONDS("budget", struct sweep_args, budget_seconds,
		"start no launch that would end after this time, such as 5m or 1h (default: the plan's)"),
	OPTION_CALL("meter", struct sweep_args, meter, meter_option, "NAME",
		"auto, gbench or native (default: the plan's)"),
	OPTION_CALL("fault", struct sweep_args, fault, fault_option, NULL, NULL),
	OPTION_FLAG("quick", struct sweep_args, quick, "the plan scripts/sweeps/quick.sweep: one minute"),
	OPTION_FLAG("thorough", struct sweep_args, thorough,
		"the plan scripts/sweeps/thorough.sweep: narrower intervals, at most an hour"),
	OPTION_FLAG("no-charts", struct sweep_args, no_charts, "write no charts and no report"),
	OPTION_FLAG("dry-run", struct sweep_args, dry_run,
		"print the cells, the combinations skipped and why, and an estimate; measure nothing"),
	{0}};

static const struct options options = {
	.usage = "parscale sweep [FILE.sweep] [options]",
	.about =
		"Measures every cell of a plan in random order, each launch in a fresh process, every answer verified. Then draws the "
		"charts and writes the report. Without a file it measures the default plan, about five minutes on two cores and at most twenty on more.",
	.table = specs,
	.after =
		"Ctrl-C, TERM, HUP, USR1, USR2 and XCPU stop the sweep. Finished launches are kept and summarised, unless "
		"such a signal arrives a second time. Signals that are ignored at the start (nohup) stay ignored.",
};

/* 0 after --help, 1 where there is something to measure. */
static int parse(int argc, char **argv, struct sweep_args *a, struct err *e)
{
	*a = (struct sweep_args){0};
	const int first = options_parse(&options, argc, argv, a, e);
	if (first <= 0)
		return first;
	if (a->out && strlen(a->out) > OUT_MOST)
		return err_set(e, ERR_USAGE, "--out: the folder's name is too long");
	if (argc - first > 1)
		return err_set(e, ERR_USAGE, "sweep: one plan, not also '%s'", argv[first + 1]);
	if (a->quick + a->thorough + (argc - first) > 1)
		return err_set(e, ERR_USAGE, "sweep: one plan: a file, --quick or --thorough");
	if (first < argc)
		snprintf(a->plan, sizeof a->plan, "%s", argv[first]);
	else
		paths_data(a->quick      ? "scripts/sweeps/quick.sweep"
			   : a->thorough ? "scripts/sweeps/thorough.sweep"
					 : "scripts/sweeps/default.sweep",
			a->plan, sizeof a->plan);
	return 1;
}

static void print_plan(const struct plan *p, const struct baselines *b)
{
	char text[2][UNITS_BYTES], build[BUILD_TEXT];
	for (size_t i = 0; i < p->count; i++) {
		char label[PLAN_LABEL];
		printf("%s", plan_label(&p->cells[i].cell, label));
		if (p->cells[i].word != SIZE_NO_WORD)
			printf("  # size = %s: %s%s", size_word_name(p->cells[i].word),
				units_bytes((double)p->cells[i].word_bytes, text[0]),
				p->cells[i].cell.scaling == SCALING_STRONG ? "" : " for each worker");
		puts(p->cells[i].spare ? "  # only where the curve over workers bends" : "");
	}
	for (size_t i = 0; i < p->probe_count; i++)
		printf("# probe %s, %s cases\n", p->probes[i]->name, p->probe_cases ? "all" : "quick");
	for (size_t i = 0; i < p->omitted; i++)
		printf("# skipped: %s: %s\n", p->omissions[i].label, p->omissions[i].reason);
	for (size_t i = 0; i < b->count; i++)
		printf("# each in turn with %s %s, into %s\n", b->list[i].program,
			build_text(b->list[i].build, build), b->list[i].folder);
	printf("# %zu cells, %zu skipped; %u launches or more of %u samples each, meter %s; about %s for the first %u, at most %s in total\n",
		p->count, p->omitted, p->launches, p->repetitions, p->meter->name,
		units_clock((double)(1 + b->count) * plan_estimate(p), text[0]), p->launches,
		units_clock(p->budget_seconds, text[1]));
}

static int dry_run(const struct sweep_args *a, const struct plan *p, struct err *e)
{
	struct baselines b;
	int status = baselines_find(&b, a->against.text, a->against.count, p, e);
	if (status == 0)
		print_plan(p, &b);
	baselines_free(&b);
	return status;
}

/* --- the folder --- */

enum { FOLDER_NAME = 48 };

/* Makes a folder that is named by the time, and by a number where others began in the same second: jobs of an array do. */
static int make_folder(char name[FOLDER_NAME], struct err *e)
{
	enum { MOST = 10000 };
	time_t now = time(NULL);
	struct tm tm;
	localtime_r(&now, &tm);
	const size_t used = strftime(name, FOLDER_NAME, "results/%Y-%m-%d-%H%M%S", &tm);
	if (mkdir("results", 0777) != 0 && errno != EEXIST)
		return err_set(e, ERR_USAGE, "cannot make results: %s (--out names another folder)",
			strerror(errno));
	for (unsigned i = 2; mkdir(name, 0777) != 0; i++) {
		if (errno != EEXIST || i > MOST)
			return err_set(e, ERR_USAGE, "cannot make %s: %s (--out names another folder)", name,
				strerror(errno));
		snprintf(name + used, FOLDER_NAME - used, "-%u", i);
	}
	return 0;
}

/* Makes an arm's folder, and samples.csv with its header in it. */
static int open_samples(struct session_arm *arm, struct err *e)
{
	char path[4200];
	if (folder_make(arm->dir, e) != 0)
		return -1;
	snprintf(path, sizeof path, "%s/samples.csv", arm->dir);
	if (access(path, F_OK) == 0)
		return err_set(e, ERR_USAGE,
			"--out: %s holds results already (parscale resume %s goes on with them)", arm->dir,
			arm->dir);
	arm->samples_fd = session_open_samples(arm->dir, e);
	if (arm->samples_fd >= 0)
		return 0;
	e->status = ERR_USAGE; /* another folder may do */
	return -1;
}

/* Keeps the plan beside its results, for resume and for readers. */
static int copy_plan(const struct sweep_args *a, const char *dir, struct err *e)
{
	char path[4200], block[4096];
	snprintf(path, sizeof path, "%s/plan.sweep", dir);
	FILE *from = fopen(a->plan, "r"), *to = fopen(path, "w");
	size_t n;
	while (from && to && (n = fread(block, 1, sizeof block, from)) > 0)
		fwrite(block, 1, n, to);
	bool good = from && to && !ferror(from) && !ferror(to);
	if (from)
		fclose(from);
	if (to)
		good &= fclose(to) == 0;
	return good ? 0 : err_set(e, ERR_FAILED, "cannot copy %s to %s: %s", a->plan, path, strerror(errno));
}

/* Before seconds are spent: whether the other programs are such. */
static int check_baselines(const struct sweep_args *a, const struct plan *p, struct err *e)
{
	struct baselines b;
	int status = baselines_find(&b, a->against.text, a->against.count, p, e);
	baselines_free(&b);
	return status;
}

/* The plan for this machine; unless nothing is to be measured, for the caches that it is found to have. */
static int read_plan(const struct sweep_args *a, struct plan *p, struct opening *o, struct err *e)
{
	if (opening_told(o, a->dry_run ? "a dry run measures nothing" : "", e) != 0 ||
		plan_read_here(p, a->plan, o, e) != 0)
		return -1;
	if (a->dry_run)
		return 0;
	if (a->budget_seconds > 0)
		p->budget_seconds = a->budget_seconds;
	if (!plan_measures_caches(p)) {
		snprintf(o->caches.note, sizeof o->caches.note, "%s",
			p->caches_from == PLAN_CACHES_TOLD ? "the plan says `caches = told`"
							   : "the sweep takes less than a minute");
		p->caches = o->caches;
		return 0;
	}
	if (check_baselines(a, p, e) != 0)
		return -1;
	fprintf(stderr, "measuring the caches, for some seconds\n");
	if (opening_measure(o, p->order_seed, e) != 0)
		return -1;
	plan_free(p);
	return plan_read_here(p, a->plan, o, e);
}

/* How long it takes, where that is more than on two CPUs. */
static void tell_time(const struct plan *p)
{
	char text[2][UNITS_BYTES];
	if (p->budget_auto && p->budget_seconds > PLAN_BUDGET_LEAST)
		fprintf(stderr,
			"up to %s: %zu cells need %u launches each for their intervals (two CPUs take %s); --budget sets another limit\n",
			units_clock(p->budget_seconds, text[0]), p->count, p->launches,
			units_clock(PLAN_BUDGET_LEAST, text[1]));
}

static int measure(int argc, char **argv, const struct sweep_args *a, const struct plan *p,
	const struct opening *opening, struct err *e)
{
	struct session s = {
		.plan = p, .plan_path = a->plan, .charts = !a->no_charts, .argc = argc, .argv = argv};
	char name[FOLDER_NAME];
	if (!a->out && make_folder(name, e) != 0)
		return -1;
	int status = baselines_find(&s.baselines, a->against.text, a->against.count, p, e);
	if (status == 0)
		status = session_open(&s, a->out ? a->out : name, e);
	if (status != 0 && !a->out)
		rmdir(name);
	for (size_t i = 0; i < s.arm_count && status == 0; i++)
		if (open_samples(&s.arms[i], e) != 0 || copy_plan(a, s.arms[i].dir, e) != 0 ||
			opening_write(opening, s.arms[i].dir, e) != 0)
			status = -1;
	if (status == 0) {
		tell_time(p);
		status = session_run(&s, e);
	}
	session_close(&s);
	return status;
}

int sweep_main(int argc, char **argv, struct err *e)
{
	struct sweep_args a;
	struct plan p = {0};
	struct opening opening = {0};
	int status = parse(argc, argv, &a, e);
	if (status <= 0)
		return status;
	if (!a.dry_run) {
		signals_catch();
		signals_outlive_readers();
	}
	status = read_plan(&a, &p, &opening, e);
	if (a.budget_seconds > 0) {
		p.budget_seconds = a.budget_seconds;
		p.budget_auto = false;
	}
	if (a.meter)
		p.meter = a.meter;
	p.fault = a.fault;
	if (status == 0)
		status = a.dry_run ? dry_run(&a, &p, e) : measure(argc, argv, &a, &p, &opening, e);
	plan_free(&p);
	opening_free(&opening);
	return status;
}
