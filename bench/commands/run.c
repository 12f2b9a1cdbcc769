/* SPDX-License-Identifier: MIT */
/*
 * run.c - the command `run`: one launch of one cell, and its rows as text, JSON or CSV. The
 * median's interval here is over samples of one launch; only a sweep sees the variance between
 * launches.
 */
#include "bench/commands/run.h"

#include "base/signals.h"
#include "base/units.h"
#include "bench/commands/command.h"
#include "bench/data/row_json.h"
#include "bench/harness/launch.h"
#include "bench/harness/launch_args.h"
#include "bench/harness/nth.h"
#include "bench/harness/print_items.h"
#include "bench/machine/counters.h"
#include "bench/machine/json_memory.h"
#include "bench/machine/settings.h"
#include "bench/stats/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A launch's rows, condensed. */
struct outcome {
	const struct sample *first; /* for what all rows share */
	size_t count;
	double *seconds; /* in the order they came */
	double median;
	struct interval interval;
};

static double median_of(const struct table *t, size_t offset, double *room)
{
	for (size_t i = 0; i < t->count; i++)
		memcpy(&room[i], (const char *)table_row(t, i) + offset, sizeof room[i]);
	stats_sort(room, t->count);
	return stats_median(room, t->count);
}

static int condense(const struct table *t, struct outcome *o, struct err *e)
{
	double *sorted = calloc(t->count, 2 * sizeof *sorted);
	if (!sorted)
		return err_set(e, ERR_FAILED, "out of memory");
	o->first = table_row(t, 0);
	o->count = t->count;
	o->seconds = sorted + t->count;
	for (size_t i = 0; i < t->count; i++)
		o->seconds[i] = ((const struct sample *)table_row(t, i))->seconds;
	o->median = median_of(t, offsetof(struct sample, seconds), sorted);
	o->interval = stats_median_interval(sorted, t->count, 0.95);
	o->seconds = memcpy(sorted, o->seconds, t->count * sizeof *sorted);
	return 0;
}

static const struct {
	const char *name;
	size_t offset;
} phases[] = {
#define PHASE(name, meaning) {#name, offsetof(struct sample, name##_ns)},
#define SPREAD(name, meaning) {#name, offsetof(struct sample, name##_ns)},
#include "bench/data/measured.def"
};

enum { PHASES = sizeof phases / sizeof *phases };

/* What was counted, and one line for what could not be. */
static void print_counters(FILE *to, const struct table *t, double *room)
{
	char why[200], text[UNITS_BYTES];
	const char *between = "  counted  ";
#define COUNTER(name, group, type, config, meaning) {#name, offsetof(struct sample, name)},
	static const struct {
		const char *name;
		size_t offset;
	} counters[] = {
#include "bench/machine/counters.def"
		{"J", offsetof(struct sample, joules)}};
#undef COUNTER
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
		const double median = median_of(t, counters[i].offset, room);
		if (isnan(median))
			continue;
		fprintf(to, "%s%s %s", between, units_count(median, text), counters[i].name);
		between = ", ";
	}
	fputs(between[0] == ',' ? "\n" : "", to);
	counters_missing(why, sizeof why);
	if (why[0])
		fprintf(to, "  counters %s\n", why);
	counters_energy_missing("", why, sizeof why);
	if (why[0])
		fprintf(to, "  energy   %s\n", why);
}

/* Variables of the environment that are in effect and can have changed the numbers. */
static void print_settings(FILE *to)
{
	struct setting_found found[SETTINGS_MOST];
	int n = settings_found(found, SETTINGS_MOST);
	for (int i = 0; i < n; i++)
		if (setting_matters(&found[i]))
			fprintf(to, "  in effect %s\n", found[i].variable);
}

