/* SPDX-License-Identifier: MIT */
/*
 * environment.h - what a run's numbers depend on and can change: limits, frequency policy, memory policy,
 * load.
 *
 * Everything expands from environment.def, is read only, and stays empty where the system does not tell. What
 * makes two hosts alike is in machine.h.
 */
#ifndef PARSCALE_BENCH_MACHINE_ENVIRONMENT_H
#define PARSCALE_BENCH_MACHINE_ENVIRONMENT_H

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

/* Each fact by its name: LINE is "" where not available, REAL is NAN. */
enum { FACT_LINE_BYTES = 256 };
#define FACT_LINE(name) char name[FACT_LINE_BYTES];
#define FACT_REAL(name) double name;
struct environment {
#define FACT(name, type, path, reader, unit, meaning) FACT_##type(name)
#include "bench/machine/environment.def"
#undef FACT
};

struct fact {
	const char *name;
	bool real;     /* else a line */
	size_t offset; /* of its field in struct environment */
	const char *unit, *meaning;
};

/* All of them in order, ended by one whose name is NULL. */
extern const struct fact environment_facts[];

/* Reads them under `root` (tree.h; "" is this machine); `settings` are always this process's own. */
void environment_read(struct environment *env, const char *root);

/* A fact as text, whole numbers in full, others to six digits; "" where not available. Returns `text`. */
const char *environment_text(const struct environment *env, const struct fact *f, char *text, size_t size);

/* As an object, what is not available null; NULL without memory. The caller owns it. */
json_t *environment_json(const struct environment *env);

#endif
