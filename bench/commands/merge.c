/* SPDX-License-Identifier: MIT */
/*
 * merge.c - the command `merge`: one results folder from several.
 *
 * Folders of the same machine and build are pooled: launch and block numbers are shifted so that
 * those of different folders stay apart, and the statistics see more launches of the same cells.
 * Folders of different machines are kept apart by the factor `machine`.
 */
#include "base/options.h"
#include "bench/commands/command.h"
#include "bench/data/folder.h"
#include "bench/data/probe_rows.h"
#include "bench/data/schema.h"
#include "bench/data/stat.h"
#include "bench/machine/json_memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct merge_args {
	char **dirs;
	int count;
	const char *out;
	bool cross_machine;
};

/* Everything of all folders. */
struct merged {
	struct table samples, probes; /* the second of struct probe_launch_row */
	json_t *manifests;            /* an array of {folder, manifest} */
	uint64_t launches;            /* ids and blocks of the next folder begin here */
	uint64_t blocks, probe_launches;
	bool probes_left_out, workers_left_out;
};

static const char *host_of(const json_t *manifest)
{
	const char *host = json_string_value(json_object_get(manifest, "host"));
	return host ? host : "";
}

/* Whether the folders before hold results of another host with the same key: a cluster has many alike. */
static bool has_like(const struct merged *all, const json_t *manifest, const char *key)
{
	size_t i;
	json_t *entry;
	json_array_foreach(all->manifests, i, entry)
	{
		const json_t *other = json_object_get(entry, "manifest");
		const char *its =
			json_string_value(json_object_get(json_object_get(other, "machine"), "key"));
		if (its && strcmp(its, key) == 0 && strcmp(host_of(other), host_of(manifest)) != 0)
			return true;
	}
	return false;
}

/* "Xeon Platinum 8481C 3f2a91cc": for people, and different for unlike machines as far as 32 bits tell; a host with
 * the same key as one before has its name behind it. */
static int machine_name(
	const struct merged *all, const char *dir, const json_t *manifest, char name[48], struct err *e)
{
	const json_t *machine = json_object_get(manifest, "machine");
	const char *key = json_string_value(json_object_get(machine, "key"));
	const char *model = json_string_value(json_object_get(machine, "model"));
	if (!key)
		return err_set(e, ERR_USAGE,
			"%s/manifest.json does not say which machine it is: it cannot be merged", dir);
	if (has_like(all, manifest, key))
		snprintf(name, 48, "%.18s%s%.8s %.18s", model ? model : "", model ? " " : "", key,
			host_of(manifest));
	else
		snprintf(name, 48, "%.36s%s%.8s", model ? model : "", model ? " " : "", key);
	return 0;
}

static uint64_t after(struct uint_field id, uint64_t next)
{
	return id.known && id.value >= next ? id.value + 1 : next;
}

/* Launches and blocks are counted on, so that those of two folders stay apart. */
static int take_samples(struct merged *all, const char *dir, const char *machine, struct err *e)
{
	struct table t;
	uint64_t launches = all->launches, blocks = all->blocks;
	int bad = folder_samples(dir, &t, e);
	for (size_t i = 0; i < t.count && !bad; i++) {
		struct sample *s = table_row(&t, i);
		s->launch_id.value += all->launches;
		s->block.value += all->blocks;
		launches = after(s->launch_id, launches);
		blocks = after(s->block, blocks);
		s->cell_id.known = false; /* of another plan */
		if (!s->cell.machine[0])
			strcpy(s->cell.machine, machine);
		if (!table_add(&all->samples, s, e))
			bad = -1;
	}
	all->launches = launches;
	all->blocks = blocks;
	table_free(&t);
	return bad;
}

/* DIR/NAME, where there is such a file; "" where not, or where its path is too long for any. */
static const char *beside(const char *dir, const char *name, char path[FOLDER_PATH])
{
	struct err none = {0};
	return folder_path(path, dir, name, &none) == 0 && access(path, F_OK) == 0 ? path : "";
}

/* Launches of probes are counted on too. Their rows bear no machine: unlike ones cannot be told apart. What
 * single workers did in single runs is no measurement to be pooled. */