static int print_text(FILE *to, const struct run_args *a, const struct table *t, const struct outcome *o)
{
	const struct sample *s = o->first;
	const struct factors *f = &s->cell;
	char text[3][32];
	double *room = calloc(t->count, sizeof *room);
	if (!room)
		return -1;
	const bool told = strcmp(f->wait, "auto") != 0;
	fprintf(to, "%s %s on %s, %s %s,%s%s%s%s %" PRIu64 " worker%s, placement %s\n", f->kernel, f->variant,
		f->backend, f->lifetime, f->schedule,
		strcmp(f->global_lock, "yes") == 0 ? " one at a time," : "", told ? " " : "",
		told ? f->wait : "", told ? " waiting," : "", f->workers.value,
		units_plural(f->workers.value), f->placement);
	fprintf(to, "  found    %" PRIu64 " in %" PRIu64 " %ss; ", s->count.value, f->items.value,
		a->measure.cell.kernel->item);
	if (s->longest.known)
		fprintf(to, "%s: %" PRIu64 "; ", a->measure.cell.kernel->longest, s->longest.value);
	fprintf(to, "%s (%s)",
		strcmp(s->status, "ok") == 0      ? "verified"
		: strcmp(s->status, "wrong") == 0 ? "WRONG"
						  : "FAILED",
		s->verified_by);
	if (s->excluded.known)
		fprintf(to, "; %" PRIu64 " %s not counted", s->excluded.value,
			a->measure.cell.kernel->excluded->name);
	fprintf(to, "\n  time     %s, median of %zu sample%s of %" PRIu64 " run%s",
		units_time(o->median * 1e9, text[0]), o->count, units_plural(o->count), s->batch.value,
		units_plural(s->batch.value));
	if (o->interval.low > 0)
		fprintf(to, "; 95 %% interval %s to %s", units_time(o->interval.low * 1e9, text[1]),
			units_time(o->interval.high * 1e9, text[2]));
	fprintf(to, "\n  rate     %s %ss/s\n  phases  ",
		units_count((double)f->items.value / o->median, text[0]), a->measure.cell.kernel->item);
	for (size_t i = 0; i < PHASES; i++)
		fprintf(to, "%s %s %s", i ? "," : "", phases[i].name,
			units_time(median_of(t, phases[i].offset, room), text[0]));
	fprintf(to, "\n  setup    %s once, before the runs%s", units_time(s->setup_seconds * 1e9, text[0]),
		f->input[0] ? ", including reading the input" : "");
	if (s->open_seconds > 0)
		fprintf(to, "; %s to create the pool", units_time(s->open_seconds * 1e9, text[1]));
	fprintf(to, "\n  meter    %s\n", f->meter);
	print_settings(to);
	if (a->measure.counters)
		print_counters(to, t, room);
	free(room);
	return 0;
}

static json_t *effective_settings(void)
{
	struct setting_found found[SETTINGS_MOST];
	json_t *list = json_array();
	int n = settings_found(found, SETTINGS_MOST);
	for (int i = 0; i < n; i++)
		if (setting_matters(&found[i]))
			json_array_append_new(list, json_string(found[i].variable));
	return list;
}

