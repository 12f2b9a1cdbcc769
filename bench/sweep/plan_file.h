/* SPDX-License-Identifier: MIT */
/*
 * plan_file.h - a .sweep file as sections of keys and values; plan.c makes cells of them.
 */
#ifndef PARSCALE_BENCH_SWEEP_PLAN_FILE_H
#define PARSCALE_BENCH_SWEEP_PLAN_FILE_H

#include "bench/sweep/plan.h"

enum { PLAN_KEYS = 32, PLAN_NAME = 32 };

struct plan_value {
	char text[256];
	bool spare;    /* by `workers = auto`: only where a curve bends */
	bool implied;  /* by `all`: where a kernel knows no such variant, nobody has asked for it */
	bool good;     /* some combination took it */
	char why[256]; /* else why not */
};

struct plan_key {
	char name[PLAN_NAME];
	struct plan_value *values;
	size_t count;
	unsigned line;
};

/* One product. `kernel` is its first key; later keys of the same name have replaced earlier ones. */
struct plan_section {
	struct plan_key keys[PLAN_KEYS];
	size_t count;
	unsigned line;
};

struct plan_file {
	const char *path;
	struct plan_section *sections;
	size_t count;
};

/* Reads sections; keys that say how to measure go into *settings at once. `auto` and `all` are replaced by
 * what they mean. ERR_USAGE with file and line; ERR_FAILED if the system failed. plan_file_free also
 * after an error. */
int plan_file_read(struct plan_file *f, const char *path, struct plan *settings,
	const struct plan_machine *machine, struct err *e);
void plan_file_free(struct plan_file *f);

#endif
