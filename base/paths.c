/* SPDX-License-Identifier: MIT */
/*
 * paths.c - finds this program's companions and data files from the path of its own executable
 * (/proc/self/exe; without /proc as it was started), in a checkout's build folder as well as under an installation prefix.
 */
#include "base/paths.h"

#include "base/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program, with its slash. */
static size_t folder(char *path, size_t size)
{
	system_program(path, size);
	char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Where companions are, seen from the folder of a program: beside it, as in a build; installed, or unpacked from
 * a bundle, those that no user starts are in libexec. */
static const char *const homes[] = {"", "../libexec/parscale/", "libexec/parscale/", "../../bin/"};

/* Completes the `at` bytes of `path`, a folder; where no home has it, it should be beside. */
static char *find_companion(const char *name, char *path, size_t at, size_t size)
{
	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
		snprintf(path + at, size - at, "%s%s", homes[i], name);
		if (access(path, F_OK) == 0)
			return path;
	}
	snprintf(path + at, size - at, "%s", name);
	return path;
}

char *paths_beside(const char *name, char *path, size_t size)
{
	return find_companion(name, path, folder(path, size), size);
}

char *paths_near(const char *other, const char *name, char *path, size_t size)
{
	if (!other)
		return paths_beside(name, path, size);
	const char *slash = strrchr(other, '/');
	const size_t at = slash ? (size_t)(slash - other) + 1 : 0;
	snprintf(path, size, "%.*s", (int)at, other);
	return find_companion(name, path, at, size);
}

char *paths_data(const char *name, char *path, size_t size)
{
	/* of a checkout, an installation, a bundle */
	static const char *const places[] = {"../", "../share/parscale/", "share/parscale/"};
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