static int print_json(FILE *to, const struct table *t, const struct outcome *o)
{
	json_t *root = json_object(), *samples = json_array();
	double *room = calloc(t->count, sizeof *room);
	if (!root || !samples || !room) {
		json_decref(root);
		json_decref(samples);
		free(room);
		return -1;
	}
	for (const struct column *c = sample_columns; c->name; c++)
		if (strcmp(c->name, "sample") != 0)
			json_object_set_new(root, c->name, field_json(o->first, c));
	for (size_t i = 0; i < o->count; i++)
		json_array_append_new(samples, json_real(o->seconds[i]));
	for (size_t i = 0; i < PHASES; i++) {
		char name[32];
		snprintf(name, sizeof name, "%s_ns", phases[i].name);
		json_object_set_new(root, name, json_real(median_of(t, phases[i].offset, room)));
	}
	json_object_set_new(root, "seconds", json_real(o->median));
	if (o->interval.low > 0) {
		json_object_set_new(root, "seconds_low", json_real(o->interval.low));
		json_object_set_new(root, "seconds_high", json_real(o->interval.high));
	}
	json_object_set_new(root, "samples", samples);
	json_object_set_new(root, "settings", effective_settings());
	int status = json_memory_lost() ? -1 : json_dumpf(root, to, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
	putc('\n', to);
	json_decref(root);
	free(room);
	return status;
}

static int print_csv(FILE *to, const struct table *t)
{
	char line[8192];
	csv_header_line(sample_columns, line, sizeof line);
	fputs(line, to);
	for (size_t i = 0; i < t->count; i++) {
		csv_row_line(sample_columns, table_row(t, i), line, sizeof line);
		fputs(line, to);
	}
	return 0;
}

static int print_nth(const struct run_args *a, uint64_t counted, struct err *e)
{
	uint64_t item;
	if (nth_find(&a->measure.cell, a->nth, counted, &item, e) != 0)
		return -1;
	printf("%" PRIu64 "\n", item);
	return fflush(stdout) == 0 ? 0 : err_set(e, ERR_FAILED, "standard output: %s", strerror(errno));
}

int run_print(const struct run_args *a, const struct table *t, struct err *e)
{
	FILE *to = a->measure.print || a->measure.print_unique || a->nth ? stderr : stdout;
	struct outcome o = {0};
	if (condense(t, &o, e) != 0)
		return -1;
	int status = a->format == FORMAT_JSON  ? print_json(to, t, &o)
		     : a->format == FORMAT_CSV ? print_csv(to, t)
					       : print_text(to, a, t, &o);
	free(o.seconds);
	if (status != 0)
		return err_set(e, ERR_FAILED, "out of memory");
	if (fflush(to) != 0 || ferror(to))
		return err_set(e, ERR_FAILED, "standard output: %s", strerror(errno));
	const struct sample *first = table_row(t, 0);
	return a->nth && strcmp(first->status, "ok") == 0 ? print_nth(a, first->count.value, e) : 0;
}

/* What a launch found before it failed is no result, unless it failed to write a list. */
static void fail_rows(struct table *t, const struct launch_result *r)
{
	if (strncmp(r->message, PRINT_UNWRITTEN, strlen(PRINT_UNWRITTEN)) == 0)
		return;
	for (size_t i = 0; i < t->count; i++) {
		struct sample *row = table_row(t, i);
		if (strcmp(row->status, "ok") != 0)
			continue;
		snprintf(row->status, sizeof row->status, "%s", err_cause_name(r->cause));
		snprintf(row->reason, sizeof row->reason, "%s", r->message);
	}
}

int run_main(int argc, char **argv, struct err *e)
{
	struct run_args a;
	struct launch_result r;
	if (launch_args_parse_run(argc, argv, &a, e) != 0)
		return -1;
	if (a.help) {
		launch_args_help_run();
		return 0;
	}
	if (a.result_fd != 0 || a.measure.expected_known)
		return err_set(e, ERR_USAGE, "--result-fd and --expect are for parscale's own use");
	if (a.measure.known.batch || a.measure.known.seconds > 0 || a.share || a.started || a.shelf)
		return err_set(e, ERR_USAGE,
			"--known-batch, --known-time, --share, --started and --shelf are for parscale's own use");
	signals_catch();
	const struct launch_order order = {.measure = &a.measure, .meter = a.meter};
	if (launch_run(&order, &r, e) != 0) {
		table_free(&r.samples);
		return -1;
	}
	if (r.status == ERR_FAILED)
		fail_rows(&r.samples, &r);
	int status = r.samples.count ? run_print(&a, &r.samples, e) : 0;
	if (status == 0 && r.status != ERR_NONE) {
		status = err_set(e, r.status, "%s", r.message);
	} else if (status == 0 && r.samples.count == 0) {
		status = err_set(e, ERR_FAILED, "the launch ended without a sample");
	}
	table_free(&r.samples);
	return status;
}
