/* SPDX-License-Identifier: MIT */
/*
 * build.h - what this program was built from and with; fixed when it was compiled, but for the libraries it
 * runs with.
 */
#ifndef PARSCALE_BENCH_MACHINE_BUILD_H
#define PARSCALE_BENCH_MACHINE_BUILD_H

#include <jansson.h>

/* One fact; texts are static. */
struct build_fact {
	const char *name;
	const char *value;   /* NULL: not available */
	const char *missing; /* why not; NULL where there is a value */
};

/* All of them: version, commit, compiler, flags, arch, libc, openmp, hwloc, benchmark, mpi, jansson; ended by
 * one whose name is NULL. */
const struct build_fact *build_facts(void);

/* The version from the file VERSION, such as "0.1.0". */
extern const char build_version[];

/* "20XXYY (libgomp)", the OpenMP that the back end was compiled for; NULL without. */
extern const char *const build_openmp;

/* Whose runtime that is: "libgomp" or "libomp"; "" without. */
extern const char *const build_openmp_runtime;

/* The MPI that parscale-mpi was built with, "Open MPI 4.1.4"; "" without. */
extern const char build_mpi[];

/* As an object of strings and nulls; NULL without memory. The caller owns it. */
json_t *build_json(void);

/* One of this or another program, as build_json made it, for people: "0.9.0 (1a2b3c4d, gcc 12.2.0, -O3 -g)" as far as
 * it is known; "" for what is no object. Returns `text`. */
enum { BUILD_TEXT = 400 };
char *build_text(const json_t *build, char text[BUILD_TEXT]);

#endif
