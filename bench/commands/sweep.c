/* SPDX-License-Identifier: MIT */
/*
 * sweep.c - the command `sweep`: reads a plan, makes the results folder, and runs the campaign; or
 * prints the plan (--dry-run).
 */
#include "base/number.h"
#include "base/options.h"
#include "base/paths.h"
#include "base/signals.h"
#include "base/units.h"
#include "base/wrap.h"
#include "bench/commands/command.h"
#include "bench/data/csv.h"
#include "bench/data/folder.h"
#include "bench/machine/facts.h"
#include "bench/sweep/manifest.h"
#include "bench/sweep/plan_here.h"
#include "bench/sweep/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct sweep_args {
	char plan[4096];
	char out[4096];
	const char *against;       /* NULL: no other program */
	double budget_seconds;     /* 0: the plan's */
	const struct meter *meter; /* NULL: the plan's */
	bool dry_run, help, charts;
};

static void help(void)
{
	wrap_text(stdout,
		"usage: parscale sweep [FILE.sweep] [options]\n\n"
		"Measures every cell of a plan in randomised blocks, each launch in a fresh process, every answer verified, then draws the "
		"charts and writes the report. Without a file it measures the default plan, made for about five minutes on two cores.\n\n"
		"  --out DIR       folder for the results, which holds none yet (results/DATE-TIME)\n"
		"  --against PATH  measure another parscale in turn with this one, launch by launch: the program, or the folder of its build; "
		"its results go to DIR/against, and `parscale compare DIR/against DIR` tells them apart\n"
		"  --budget T      begin no launch that would end later, such as 5m or 1h (the plan's)\n"
		"  --meter NAME    auto, gbench or native (the plan's)\n"
		"  --no-charts     stop after summary.csv\n"
		"  --dry-run       print the cells, what was left out and why, and an estimate; measure nothing\n"
		"  --help          this text\n\n"
		"Ctrl-C stops after the launch in progress; finished rows are kept and summarised.\n");
}

static int parse(int argc, char **argv, struct sweep_args *a, struct err *e)
{
	static const struct option options[] = {{"out", required_argument, NULL, 'o'},
		{"against", required_argument, NULL, 'p'}, {"budget", required_argument, NULL, 'b'},
		{"meter", required_argument, NULL, 'm'}, {"no-charts", no_argument, NULL, 'n'},
		{"dry-run", no_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
	*a = (struct sweep_args){.charts = true};
	int found;
	optind = 1;
	while ((found = options_next(argc, argv, options, e)) != -1) {
		switch (found) {
		case 'o':
			if (!*optarg || strlen(optarg) > sizeof a->out - 64)
				return err_set(e, ERR_USAGE, "--out: the folder's name is empty or too long");
			strcpy(a->out, optarg);
			break;
		case 'p':
			a->against = optarg;
			break;
		case 'b':
			if (number_parse_seconds("--budget", optarg, &a->budget_seconds, e) != 0)
				return -1;
			break;
		case 'm':
			if (!(a->meter = meter_find(optarg, e)))
				return -1;
			break;
		case 'n':
			a->charts = false;
			break;
		case 'd':
			a->dry_run = true;
			break;
		case 'h':
			a->help = true;
			return 0;
		default:
			return -1;
		}
	}
	if (argc - optind > 1)
		return err_set(e, ERR_USAGE, "sweep: one plan, not also '%s'", argv[optind + 1]);
	if (optind < argc)
		snprintf(a->plan, sizeof a->plan, "%s", argv[optind]);
	else
		paths_data("scripts/sweeps/default.sweep", a->plan, sizeof a->plan);
	return 0;
}

static void print_plan(const struct plan *p, const struct baseline *baseline)
{
	char text[2][UNITS_BYTES], build[BASELINE_TEXT];
	for (size_t i = 0; i < p->count; i++) {
		char label[PLAN_LABEL];
		printf("%s\n", plan_label(&p->cells[i].cell, label));
	}
	for (size_t i = 0; i < p->probe_count; i++)
		printf("# probe %s, %s cases\n", p->probes[i]->name, p->probe_cases ? "all" : "quick");
	for (size_t i = 0; i < p->omitted; i++)
		printf("# left out: %s: %s\n", p->omissions[i].label, p->omissions[i].reason);
	if (baseline)
		printf("# each in turn with %s %s\n", baseline->program,
			baseline_build(baseline->build, build));
	printf("# %zu cells, %zu left out; %u launches or more of %u samples each, meter %s; roughly %s for the first %u, at most %s in all\n",
		p->count, p->omitted, p->launches, p->repetitions, p->meter->name,
		units_clock((baseline ? 2 : 1) * plan_estimate(p), text[0]), p->launches,
		units_clock(p->budget_seconds, text[1]));
}

static int dry_run(const struct sweep_args *a, const struct plan *p, struct err *e)
{
	struct baseline baseline = {0};
	int status = a->against ? baseline_find(&baseline, a->against, p, e) : 0;
	if (status == 0)
		print_plan(p, a->against ? &baseline : NULL);
	baseline_free(&baseline);
	return status;
}

/* --- the folder --- */

static void name_folder(struct sweep_args *a)
{
	time_t now = time(NULL);
	struct tm tm;
	localtime_r(&now, &tm);
	if (!a->out[0])
		strftime(a->out, sizeof a->out, "results/%Y-%m-%d-%H%M%S", &tm);
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

static int measure(int argc, char **argv, struct sweep_args *a, const struct plan *p, struct err *e)
{
	struct session s = {.plan = p, .plan_path = a->plan, .charts = a->charts, .argc = argc, .argv = argv};
	name_folder(a);
	int status = session_open(&s, a->out, a->against, e);
	for (size_t i = 0; i < s.arm_count && status == 0; i++)
		if (open_samples(&s.arms[i], e) != 0 || copy_plan(a, s.arms[i].dir, e) != 0)
			status = -1;
	if (status == 0)
		status = session_run(&s, e);
	session_close(&s);
	return status;
}

int sweep_main(int argc, char **argv, struct err *e)
{
	struct sweep_args a;
	struct plan p = {0};
	int status = 0;
	if (parse(argc, argv, &a, e) != 0)
		return -1;
	if (a.help) {
		help();
		return 0;
	}
	if (plan_read_here(&p, a.plan, e) != 0)
		return -1;
	if (a.budget_seconds > 0)
		p.budget_seconds = a.budget_seconds;
	if (a.meter)
		p.meter = a.meter;
	if (a.dry_run) {
		status = dry_run(&a, &p, e);
	} else {
		signals_catch();
		status = measure(argc, argv, &a, &p, e);
	}
	plan_free(&p);
	return status;
}
