/* SPDX-License-Identifier: MIT */
/*
 * settings.h - environment variables that steer threads, ranks, topology and waiting (settings.def), and what becomes of
 * them.
 *
 * Runtimes read some of them before main. So those that parscale decides itself are taken out of the environment before
 * any runtime's constructor runs, in each program that reads a topology; what they were is kept for `info` and the
 * manifest. The programs that are started find none of them.
 */
#ifndef PARSCALE_BENCH_MACHINE_SETTINGS_H
#define PARSCALE_BENCH_MACHINE_SETTINGS_H

#include <jansson.h>

#include <stdbool.h>

enum setting_treatment {
	SETTING_ASIDE,    /* taken out: parscale decides that itself */
	SETTING_WAIT,     /* in effect with --wait auto, taken out of launches with any other */
	SETTING_KEPT,     /* in effect */
	SETTING_LIMIT,    /* in effect: what needs more fails, and names it */
	SETTING_TOPOLOGY, /* in effect: what does not run on this machine is planned, not measured */
	SETTING_RANKS,    /* replaced where parscale starts ranks, which bind themselves */
	SETTING_LAUNCHER, /* passed on to the launcher of ranks */
	SETTING_NONE      /* changes nothing that parscale does */
};

struct setting {
	const char *name;
	enum setting_treatment treatment;
	const char *value; /* an example that shows if the treatment fails; "": there is none */
	const char *does;  /* to a plain program */
};

/* All of settings.def, ended by one whose name is NULL. */
extern const struct setting settings_known[];

/* One that is set. */
struct setting_found {
	const char *variable; /* NAME=value, as it stands or stood in the environment */
	const struct setting
		*known; /* NULL: of a runtime's family (OMP_, GOMP_, KMP_, HWLOC_), but not in the table */
};

/* Those that are set, or were when the program started, in the order of the environment; fills at most `room`, returns
 * how many. SETTINGS_MOST is room for all that are kept. */
enum { SETTINGS_MOST = 256 };
int settings_found(struct setting_found *found, int room);

/* What parscale makes of it, in words; static. */
const char *setting_says(const struct setting_found *s);

/* Whether it can have changed a number that was measured without ranks. */
bool setting_matters(const struct setting_found *s);

/* The name of the first of those with this treatment, in the table's order, that is in effect; NULL: none is. */
const char *settings_first(enum setting_treatment treatment);

/*
 * For the programs that are started from here on: sets a variable, or takes it out where `value` is NULL; takes out all
 * with a treatment; gives those back what the user said, and tells whether that is anything. What settings_found tells
 * is the user's all the while. One thread at a time; without memory a variable stays as it is.
 */
void settings_override(const char *name, const char *value);
void settings_drop(enum setting_treatment treatment);
bool settings_restore(enum setting_treatment treatment);

/* An array of {variable, treatment, says}; NULL without memory. The caller owns it. */
json_t *settings_json(void);

#endif
