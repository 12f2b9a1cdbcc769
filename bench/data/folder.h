/* SPDX-License-Identifier: MIT */
/*
 * folder.h - the files in a folder of results, for what makes, compares and merges folders.
 */
#ifndef PARSCALE_BENCH_DATA_FOLDER_H
#define PARSCALE_BENCH_DATA_FOLDER_H

#include "bench/data/csv.h"

#include <jansson.h>

enum { FOLDER_PATH = 4096 };

/* DIR/NAME; ERR_USAGE when that is too long. */
int folder_path(char path[FOLDER_PATH], const char *dir, const char *name, struct err *e);

/* Whether there is a DIR/NAME. */
bool folder_has(const char *dir, const char *name);

/* Makes a folder and those above it, where they are missing; ERR_USAGE naming --out. */
int folder_make(const char *dir, struct err *e);

/* 0 unless DIR/manifest.json says that these results are of a schema which is not read here (schema.h): then
 * -1 with ERR_USAGE that names both. Where there is no sound manifest, nothing is said against them. */
int folder_check(const char *dir, struct err *e);

/* DIR/samples.csv, of a schema that is read here, with at least one row; a torn last line is left out. `t` is initialised here and freed by
 * the caller, also on -1: ERR_USAGE with file and line, ERR_FAILED where the system failed. */
int folder_samples(const char *dir, struct table *t, struct err *e);

/* DIR/manifest.json, an object of a schema that is read here; a new reference. NULL with ERR_USAGE, naming
 * file and line, for what is not one. */
json_t *folder_manifest(const char *dir, struct err *e);

/* 0 where both folders' manifests tell the same machine: its key, or without one every fact of it. Else -1
 * with ERR_USAGE that names both machines and the option --cross-machine. */
int folder_alike(const char *dir_a, const char *dir_b, struct err *e);

/* Whether these are two folders of one sweep that launched several programs in turn: launches of the same number are
 * pairs. */
bool folder_paired(const char *dir_a, const char *dir_b);

/* The other programs of a sweep that launches several in turn with its own. Each has a results folder inside the
 * sweep's own: "against" where it is the only one, "against/NAME" where there are more. */
enum { FOLDER_OTHERS = 7 };
struct folder_others {
	const char *pair; /* what all manifests of the sweep call it; NULL: it measures one program */
	bool part;        /* the manifest is of one of the others */
	size_t count;
	struct folder_other {
		const char *folder, *program; /* inside the sweep's own folder; the path of the program */
	} list[FOLDER_OTHERS];
};

/* Reads them from a manifest of DIR, which owns the texts. -1 with ERR_USAGE where it does not tell them. */
int folder_others(const json_t *manifest, const char *dir, struct folder_others *others, struct err *e);

#endif
