/* SPDX-License-Identifier: MIT */
/*
 * settings.c - takes the variables that parscale decides itself out of the environment before main, and tells which are
 * set.
 *
 * libgomp's constructor reads OMP_PLACES, OMP_PROC_BIND and GOMP_CPU_AFFINITY and binds the calling thread to the first
 * place at once: a program so bound sees one CPU, and so do all that it starts. Functions in .preinit_array run before
 * the constructors of all libraries (System V gABI, "Initialization and Termination Functions"), in static programs
 * before those of the program's own objects. There is nothing to rely on that early but the arguments: no function of a
 * library, no sanitizer, no environ.
 */
#include "bench/machine/settings.h"

#include "bench/machine/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct setting settings_known[] = {
#define SETTING(name, treatment, value, does) {#name, SETTING_##treatment, value, does},
#include "bench/machine/settings.def"
#undef SETTING
	{0}};

#define BEFORE_LIBRARIES __attribute__((no_sanitize("address", "undefined", "thread")))

static char *aside[SETTINGS_MOST];
static int aside_count;

/* Whether `variable` is NAME=value of that name, or NAME_ALL=value. */
BEFORE_LIBRARIES static bool is_named(const char *variable, const char *name)
{
	static const char all[] = "_ALL=";
	while (*name && *variable == *name) {
		variable++;
		name++;
	}
	if (*name)
		return false;
	if (*variable == '=')
		return true;
	for (const char *c = all; *c; c++)
		if (*variable++ != *c)
			return false;
	return true;
}

BEFORE_LIBRARIES static const struct setting *find(const char *variable)
{
	for (const struct setting *s = settings_known; s->name; s++)
		if (is_named(variable, s->name))
			return s;
	return NULL;
}

/* Keeps the order of those that stay. */
BEFORE_LIBRARIES static void set_aside(int argc, char **argv, char **variables)
{
	char **to = variables;
	(void)argc;
	(void)argv;
	for (char **from = variables; *from; from++) {
		const struct setting *s = find(*from);
		if (s && s->treatment == SETTING_ASIDE && aside_count < SETTINGS_MOST)
			aside[aside_count++] = *from;
		else
			*to++ = *from;
	}
	*to = NULL;
}

__attribute__((used, section(".preinit_array"))) static void (*const before_libraries)(
	int, char **, char **) = set_aside;

static bool is_of_runtime(const char *variable)
{
	static const char *const families[] = {"OMP_", "GOMP_", "KMP_", "HWLOC_", "MALLOC_"};
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (strncmp(variable, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

/* What was changed for the programs that are started. Lives as long as the program. */
static struct override {
	char *name;
	char *users; /* NAME=value before; NULL: it was not set */
} overrides[SETTINGS_MOST];
static int override_count;

static struct override *overridden(const char *name, size_t length)
{
	for (int i = 0; i < override_count; i++)
		if (strncmp(overrides[i].name, name, length) == 0 && overrides[i].name[length] == '\0')
			return &overrides[i];
	return NULL;
}

static int add(struct setting_found *found, int n, int room, const char *variable)
{
	const struct setting *known = find(variable);
	if (n == room || (!known && !is_of_runtime(variable)))
		return n;
	found[n] = (struct setting_found){.variable = variable, .known = known};
	return n + 1;
}

int settings_found(struct setting_found *found, int room)
{
	int n = 0;
	for (int i = 0; i < aside_count; i++)
		n = add(found, n, room, aside[i]);
	for (int i = 0; i < override_count; i++)
		if (overrides[i].users)
			n = add(found, n, room, overrides[i].users);
	for (char **v = environ; v && *v; v++)
		if (!overridden(*v, strcspn(*v, "=")))
			n = add(found, n, room, *v);
	return n;
}

/* Its name in JSON and in words. */
static const struct {
	const char *name, *says;
} treatments[] = {
	[SETTING_ASIDE] = {"aside", "set aside: parscale decides this itself"},
	[SETTING_WAIT] = {"wait", "in effect with --wait auto"},
	[SETTING_KEPT] = {"kept", "in effect"},
	[SETTING_LIMIT] = {"limit", "in effect: a run that needs more is refused"},
	[SETTING_TOPOLOGY] = {"topology",
		"in effect: a machine that is not this one can be planned for, not measured"},
	[SETTING_RANKS] = {"ranks", "replaced where parscale starts ranks: they bind themselves"},
	[SETTING_LAUNCHER] = {"launcher", "passed on to the launcher of ranks"},
	[SETTING_NONE] = {"none", "no effect"},
};

const char *setting_says(const struct setting_found *s)
{
	return s->known ? treatments[s->known->treatment].says : "in effect; unknown to parscale";
}

bool setting_matters(const struct setting_found *s)
{
	if (!s->known)
		return true;
	const enum setting_treatment t = s->known->treatment;
	return t == SETTING_WAIT || t == SETTING_KEPT || t == SETTING_LIMIT || t == SETTING_TOPOLOGY;
}

const char *settings_first(enum setting_treatment treatment)
{
	for (const struct setting *s = settings_known; s->name; s++)
		if (s->treatment == treatment && getenv(s->name))
			return s->name;
	return NULL;
}

/* The override of a variable, made when it is not there; NULL where there is no room. */
static struct override *override_of(const char *name)
{
	struct override *o = overridden(name, strlen(name));
	if (o || override_count == SETTINGS_MOST)
		return o;
	const char *said = getenv(name);
	char *variable = NULL, *copy = strdup(name);
	if (!copy || (said && asprintf(&variable, "%s=%s", name, said) < 0)) {
		free(copy);
		return NULL;
	}
	overrides[override_count] = (struct override){.name = copy, .users = said ? variable : NULL};
	return &overrides[override_count++];
}

void settings_override(const char *name, const char *value)
{
	if (!override_of(name))
		return;
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

void settings_drop(enum setting_treatment treatment)
{
	for (const struct setting *s = settings_known; s->name; s++)
		if (s->treatment == treatment)
			settings_override(s->name, NULL);
}

bool settings_restore(enum setting_treatment treatment)
{
	bool any = false;
	for (const struct setting *s = settings_known; s->name; s++) {
		if (s->treatment != treatment)
			continue;
		const struct override *o = overridden(s->name, strlen(s->name));
		if (o && o->users)
			setenv(s->name, strchr(o->users, '=') + 1, 1);
		else if (o)
			unsetenv(s->name);
		any |= getenv(s->name) != NULL;
	}
	return any;
}

json_t *settings_json(void)
{
	struct setting_found found[SETTINGS_MOST];
	json_t *list = json_array();
	int n = settings_found(found, SETTINGS_MOST);
	for (int i = 0; i < n; i++) {
		char *clean = strdup(found[i].variable);
		if (!clean) {
			tree_note("settings", ENOMEM);
			break;
		}
		tree_clean(clean);
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s}", "variable", clean, "treatment",
				      found[i].known ? treatments[found[i].known->treatment].name : "unknown",
				      "says", setting_says(&found[i])));
		free(clean);
	}
	return list;
}
