/* SPDX-License-Identifier: MIT */
/*
 * probe.c - the command `probe`: measures mechanisms in fresh processes and prints the results as
 * text, Markdown, JSON or CSV.
 */
#include "base/options.h"
#include "base/signals.h"
#include "base/units.h"
#include "bench/commands/command.h"
#include "bench/data/cache_levels.h"
#include "bench/data/probe_summary.h"
#include "bench/data/row_json.h"
#include "bench/machine/clock.h"
#include "bench/probe/probe_args.h"
#include "bench/probe/probe_launch.h"
#include "bench/probe/probe_show.h"

#include <stdio.h>
#include <string.h>

static void help(const struct probe_args *a)
{
	options_help(&probe_options, stdout);
	putchar('\n');
	for (size_t i = 0; i < a->count; i++)
		probe_show_help(a->named[i]);
}

/* Measures one probe: its rows, summarised, into `rows`. A launch that failed is not repeated. */
static int measure(const struct probe_args *a, const struct probe_run *r, struct table *rows, struct err *e)
{
	struct probe_launch launch = {.run = r,
		.seconds = a->seconds / (double)a->launches,
		.limited = a->seconds_given,
		.timeout_seconds = a->timeout_seconds,
		.launches = a->launches,
		.seed = a->seed};
	const uint64_t start = clock_ns();
	struct table found;
	table_init(&found, probe_launch_columns, sizeof(struct probe_launch_row));
	int status = 0;
	/* given a limit, no launch is begun beyond it but the first */
	for (bool good = true;
		status == 0 && good && launch.launch_id < a->launches &&
		!(launch.limited && launch.launch_id > 0 && (double)(clock_ns() - start) > a->seconds * 1e9);
		launch.launch_id++)
		status = probe_launch_run(&launch, &found, &good, e);
	if (status == 0)
		status = probe_summarise(&found, rows, e);
	table_free(&found);
	return status;
}

/* What all formats need of each probe in turn. */
struct output {
	unsigned format;
	bool single;
	json_t *list;
	struct table all; /* csv */
};

/* What the rows of the probe `cache` say of each level. */
static void show_caches(const struct cache_levels *c, bool markdown)
{
	char text[CACHE_TEXT], ns[UNITS_BYTES];
	for (size_t i = 0; i < CACHE_LEVELS; i++)
		if (c->level[i].verdict != CACHE_NONE)
			printf("%sL%zu       %s\n", markdown ? "- " : "  ", i + 1,
				cache_level_text(&c->level[i], text));
	if (c->measured)
		printf("%smemory   %s, %s\n", markdown ? "- " : "  ", units_time(c->memory_ns, ns),
			cache_memory_text(c, text));
}

static int show(struct output *o, const struct probe_shown *s, struct err *e)
{
	struct cache_levels caches;
	const bool cache = s->run->probe == &probe_cache;
	if (cache) {
		cache_levels_told(&caches, &s->run->place, NULL, "");
		if (cache_levels_measure(&caches, s->rows, e) != 0)
			return -1;
	}
	if (o->format == FORMAT_JSON) {
		json_t *object = probe_show_json(s);
		if (cache && object)
			json_object_set_new(object, "caches", cache_levels_json(&caches));
		return o->single ? json_print(stdout, object, e)
		       : json_array_append_new(o->list, object) == 0
			       ? 0
			       : err_set(e, ERR_FAILED, "out of memory");
	}
	if (o->format != FORMAT_CSV) {
		if (probe_show_text(s, o->format > FORMAT_CSV, e) != 0)
			return -1;
		if (cache)
			show_caches(&caches, o->format > FORMAT_CSV);
		return 0;
	}
	for (size_t i = 0; i < s->rows->count; i++)
		if (!table_add(&o->all, table_row(s->rows, i), e))
			return -1;
	return 0;
}

/* What the command will say and exit with, at the end; an absent probe is a failure only where it was all
 * that was asked for. */
static void note(const struct probe_shown *s, bool single, struct err *worst)
{
	const char *status = s->worst->status;
	const bool absent = strcmp(status, "absent") == 0;
	if (strcmp(status, "ok") != 0 && (!absent || single))
		err_set(worst, absent ? ERR_ABSENT : ERR_FAILED, "probe %s: %s%s%s: %s", s->run->probe->name,
			s->worst->of.mechanism, *s->worst->of.mechanism ? ": " : "", status,
			s->worst->reason);
}

static int run_all(const struct probe_args *a, struct output *o, struct err *worst, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		struct probe_run r;
		struct table rows;
		table_init(&rows, probe_columns, sizeof(struct probe_row));
		int status = probe_args_prepare(a, a->named[i], &r, e);
		if (status == 0)
			status = measure(a, &r, &rows, e);
		const struct probe_shown s = {.run = &r,
			.rows = &rows,
			.launches = (unsigned)a->launches,
			.seed = a->seed,
			.worst = probe_worst(&rows)};
		if (status == 0)
			status = show(o, &s, e);
		if (status == 0)
			note(&s, o->single, worst);
		table_free(&rows);
		probe_run_free(&r);
		if (status != 0)
			return -1;
		fflush(stdout);
	}
	return 0;
}

/* All options are tried before anything is measured. */
static int check_all(const struct probe_args *a, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		struct probe_run r;
		int status = probe_args_prepare(a, a->named[i], &r, e);
		probe_run_free(&r);
		if (status != 0)
			return -1;
	}
	return 0;
}

int probe_main(int argc, char **argv, struct err *e)
{
	struct probe_args a;
	struct err worst = {0};
	if (probe_args_parse(argc, argv, &a, e) != 0)
		return -1;
	if (a.help) {
		help(&a);
		return 0;
	}
	if (check_all(&a, e) != 0)
		return -1;
	struct output o = {.format = a.format, .single = a.count == 1};
	table_init(&o.all, probe_columns, sizeof(struct probe_row));
	if (!(o.list = json_array()))
		return err_set(e, ERR_FAILED, "out of memory");
	signals_catch();
	int status = run_all(&a, &o, &worst, e);
	if (status == 0 && o.format == FORMAT_CSV)
		status = csv_print(stdout, &o.all, e);
	if (status == 0 && o.format == FORMAT_JSON && !o.single)
		status = json_print(stdout, json_incref(o.list), e);
	table_free(&o.all);
	json_decref(o.list);
	return status == 0 && worst.status != ERR_NONE ? err_set(e, worst.status, "%s", worst.text) : status;
}
