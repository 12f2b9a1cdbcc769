/* SPDX-License-Identifier: MIT */
/*
 * resume.c - the command `resume`: continues a sweep that was interrupted or killed.
 *
 * The plan is read again from the folder and must give the same cells as the manifest, since
 * launches are numbered by cell; machine and build must be the same as well, unless the user
 * insists.
 */
#include "base/options.h"
#include "base/signals.h"
#include "bench/commands/command.h"
#include "bench/data/folder.h"
#include "bench/data/schema.h"
#include "bench/sweep/plan_here.h"
#include "bench/sweep/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct resume_args {
	const char *dir;
	double budget_seconds; /* 0: the sweep's, anew */
	bool force, no_charts;
	char whole[4096]; /* of dir, where the folder had to be left */
};

static const struct option_spec specs[] = {
	OPTION_SECONDS("budget", struct resume_args, budget_seconds,
		"begin no launch that would end later (default: the sweep's own, from now)"),
	OPTION_FLAG("force", struct resume_args, force,
		"continue even if the machine or build differs from that of the sweep"),
	OPTION_FLAG("anyway", struct resume_args, force, NULL),
	OPTION_FLAG("no-charts", struct resume_args, no_charts, "write no charts and no report"), {0}};

static const struct options options = {
	.usage = "parscale resume DIR [options]",
	.about =
		"Continues a sweep: makes the missing launches, in the order in which the sweep would have made them.",
	.table = specs,
};

/* Whether the labels of the plan, and its probes, are those that the sweep began with: only then do launch
 * numbers mean the same cells. */
static bool same_cells(const struct plan *p, json_t *manifest)
{
	const json_t *cells = json_object_get(json_object_get(manifest, "plan"), "cells");
	bool same = json_array_size(cells) == p->count;
	for (size_t i = 0; same && i < p->count; i++) {
		const char *label = json_string_value(json_array_get(cells, i));
		char now[PLAN_LABEL];
		same = label && schema_same_label(label, plan_label(&p->cells[i].cell, now));
	}
	const json_t *probed = json_object_get(json_object_get(manifest, "plan"), "probes");
	same &= json_array_size(probed) == p->probe_count;
	for (size_t i = 0; same && i < p->probe_count; i++) {
		const char *name = json_string_value(json_array_get(probed, i));
		same = name && strcmp(name, p->probes[i]->name) == 0;
	}
	return same;
}

/* No answer to another input can be pooled with those that are there. */
static int check_inputs(const struct session_arm *arm, const json_t *manifest, struct err *e)
{
	const struct fixed_file *other =
		fixed_files_differ(&arm->fixed, json_object_get(manifest, "files"), false);
	return other ? err_set(e, ERR_USAGE, "resume: input changed: %s is not what %s was measured with",
			       other->path, arm->dir)
		     : 0;
}

/* Checks machine, build and programs of an arm against its manifest. */
static int check_arm(const struct session_arm *arm, const json_t *manifest, struct err *e)
{
	static const struct {
		/* of the manifest; its memory in bytes may differ from boot to boot, but not the machine's
		 * key */
		const char *name, *part;
	} kinds[] = {{"machine", "key"}, {"build", NULL}};
	for (size_t i = 0; i < 2; i++) {
		const json_t *then = json_object_get(manifest, kinds[i].name),
			     *now = json_object_get(arm->facts, kinds[i].name);
		if (kinds[i].part) {
			then = json_object_get(then, kinds[i].part);
			now = json_object_get(now, kinds[i].part);
		}
		if ((then || now) && !json_equal(then, now))
			return err_set(e, ERR_USAGE,
				"resume: %s was measured with another %s (--force goes on all the same)",
				arm->dir, kinds[i].name);
	}
	const struct fixed_file *other =
		fixed_files_differ(&arm->fixed, json_object_get(manifest, "files"), true);
	return other ? err_set(e, ERR_USAGE,
			       "resume: %s was measured with another build of %s (--force goes on all the same)",
			       arm->dir, other->name)
		     : 0;
}

static int check_same(const struct resume_args *a, const struct session *s, json_t *manifest, struct err *e)
{
	if (!same_cells(s->plan, manifest))
		return err_set(e, ERR_USAGE,
			"resume: the plan in %s gives other cells here and now than when the sweep began",
			a->dir);
	if (check_inputs(&s->arms[0], manifest, e) != 0)
		return -1;
	if (a->force)
		return 0;
	if (check_arm(&s->arms[0], manifest, e) != 0)
		return -1;
	int status = 0;
	for (size_t i = 1; i < s->arm_count && status == 0; i++) {
		json_t *other = folder_manifest(s->arms[i].dir, e);
		status = other ? check_arm(&s->arms[i], other, e) : -1;
		json_decref(other);
	}
	return status;
}

