/* SPDX-License-Identifier: MIT */
/*
 * export_json.c - a folder as Google Benchmark's and as hyperfine's JSON.
 *
 * Google Benchmark: an entry per launch, with run_type "iteration" and its number among the repetitions, as
 * --benchmark_repetitions makes them; times in ns. cpu_time is user and system time of all workers; where it was not
 * measured it is 0, since its readers expect a number. hyperfine: a result per cell; times in seconds.
 */
#include "bench/data/export.h"

#include "bench/data/row_json.h"
#include "bench/stats/stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double known(double x)
{
	return isnan(x) ? 0 : x;
}

/* Calls `add` with the launches of each cell that has some. */
static int each_cell(const struct dataset *d, json_t *array,
	int add(json_t *array, const struct dataset *d, const struct group *g, const struct export_launch *l,
		size_t n, size_t cell),
	struct export_result *r, struct err *e)
{
	*r = (struct export_result){0};
	if (export_needs_samples(d, e) != 0)
		return -1;
	for (size_t i = 0; i < d->groups.count; i++) {
		struct export_launch *l;
		size_t n;
		if (export_launches(&d->groups.list[i], &l, &n, e) != 0)
			return -1;
		const int bad = n > 0 ? add(array, d, &d->groups.list[i], l, n, r->cells) : 0;
		free(l);
		if (bad)
			return err_set(e, ERR_FAILED, "out of memory");
		r->cells += n > 0;
		r->left_out += n == 0;
	}
	return 0;
}

/* --- Google Benchmark --- */

static json_t *caches_of(const struct dataset *d)
{
	json_t *caches = json_array(), *cache;
	size_t i;
	json_array_foreach(json_object_get(json_object_get(d->manifest, "machine"), "caches"), i, cache)
	{
		const json_int_t level = json_integer_value(json_object_get(cache, "level"));
		json_array_append_new(caches,
			json_pack("{s:s, s:I, s:I, s:I}", "type", level == 1 ? "Data" : "Unified", "level",
				level, "size", json_integer_value(json_object_get(cache, "bytes")),
				"num_sharing", json_integer_value(json_object_get(cache, "shared_by"))));
	}
	return caches;
}

static json_t *context_json(const struct dataset *d)
{
	const char *host = dataset_text(d, "host"), *version = dataset_text(d, "build.version");
	const double started = dataset_number(d, "started"), load = dataset_number(d, "environment.load1");
	const time_t at = isnan(started) ? 0 : (time_t)started;
	struct tm tm;
	char date[64] = "";
	if (!isnan(started) && gmtime_r(&at, &tm))
		strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S+00:00", &tm);
	json_t *loads = json_array();
	if (!isnan(load))
		json_array_append_new(loads, json_real(load));
	return json_pack("{s:s, s:o, s:s, s:i, s:i, s:b, s:o, s:o, s:s, s:i, s:o}", "date", date, "host_name",
		text_json(host ? host : ""), "executable", "parscale", "num_cpus", (int)dataset_cpus(d),
		"mhz_per_cpu", 0, "cpu_scaling_enabled", 0, "caches", caches_of(d), "load_avg", loads,
		"library_build_type", "release", "json_schema_version", 1, "parscale_version",
		text_json(version ? version : ""));
}

static int add_gbench(json_t *array, const struct dataset *d, const struct group *g,
	const struct export_launch *l, size_t n, size_t cell)
{
	char name[EXPORT_NAME];
	const struct summary *s = dataset_summary_of(d, g->cell);
	export_name(g->cell, name);
	for (size_t i = 0; i < n; i++) {
		json_t *entry = json_pack("{s:o, s:I, s:i, s:o, s:s, s:I, s:I, s:i, s:I, s:f, s:f, s:s}",
			"name", text_json(name), "family_index", (json_int_t)cell,
			"per_family_instance_index", 0, "run_name", text_json(name), "run_type", "iteration",
			"repetitions", (json_int_t)n, "repetition_index", (json_int_t)i, "threads", 1,
			"iterations", (json_int_t)l[i].runs, "real_time", l[i].seconds * 1e9, "cpu_time",
			1e9 * (known(l[i].user_seconds) + known(l[i].sys_seconds)), "time_unit", "ns");
		if (g->cell->items.known)
			json_object_set_new(entry, "items_per_second",
				json_real((double)g->cell->items.value / l[i].seconds));
		if (s && s->bytes_per_second > 0)
			json_object_set_new(entry, "bytes_per_second",
				json_real(s->bytes_per_second * s->median_seconds / l[i].seconds));
		if (json_array_append_new(array, entry) != 0)
			return -1;
	}
	return 0;
}

int export_gbench(const struct dataset *d, FILE *f, struct export_result *r, struct err *e)
{
	json_t *array = json_array();
	if (each_cell(d, array, add_gbench, r, e) != 0) {
		json_decref(array);
		return -1;
	}
	return json_print(f, json_pack("{s:o, s:o}", "context", context_json(d), "benchmarks", array), e);
}

/* --- hyperfine --- */

static double mean_of(const struct export_launch *l, size_t n, double value(const struct export_launch *))
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += value(&l[i]);
	return sum / (double)n;
}

static double seconds_of(const struct export_launch *l)
{
	return l->seconds;
}

static double user_of(const struct export_launch *l)
{
	return l->user_seconds;
}

static double system_of(const struct export_launch *l)
{
	return l->sys_seconds;
}

/* Sample standard deviation; NAN for one launch. */
static double deviation_of(const struct export_launch *l, size_t n)
{
	const double mean = mean_of(l, n, seconds_of);
	double squares = 0;
	for (size_t i = 0; i < n; i++)
		squares += (l[i].seconds - mean) * (l[i].seconds - mean);
	return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

/* Every factor that the cell has, as a text. */
static json_t *parameters_of(const struct factors *f)
{
	json_t *all = json_object();
	for (const struct column *c = summary_columns; c->factor; c++) {
		char number[64];
		const char *value = export_factor(f, c, number);
		if (*value)
			json_object_set_new(all, c->name, text_json(value));
	}
	return all;
}

static int add_hyperfine(json_t *array, const struct dataset *d, const struct group *g,
	const struct export_launch *l, size_t n, size_t cell)
{
	json_t *times = json_array(), *codes = json_array(), *result;
	char name[EXPORT_NAME];
	(void)d;
	(void)cell;
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(times, json_real(l[i].seconds));
		json_array_append_new(codes, json_integer(0));
	}
	result = json_pack("{s:o, s:f, s:o, s:f, s:o, s:o, s:f, s:f, s:o, s:o, s:o}", "command",
		text_json(export_name(g->cell, name)), "mean", mean_of(l, n, seconds_of), "stddev",
		real_json(deviation_of(l, n)), "median", stats_median(g->launches, g->launch_count), "user",
		real_json(known(mean_of(l, n, user_of))), "system",
		real_json(known(mean_of(l, n, system_of))), "min", g->launches[0], "max",
		g->launches[g->launch_count - 1], "times", times, "exit_codes", codes, "parameters",
		parameters_of(g->cell));
	return json_array_append_new(array, result);
}

int export_hyperfine(const struct dataset *d, FILE *f, struct export_result *r, struct err *e)
{
	json_t *array = json_array();
	if (each_cell(d, array, add_hyperfine, r, e) != 0) {
		json_decref(array);
		return -1;
	}
	return json_print(f, json_pack("{s:o}", "results", array), e);
}
