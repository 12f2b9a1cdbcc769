/* SPDX-License-Identifier: MIT */
/*
 * stat.c - the work of `parscale stat`: derives summary.csv, models.csv and probes.csv from the raw
 * files of a folder. Raw files are never changed, so it can be repeated.
 */
#include "bench/data/stat.h"

#include "base/number.h"
#include "base/options.h"
#include "base/units.h"
#include "base/wrap.h"
#include "bench/data/dataset.h"
#include "bench/data/folder.h"
#include "bench/data/probe_summary.h"
#include "bench/data/row_json.h"
#include "bench/data/series.h"
#include "bench/data/summary.h"
#include "bench/data/view.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static int write_table(const char *dir, const char *name, const struct table *t, struct err *e)
{
	char path[FOLDER_PATH];
	return folder_path(path, dir, name, e) == 0 ? csv_write(path, t, e) : -1;
}

/* CPUs that the manifest tells of; 0 without one. */
static unsigned cpus_of(const char *dir)
{
	struct err none = {0};
	struct dataset d = {.manifest = folder_manifest(dir, &none)};
	unsigned cpus = dataset_cpus(&d);
	json_decref(d.manifest);
	return cpus;
}

/* probes.csv, where the sweep had probes. */
static int write_probes(const char *dir, struct err *e)
{
	char path[FOLDER_PATH];
	struct table launches, rows;
	if (folder_path(path, dir, "probe_launches.csv", e) != 0)
		return -1;
	if (access(path, F_OK) != 0)
		return 0;
	table_init(&launches, probe_launch_columns, sizeof(struct probe_launch_row));
	table_init(&rows, probe_columns, sizeof(struct probe_row));
	int status = csv_read(path, &launches, NULL, e);
	if (status == 0)
		status = probe_summarise(&launches, &rows, e);
	if (status == 0)
		status = write_table(dir, "probes.csv", &rows, e);
	table_free(&launches);
	table_free(&rows);
	return status;
}

int stat_folder(const char *dir, struct statistics *s, struct err *e)
{
	table_init(&s->summary, summary_columns, sizeof(struct summary));
	table_init(&s->models, model_columns, sizeof(struct model_row));
	if (folder_samples(dir, &s->samples, e) != 0 || summary_make(&s->samples, &s->summary, e) != 0 ||
		series_make(&s->samples, cpus_of(dir), &s->models, e) != 0 || write_probes(dir, e) != 0)
		return -1;
	return write_table(dir, "summary.csv", &s->summary, e) == 0
		       ? write_table(dir, "models.csv", &s->models, e)
		       : -1;
}

void stat_free(struct statistics *s)
{
	table_free(&s->samples);
	table_free(&s->summary);
	table_free(&s->models);
}
