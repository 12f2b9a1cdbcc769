/* SPDX-License-Identifier: MIT */
/*
 * folder.c - paths, samples and manifest of a results folder, and whether two folders may be
 * compared.
 */
#include "bench/data/folder.h"
#include "bench/machine/json_memory.h"

#include "bench/data/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_path(char path[FOLDER_PATH], const char *dir, const char *name, struct err *e)
{
	if (snprintf(path, FOLDER_PATH, "%s/%s", dir, name) >= FOLDER_PATH)
		return err_set(e, ERR_USAGE, "path too long: %s", dir);
	return 0;
}

bool folder_has(const char *dir, const char *name)
{
	char path[FOLDER_PATH];
	struct err none = {0};
	return folder_path(path, dir, name, &none) == 0 && access(path, F_OK) == 0;
}

int folder_make(const char *dir, struct err *e)
{
	char path[FOLDER_PATH];
	if (folder_path(path, dir, "", e) != 0)
		return -1;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			return err_set(e, ERR_USAGE, "--out: cannot make %s: %s", path, strerror(errno));
		*slash = '/';
	}
	return 0;
}

int folder_samples(const char *dir, struct table *t, struct err *e)
{
	char path[FOLDER_PATH];
	table_init(t, sample_columns, sizeof(struct sample));
	if (folder_check(dir, e) != 0 || folder_path(path, dir, "samples.csv", e) != 0 ||
		csv_read(path, t, NULL, e) != 0)
		return -1;
	return t->count ? 0 : err_set(e, ERR_USAGE, "%s: no samples", path);
}

/* What it quotes of the file, fit for one line of a terminal. */
static const char *printable(json_error_t *why)
{
	for (char *p = why->text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return why->text;
}

json_t *folder_manifest(const char *dir, struct err *e)
{
	char path[FOLDER_PATH];
	json_error_t why;
	if (folder_path(path, dir, "manifest.json", e) != 0)
		return NULL;
	json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (!manifest && json_memory_lost())
		err_blame(e, CAUSE_MEMORY, "%s: out of memory", path);
	else if (!manifest && why.line > 0)
		err_set(e, ERR_USAGE, "%s:%d: %s", path, why.line, printable(&why));
	else if (!manifest)
		err_set(e, ERR_USAGE, "%s", printable(&why));
	else if (!json_is_object(manifest)) {
		err_set(e, ERR_USAGE, "%s:1: not an object", path);
		json_decref(manifest);
		manifest = NULL;
	} else if (schema_check(manifest, path, e) != 0) {
		json_decref(manifest);
		manifest = NULL;
	}
	return manifest;
}

int folder_check(const char *dir, struct err *e)
{
	char path[FOLDER_PATH];
	if (folder_path(path, dir, "manifest.json", e) != 0)
		return -1;
	json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	const int status = json_memory_lost() ? err_blame(e, CAUSE_MEMORY, "%s: out of memory", path)
					      : schema_check(manifest, path, e);
	json_decref(manifest);
	return status;
}

static const char *fact(const json_t *machine, const char *name)
{
	const char *text = json_string_value(json_object_get(machine, name));
	return text && *text ? text : "unknown";
}

static int check_alike(const char *dir_a, const json_t *a, const char *dir_b, const json_t *b, struct err *e)
{
	const json_t *x = json_object_get(a, "machine"), *y = json_object_get(b, "machine");
	const char *key_x = json_string_value(json_object_get(x, "key"));
	const char *key_y = json_string_value(json_object_get(y, "key"));
	if (!json_is_object(x) || !json_is_object(y))
		return err_set(e, ERR_USAGE,
			"%s/manifest.json does not say which machine it is; --cross-machine takes it all the "
			"same",
			json_is_object(x) ? dir_b : dir_a);
	if (key_x && key_y ? strcmp(key_x, key_y) == 0 : json_equal(x, y))
		return 0;
	return err_set(e, ERR_USAGE,
		"unlike machines: %s in %s, %s in %s; --cross-machine takes them all the same",
		fact(x, "model"), dir_a, fact(y, "model"), dir_b);
}

int folder_alike(const char *dir_a, const char *dir_b, struct err *e)
{
	json_t *a = folder_manifest(dir_a, e), *b = a ? folder_manifest(dir_b, e) : NULL;
	int bad = b ? check_alike(dir_a, a, dir_b, b, e) : -1;
	json_decref(a);
	json_decref(b);
	return bad;
}

/* Of two manifests of one sweep: whether one text of their pairs is the same, or missing in both. */
static bool same_text(const json_t *x, const json_t *y, const char *name)
{
	const char *a = json_string_value(json_object_get(x, name)),
		   *b = json_string_value(json_object_get(y, name));
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool folder_paired(const char *dir_a, const char *dir_b)
{
	struct err none = {0};
	json_t *a = folder_manifest(dir_a, &none), *b = folder_manifest(dir_b, &none);
	const json_t *x = json_object_get(a, "pair"), *y = json_object_get(b, "pair");
	const char *id_x = json_string_value(json_object_get(x, "id"));
	const char *id_y = json_string_value(json_object_get(y, "id"));
	const bool paired = id_x && id_y && strcmp(id_x, id_y) == 0 &&
			    !(same_text(x, y, "role") && same_text(x, y, "folder"));
	json_decref(a);
	json_decref(b);
	return paired;
}

/* "against", or a name in it that leads nowhere else. */
static bool folder_sound(const char *folder)
{
	if (!folder || strncmp(folder, "against", 7) != 0)
		return false;
	const char *name = folder + 7;
	return !*name || (*name == '/' && name[1] && name[1] != '.' && !strchr(name + 1, '/') &&
				 strlen(name) < FOLDER_PATH / 16);
}

int folder_others(const json_t *manifest, const char *dir, struct folder_others *others, struct err *e)
{
	const json_t *pair = json_object_get(manifest, "pair"), *list = json_object_get(pair, "programs");
	const char *role = json_string_value(json_object_get(pair, "role"));
	*others = (struct folder_others){0};
	if (!pair)
		return 0;
	others->pair = json_string_value(json_object_get(pair, "id"));
	others->part = role && strcmp(role, "against") == 0;
	/* of a sweep of two programs earlier versions give the one path */
	const bool listed = json_is_array(list);
	const size_t count = others->part ? 0 : listed ? json_array_size(list) : 1;
	bool sound = role && others->pair && count <= FOLDER_OTHERS && (others->part || count > 0);
	for (size_t i = 0; i < count && sound; i++) {
		const json_t *one = listed ? json_array_get(list, i) : pair;
		const struct folder_other other = {
			.folder = listed ? json_string_value(json_object_get(one, "folder")) : "against",
			.program = json_string_value(json_object_get(one, "program"))};
		others->list[others->count++] = other;
		sound = other.program && folder_sound(other.folder);
	}
	return sound ? 0
		     : err_set(e, ERR_USAGE, "%s/manifest.json does not say which programs it compares", dir);
}
