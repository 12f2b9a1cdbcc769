/* SPDX-License-Identifier: MIT */
/*
 * fixed_files.h - what has to stay what it is while a sweep measures: its programs and inputs, the CPUs that may be used, and
 * the file that rows go to.
 *
 * Each file is known by its content. A look costs one stat; the content is read again only where that differs, so that
 * a file which was touched or copied over itself is no other one.
 */
#ifndef PARSCALE_BENCH_SWEEP_FIXED_FILES_H
#define PARSCALE_BENCH_SWEEP_FIXED_FILES_H

#include "bench/sweep/plan.h"

#include <jansson.h>
#include <sys/stat.h>

struct fixed_file {
	char path[4096];
	const char *name; /* in `path`: of a program without its folder, of an input as the plan has it */
	bool program;
	struct stat was;
	uint64_t bytes, hash; /* FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/) */
};

struct fixed_files {
	struct fixed_file *files;
	size_t count;
	int cpus; /* that may be used; 0: not told */
	uint64_t cpus_hash;
	const char *rows; /* the path of the file that rows go to; NULL: none is watched */
	int rows_fd;
	off_t rows_bytes; /* as long as it was at least */
};

/* Reads the inputs of a plan, and the programs that measure it: those beside the parscale at `program`; NULL: this
 * one's. Programs that are missing are left to the launches, and what is no regular file (a FIFO, "-") cannot be
 * known. ERR_USAGE where an input cannot be read. fixed_files_free also after an error. */
int fixed_files_open(struct fixed_files *f, const struct plan *p, const char *program, struct err *e);
void fixed_files_free(struct fixed_files *f); /* a zeroed one is legal */

/* From now on the open file `fd` has to be at `path`, and may only grow. `path` stays the caller's. */
void fixed_files_watch_rows(struct fixed_files *f, const char *path, int fd);

/* -1 with ERR_USAGE where a file is another one now, or other CPUs may be used; or the rows are not where they were, so that
 * nobody would find what is still to be measured. NULL: there are none. */
int fixed_files_check(struct fixed_files *f, struct err *e);

/* For the manifest: a list of {"kind", "name", "bytes", "hash"}. NULL without memory; the caller owns it. */
json_t *fixed_files_json(const struct fixed_files *f);

/* The first of them that is another one than in such a list; NULL: none. What the list does not have, or NULL for a
 * list, is taken for the same. */
const struct fixed_file *fixed_files_differ(const struct fixed_files *f, const json_t *list, bool programs);

#endif
