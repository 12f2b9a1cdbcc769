/* SPDX-License-Identifier: MIT */
/*
 * build.c - the facts of this build (commit, compiler, flags, libraries) for manifests and `info`.
 */
#include "bench/machine/build.h"

#include "build_id.h"
#include "config.h"

#include <stdio.h>

#if HAVE_HWLOC
#include <hwloc.h>
#endif
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

const char build_version[] = BUILD_VERSION;
const char build_mpi[] = BUILD_MPI;

static const char *libc_version(void)
{
#ifdef __GLIBC__
	static char text[40];
	snprintf(text, sizeof text, "glibc %s", gnu_get_libc_version());
	return text;
#else
	return NULL;
#endif
}

static const char *hwloc_version(void)
{
#if HAVE_HWLOC
	static char text[40];
	const unsigned version = hwloc_get_api_version();
	snprintf(text, sizeof text, "API %u.%u.%u", version >> 16, version >> 8 & 0xff, version & 0xff);
	return text;
#else
	return NULL;
#endif
}

static const char *unless_empty(const char *text)
{
	return text[0] ? text : NULL;
}

const struct build_fact *build_facts(void)
{
	static struct build_fact facts[13];
	const struct build_fact now[] = {
		{"version", build_version, NULL},
		{"commit", unless_empty(BUILD_COMMIT), "not built from a git checkout"},
		{"compiler", unless_empty(BUILD_COMPILER), "the compiler does not tell"},
		{"flags", unless_empty(BUILD_CFLAGS), "none given"},
		{"arch", unless_empty(BUILD_ARCH), "the compiler does not tell"},
		{"libc", libc_version(), "not glibc"},
		{"openmp", build_openmp, MISSING_OPENMP},
		{"hwloc", hwloc_version(), MISSING_HWLOC},
		{"zlib", HAVE_ZLIB ? "found" : NULL, MISSING_ZLIB},
		{"benchmark", HAVE_BENCHMARK ? "found" : NULL, MISSING_BENCHMARK},
		{"mpi", unless_empty(BUILD_MPI), MISSING_MPI},
		{"jansson", JANSSON_VERSION, NULL},
		{NULL, NULL, NULL},
	};
	_Static_assert(sizeof facts == sizeof now, "one place for each fact");
	for (size_t i = 0; i < sizeof now / sizeof *now; i++) {
		facts[i] = now[i];
		if (now[i].value)
			facts[i].missing = NULL;
	}
	return facts;
}

json_t *build_json(void)
{
	json_t *object = json_object();
	for (const struct build_fact *f = build_facts(); f->name; f++)
		json_object_set_new(object, f->name, f->value ? json_string(f->value) : json_null());
	return object;
}

char *build_text(const json_t *build, char text[BUILD_TEXT])
{
	static const char *const facts[] = {"commit", "compiler", "flags"};
	const char *version = json_string_value(json_object_get(build, "version")), *between = " (";
	text[0] = '\0';
	if (!json_is_object(build))
		return text;
	int n = snprintf(text, BUILD_TEXT, "%.40s", version ? version : "unknown version");
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const char *fact = json_string_value(json_object_get(build, facts[i]));
		if (!fact)
			continue;
		n += snprintf(text + n, BUILD_TEXT - (size_t)n, "%s%.100s", between, fact);
		between = ", ";
	}
	if (*between == ',')
		snprintf(text + n, BUILD_TEXT - (size_t)n, ")");
	return text;
}
