/* SPDX-License-Identifier: MIT */
/* temporary.c - mkdtemp, and nftw at exit. */
#include "tests/fuzz/temporary.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DESCRIPTORS = 32 };

static const char *folder;

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static void remove_folder(void)
{
	nftw(folder, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

void temporary_folder(char *path)
{
	if (folder || !mkdtemp(path) || atexit(remove_folder) != 0)
		abort();
	folder = path;
}
