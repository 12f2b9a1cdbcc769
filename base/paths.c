/* SPDX-License-Identifier: MIT */
/*
 * paths.c - finds this program's companions and data files from the path of its own executable
 * (/proc/self/exe; without /proc as it was started), in a checkout's build folder as well as under an installation prefix.
 */
#include "base/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* The folder of the running program, with its slash. */
static size_t folder(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	path[n > 0 ? n : 0] = '\0';
	/* without /proc, as the system was told to start it */
	const char *told = n > 0 ? NULL : (const char *)getauxval(AT_EXECFN);
	if (told)
		snprintf(path, size, "%s", told);
	char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

char *paths_beside(const char *name, char *path, size_t size)
{
	size_t at = folder(path, size);
	snprintf(path + at, size - at, "%s", name);
	return path;
}

char *paths_near(const char *other, const char *name, char *path, size_t size)
{
	const char *slash = other ? strrchr(other, '/') : NULL;
	if (!other)
		return paths_beside(name, path, size);
	snprintf(path, size, "%.*s%s", slash ? (int)(slash - other) + 1 : 0, other, name);
	return path;
}

char *paths_data(const char *name, char *path, size_t size)
{
	static const char *const places[] = {"../", "../share/parscale/"};
	const char *forced = getenv("PARSCALE_DATADIR");
	if (forced && *forced) {
		snprintf(path, size, "%s/%s", forced, name);
		return path;
	}
	size_t at = folder(path, size);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char whole[4096]; /* PATH_MAX, which realpath fills at most */
		snprintf(path + at, size - at, "%s%s", places[i], name);
		if (realpath(path, whole)) {
			snprintf(path, size, "%s", whole);
			break;
		}
	}
	return path;
}
