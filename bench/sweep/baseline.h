/* SPDX-License-Identifier: MIT */
/*
 * baseline.h - the other programs of a sweep that measures several in turn: a parscale of another commit, compiler
 * or flags. Each is asked for its build before anything is measured.
 */
#ifndef PARSCALE_BENCH_SWEEP_BASELINE_H
#define PARSCALE_BENCH_SWEEP_BASELINE_H

#include "bench/data/folder.h"
#include "bench/sweep/plan.h"

#include <jansson.h>

enum { BASELINE_FOLDER = 320 };

struct baseline {
	char program[4096];           /* its absolute path */
	char folder[BASELINE_FOLDER]; /* where its results go, inside the sweep's folder (folder_others) */
	json_t *build;                /* its build (build.h), an object; owned */
};

struct baselines {
	size_t count;
	struct baseline list[FOLDER_OTHERS];
};

/* Finds them, each at a path: of the program, or of the folder of a build. The folder of one alone is "against". Of
 * several it is "against/NAME" after the folder that the program lies in, with as many of those above it as it takes to
 * tell them apart (base-build, head-build), at last with a number.
 *
 * ERR_USAGE in one line where there is no program, or it sends other columns than this program reads, or lacks a
 * program that the plan needs. baselines_free also after an error. */
int baselines_find(
	struct baselines *b, const char *const *paths, size_t count, const struct plan *plan, struct err *e);

/* The same for a sweep that goes on: programs and folders are those of its manifest. */
int baselines_again(
	struct baselines *b, const struct folder_others *others, const struct plan *plan, struct err *e);

void baselines_free(struct baselines *b); /* a zeroed one is legal */

#endif
