/* SPDX-License-Identifier: MIT */
/*
 * paths.h - where this program's own files are: it runs from any folder, built or installed.
 */
#ifndef PARSCALE_BASE_PATHS_H
#define PARSCALE_BASE_PATHS_H

#include <stddef.h>

/* The path of another program of this build: beside this one or, installed, in libexec/parscale (and from there
 * in bin). Of one that is missing, the path beside. Returns `path`. */
char *paths_beside(const char *name, char *path, size_t size);

/* The same of the parscale at path `other`; NULL: this one. */
char *paths_near(const char *other, const char *name, char *path, size_t size);

/* The path of a file that comes along, such as "plots/speedup.gp" or "scripts/sweeps/default.sweep": under
 * $PARSCALE_DATADIR where set, else under the checkout (build/..), else under PREFIX/share/parscale, else (of a
 * bundle) under share/parscale beside the program. Returns `path`; the file may be missing. */
char *paths_data(const char *name, char *path, size_t size);

#endif