/* How the sweep was told to measure where the plan's file says something else: it was on the command line. */
static int take_settings(const struct resume_args *a, struct plan *p, json_t *manifest, struct err *e)
{
	json_t *plan = json_object_get(manifest, "plan");
	const char *meter = json_string_value(json_object_get(plan, "meter"));
	double budget = json_number_value(json_object_get(plan, "budget_seconds"));
	p->budget_seconds = a->budget_seconds > 0 ? a->budget_seconds
			    : budget > 0          ? budget
						  : p->budget_seconds;
	return meter && !(p->meter = meter_find(meter, e)) ? -1 : 0;
}

/* Opens an arm's samples.csv, cuts a torn end off, and reads the rows. */
static int take_samples(struct session_arm *arm, struct err *e)
{
	char path[4200];
	snprintf(path, sizeof path, "%.4100s/samples.csv", arm->dir);
	if (access(path, F_OK) != 0)
		return err_set(e, ERR_USAGE, "resume: there is no %s", path);
	if (session_upgrade(arm->dir, e) != 0)
		return -1;
	arm->samples_fd = session_open_samples(arm->dir, e);
	return arm->samples_fd < 0 ? -1 : csv_read(path, &arm->before, NULL, e);
}

static int go_on(
	const struct resume_args *a, struct session *s, struct plan *p, json_t *manifest, struct err *e)
{
	if (take_settings(a, p, manifest, e) != 0 || check_same(a, s, manifest, e) != 0)
		return -1;
	for (size_t i = 0; i < s->arm_count; i++) /* all of them before any is written to */
		if (folder_check(s->arms[i].dir, e) != 0)
			return -1;
	for (size_t i = 0; i < s->arm_count; i++)
		if (take_samples(&s->arms[i], e) != 0)
			return -1;
	return session_run(s, e);
}

/* A sweep of several programs goes on in its own folder, with all of them. */
static int read_others(
	const struct resume_args *a, const json_t *manifest, struct folder_others *others, struct err *e)
{
	if (folder_others(manifest, a->dir, others, e) != 0)
		return -1;
	if (others->pair && strlen(others->pair) >= SESSION_PAIR)
		return err_set(e, ERR_USAGE, "%s/manifest.json: the sweep's name is too long", a->dir);
	if (others->part)
		return err_set(e, ERR_USAGE,
			"resume: %s is a part of a sweep of several programs: resume the folder that it lies in",
			a->dir);
	return 0;
}

/* An input's relative name counts from where the sweep began, if that is there. */
static int enter_directory(struct resume_args *a, const struct plan *p, const json_t *manifest, struct err *e)
{
	const char *directory = json_string_value(json_object_get(manifest, "directory"));
	bool relative = false;
	for (size_t i = 0; i < p->count; i++) {
		const char *input = p->cells[i].cell.input;
		relative |= input[0] && input[0] != '/' && strcmp(input, "-") != 0;
	}
	if (!relative || !directory || access(directory, X_OK) != 0)
		return 0;
	char *whole = realpath(a->dir, NULL);
	if (!whole || strlen(whole) >= sizeof a->whole || chdir(directory) != 0) {
		free(whole);
		return err_set(e, ERR_FAILED, "resume: cannot go to %s: %s", directory, strerror(errno));
	}
	a->dir = strcpy(a->whole, whole);
	free(whole);
	return 0;
}

static int resume(struct resume_args *a, int argc, char **argv, json_t *manifest, struct err *e)
{
	struct plan p = {0};
	char plan_path[4200];
	struct folder_others others;
	const char *original = json_string_value(json_object_get(json_object_get(manifest, "plan"), "file"));
	snprintf(plan_path, sizeof plan_path, "%.4100s/plan.sweep", a->dir);
	struct session s = {.plan = &p,
		.plan_path = original ? original : plan_path,
		.charts = !a->no_charts,
		.argc = argc,
		.argv = argv,
		.started = json_number_value(json_object_get(manifest, "started"))};
	struct opening opening = {0};
	int status = read_others(a, manifest, &others, e);
	if (status == 0)
		status = opening_again(&opening, manifest, e);
	if (status == 0)
		status = plan_read_here(&p, plan_path, &opening, e);
	if (status == 0)
		status = enter_directory(a, &p, manifest, e);
	if (status == 0)
		status = baselines_again(&s.baselines, &others, &p, e);
	if (status == 0 && others.pair)
		strcpy(s.pair, others.pair);
	if (status == 0)
		status = session_open(&s, a->dir, e);
	if (status == 0)
		status = go_on(a, &s, &p, manifest, e);
	session_close(&s);
	plan_free(&p);
	opening_free(&opening);
	return status;
}

int resume_main(int argc, char **argv, struct err *e)
{
	struct resume_args a = {0};
	const int first = options_parse(&options, argc, argv, &a, e);
	if (first <= 0)
		return first;
	if (!(a.dir = options_folder(argc, argv, first, e)))
		return -1;
	json_t *manifest = folder_manifest(a.dir, e);
	if (!manifest)
		return -1;
	signals_catch();
	signals_outlive_readers();
	int status = resume(&a, argc, argv, manifest, e);
	json_decref(manifest);
	return status;
}