static int take_probes(struct merged *all, const char *dir, bool cross_machine, struct err *e)
{
	struct table t;
	char path[FOLDER_PATH];
	uint64_t launches = all->probe_launches;
	all->workers_left_out |= *beside(dir, "workers.csv", path) != '\0';
	if (!*beside(dir, "probe_launches.csv", path))
		return 0;
	if (cross_machine) {
		all->probes_left_out = true;
		return 0;
	}
	table_init(&t, probe_launch_columns, sizeof(struct probe_launch_row));
	int bad = csv_read(path, &t, NULL, e);
	for (size_t i = 0; i < t.count && !bad; i++) {
		struct probe_launch_row *row = table_row(&t, i);
		row->launch_id.value += all->probe_launches;
		launches = after(row->launch_id, launches);
		if (!table_add(&all->probes, row, e))
			bad = -1;
	}
	all->probe_launches = launches;
	table_free(&t);
	return bad;
}

/* The same sweep twice would count its launches twice. */
static int refuse_twice(const struct merged *all, const char *dir, const json_t *manifest, struct err *e)
{
	size_t i;
	json_t *other;
	json_array_foreach(all->manifests, i, other) if (json_equal(json_object_get(other, "manifest"),
								 manifest)) return err_set(e, ERR_USAGE,
		"%s holds the same sweep as %s", dir, json_string_value(json_object_get(other, "folder")));
	return 0;
}

static int take_folder(struct merged *all, const struct merge_args *a, const char *dir, struct err *e)
{
	char machine[48] = "";
	json_t *manifest = folder_manifest(dir, e);
	if (!manifest)
		return -1;
	int bad = refuse_twice(all, dir, manifest, e);
	if (!bad && a->cross_machine)
		bad = machine_name(all, dir, manifest, machine, e);
	if (!bad)
		bad = take_samples(all, dir, machine, e);
	if (!bad)
		bad = take_probes(all, dir, a->cross_machine, e);
	json_t *entry = json_pack("{s:s, s:o}", "folder", dir, "manifest", manifest);
	if (json_array_append_new(all->manifests, entry) != 0 && !bad)
		bad = err_set(e, ERR_FAILED, "out of memory for the manifest of %s", dir);
	return bad;
}

/* Pooled cells must be the same work done by the same program on the same machine. */
static int refuse_unlike(const struct merge_args *a, struct err *e)
{
	for (int i = 1; i < a->count && !a->cross_machine; i++) {
		if (folder_alike(a->dirs[0], a->dirs[i], e) != 0)
			return -1;
		json_t *x = folder_manifest(a->dirs[0], e), *y = x ? folder_manifest(a->dirs[i], e) : NULL;
		bool same = y && json_equal(json_object_get(x, "build"), json_object_get(y, "build"));
		bool both_silent = y && !json_object_get(x, "build") && !json_object_get(y, "build");
		json_decref(x);
		json_decref(y);
		if (!y)
			return -1;
		if (!same && !both_silent)
			return err_set(e, ERR_USAGE,
				"unlike builds in %s and %s: they can be compared, not merged", a->dirs[0],
				a->dirs[i]);
	}
	return 0;
}

static int write_manifest(
	const struct merged *all, const struct merge_args *a, const char *path, struct err *e)
{
	const json_t *first = json_object_get(json_array_get(all->manifests, 0), "manifest");
	json_t *root = json_object();
	int bad = json_object_set_new(root, "schema", json_integer(SCHEMA_NOW));
	if (!a->cross_machine) { /* what all share */
		bad |= json_object_set(root, "machine", json_object_get(first, "machine"));
		if (json_object_get(first, "build"))
			bad |= json_object_set(root, "build", json_object_get(first, "build"));
	}
	bad |= json_object_set(root, "merged", all->manifests);
	bad |= json_memory_lost();
	if (bad)
		err_set(e, ERR_FAILED, "out of memory for the manifest");
	else if (json_dump_file(root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) != 0)
		bad = err_set(e, ERR_FAILED, "cannot write %s: %s", path, strerror(errno));
	json_decref(root);
	return bad ? -1 : 0;
}

