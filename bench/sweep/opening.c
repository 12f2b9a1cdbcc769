/* SPDX-License-Identifier: MIT */
/*
 * opening.c - the caches that a sweep is planned for: told by the system, measured by the probe `cache`, or taken from the
 * manifest of the sweep that is resumed.
 */
#include "bench/sweep/opening.h"

#include "bench/data/folder.h"
#include "bench/data/probe_summary.h"
#include "bench/machine/facts.h"
#include "bench/probe/probe_launch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 4 }; /* sizes an octave */
static const double probe_seconds = 5, timeout_seconds = 60;

int opening_told(struct opening *o, const char *note, struct err *e)
{
	struct facts facts;
	struct place all = {0};
	*o = (struct opening){0};
	table_init(&o->rows, probe_launch_columns, sizeof(struct probe_launch_row));
	int status = facts_read(&facts, "", 0, e);
	if (status == 0)
		status = place_open(&all, "smt-last", &facts.machine.topology, e);
	if (status == 0) {
		const double available = facts.environment.memory_available_bytes,
			     most = (double)(SIZE_MAX / 4);
		cache_levels_told(&o->caches, &all, &facts.machine.topology, note);
		o->room_bytes = (available > most ? most : available) / 2;
	}
	place_close(&all);
	facts_free(&facts);
	return status;
}

int opening_measure(struct opening *o, uint64_t seed, struct err *e)
{
	struct probe_run r;
	struct table summary;
	bool good = false;
	char steps[16];
	snprintf(steps, sizeof steps, "%d", STEPS);
	table_init(&summary, probe_columns, sizeof(struct probe_row));
	int status = probe_run_init(&r, &probe_cache, true, e);
	if (status == 0)
		status = probe_set(&r, "per-octave", steps, e);
	if (status == 0)
		status = probe_cache.cases(&r, e);
	const struct probe_launch launch = {.run = &r,
		.seconds = probe_seconds,
		.limited = true,
		.timeout_seconds = timeout_seconds,
		.launches = 1,
		.seed = seed};
	if (status == 0)
		status = probe_launch_run(&launch, &o->rows, &good, e);
	if (status == 0)
		status = probe_summarise(&o->rows, &summary, e);
	if (status == 0)
		status = cache_levels_measure(&o->caches, &summary, e);
	if (status == 0 && !o->caches.measured) {
		const struct probe_row *worst = probe_worst(&summary);
		snprintf(o->caches.note, sizeof o->caches.note, "the probe failed: %.150s",
			worst ? worst->reason : "no rows");
	}
	table_free(&summary);
	probe_run_free(&r);
	return status;
}

void opening_free(struct opening *o)
{
	table_free(&o->rows);
}

int opening_write(const struct opening *o, const char *dir, struct err *e)
{
	char path[FOLDER_PATH];
	if (o->rows.count == 0)
		return 0;
	if (folder_path(path, dir, "probe_launches.csv", e) != 0)
		return -1;
	const int fd = csv_open(path, probe_launch_columns, e);
	if (fd < 0)
		return -1;
	int status = csv_append_table(fd, &o->rows, e);
	close(fd);
	return status;
}

int opening_again(struct opening *o, const json_t *manifest, struct err *e)
{
	const json_t *caches = json_object_get(manifest, "caches"),
		     *room = json_object_get(manifest, "room_bytes");
	if (opening_told(o, "the sweep began before caches were measured", e) != 0)
		return -1;
	if (!caches)
		return 0;
	o->room_bytes = json_is_number(room) ? json_number_value(room) : (double)NAN;
	return cache_levels_parse(&o->caches, caches)
		       ? 0
		       : err_set(e, ERR_USAGE,
				 "manifest.json: `caches` does not say what caches the sweep was planned for");
}
