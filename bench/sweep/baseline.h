/* SPDX-License-Identifier: MIT */
/*
 * baseline.h - the other program of a sweep that measures two in turn: a parscale of another commit, compiler
 * or flags. It is asked for its build before anything is measured.
 */
#ifndef PARSCALE_BENCH_SWEEP_BASELINE_H
#define PARSCALE_BENCH_SWEEP_BASELINE_H

#include "bench/sweep/plan.h"

#include <jansson.h>

struct baseline {
	char program[4096]; /* its absolute path; "": there is none */
	json_t *build;      /* its build, as in a manifest (build.h); owned */
};

/* Finds it at a path: of the program, or of the folder of a build. ERR_USAGE in one line where there is none,
 * or it sends other columns than this program reads, or lacks a program that the plan needs. baseline_free
 * also after an error. */
int baseline_find(struct baseline *p, const char *path, const struct plan *plan, struct err *e);
void baseline_free(struct baseline *p);

/* "0.9.0 (1a2b3c4d, gcc 12.2.0, -O3 -g)": for people. Returns `text`. */
enum { BASELINE_TEXT = 400 };
char *baseline_build(const json_t *build, char text[BASELINE_TEXT]);

#endif