/* Samples, manifest and statistics, or none. */
static int write_folder(const struct merged *all, const struct merge_args *a, struct err *e)
{
	char samples[FOLDER_PATH], summary[FOLDER_PATH], manifest[FOLDER_PATH], probes[FOLDER_PATH];
	struct statistics found;
	if (folder_path(samples, a->out, "samples.csv", e) != 0 ||
		folder_path(summary, a->out, "summary.csv", e) != 0 ||
		folder_path(manifest, a->out, "manifest.json", e) != 0 ||
		folder_path(probes, a->out, "probe_launches.csv", e) != 0)
		return -1;
	if (access(samples, F_OK) == 0)
		return err_set(e, ERR_USAGE, "--out: %s holds results already", a->out);
	int bad = folder_make(a->out, e);
	if (!bad)
		bad = csv_write(samples, &all->samples, e);
	if (!bad && all->probes.count)
		bad = csv_write(probes, &all->probes, e);
	if (!bad)
		bad = write_manifest(all, a, manifest, e);
	if (!bad) {
		bad = stat_folder(a->out, &found, e);
		stat_free(&found);
	}
	if (bad) {
		unlink(samples);
		unlink(manifest);
		if (all->probes.count)
			unlink(probes);
	}
	return bad;
}

static const struct option_spec specs[] = {
	OPTION_TEXT("out", struct merge_args, out, "DIR", "folder to create"),
	OPTION_FLAG("cross-machine", struct merge_args, cross_machine,
		"keep machines apart instead of refusing different ones"),
	{0}};

static const struct options options = {
	.usage = "parscale merge DIR DIR... --out DIR [--cross-machine]",
	.about =
		"Merges several folders of results into one. Folders of one machine and build are pooled: more launches of the same cells. With --cross-machine, cells of different machines stay apart, with the machine's name in a column. "
		"Probes have no such column: across machines they are dropped with a warning.",
	.table = specs,
};

/* Hosts of one model are not one machine. */
static void tell_hosts(const struct merged *all, const struct merge_args *a)
{
	const json_t *first = json_object_get(json_array_get(all->manifests, 0), "manifest");
	size_t i;
	json_t *entry;
	json_array_foreach(all->manifests, i, entry)
	{
		const json_t *other = json_object_get(entry, "manifest");
		if (strcmp(host_of(first), host_of(other)) != 0) {
			fprintf(stderr,
				"parscale: %s pools hosts of one model, such as %s and %s: --cross-machine keeps them apart\n",
				a->out, host_of(first), host_of(other));
			return;
		}
	}
}

static void tell(const struct merged *all, const struct merge_args *a)
{
	printf("%s: %zu samples of %d folders\n", a->out, all->samples.count, a->count);
	if (all->probes.count)
		printf("%s: %zu rows of probes\n", a->out, all->probes.count);
	if (!a->cross_machine)
		tell_hosts(all, a);
	if (all->probes_left_out)
		printf("%s: without probes, whose rows do not name a machine\n", a->out);
	if (all->workers_left_out)
		printf("%s: without workers.csv, which describes single runs\n", a->out);
}

/* 0 after --help, 1 where there is something to merge. */
static int parse(int argc, char **argv, struct merge_args *a, struct err *e)
{
	*a = (struct merge_args){0};
	const int first = options_parse(&options, argc, argv, a, e);
	if (first <= 0)
		return first;
	a->dirs = argv + first;
	a->count = argc - first;
	if (a->count < 2)
		return err_set(e, ERR_USAGE, "merge: name two or more folders of results, not %d", a->count);
	if (!a->out)
		return err_set(e, ERR_USAGE, "--out: name the folder to make");
	return 1;
}

static int merge(const struct merge_args *a, struct merged *all, struct err *e)
{
	int bad = refuse_unlike(a, e);
	for (int i = 0; i < a->count && !bad; i++)
		bad = take_folder(all, a, a->dirs[i], e);
	if (!bad)
		bad = write_folder(all, a, e);
	if (!bad)
		tell(all, a);
	return bad;
}

int merge_main(int argc, char **argv, struct err *e)
{
	struct merge_args a;
	const int parsed = parse(argc, argv, &a, e);
	if (parsed <= 0)
		return parsed;
	struct merged all = {.manifests = json_array()};
	table_init(&all.samples, sample_columns, sizeof(struct sample));
	table_init(&all.probes, probe_launch_columns, sizeof(struct probe_launch_row));
	const int bad = merge(&a, &all, e);
	table_free(&all.samples);
	table_free(&all.probes);
	json_decref(all.manifests);
	return bad;
}
