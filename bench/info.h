/* SPDX-License-Identifier: MIT */
/*
 * info.h - `parscale info`: what this machine is, what the build has, how fit the environment is to measure
 * in.
 */
#ifndef PARSCALE_INFO_H
#define PARSCALE_INFO_H

#include "grade.h"

#include <stdio.h>

struct info {
	struct machine machine; /* owned */
	struct environment environment;
	struct noise noise;
	bool measured; /* the noise */
};

/* Reads the machine under `root` (tree.h), and measures its noise where that is "". Free with info_free, also
 * after -1. */
int info_read(struct info *info, const char *root, struct err *e);
void info_free(struct info *info);

/* Everything but the build, for people. */
void info_print(const struct info *info, FILE *out);

/* `parscale info [--format text|json]`; argv[0] is the command's name. */
int info_main(int argc, char **argv, struct err *e);

#endif
