/* SPDX-License-Identifier: MIT */
/*
 * baseline.c - finds the second program of `sweep --against` and checks that the two can be
 * compared.
 *
 * Both programs write rows that this one reads, so their columns must agree: the baseline is asked
 * (`list columns`) before anything is measured. Its build goes into the manifest (`info`).
 */
#include "bench/sweep/baseline.h"

#include "base/paths.h"
#include "bench/data/csv.h"
#include "bench/data/probe_rows.h"
#include "bench/harness/child.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPLY = 1 << 20, WORDS = 6 };

static const double patience_seconds = 20;

/* The output of one of its commands, as far as there is room. */
struct reply {
	size_t used;
	char text[REPLY];
};

static int take_line(void *ctx, char *line, struct err *e)
{
	struct reply *r = ctx;
	const size_t n = strlen(line);
	if (r->used + n + 2 > sizeof r->text)
		return err_set(e, ERR_USAGE, "its output is longer than that of any parscale");
	memcpy(r->text + r->used, line, n);
	r->used += n;
	r->text[r->used++] = '\n';
	r->text[r->used] = '\0';
	return 0;
}

/* 0 where the command ended well. */
static int ask(const struct baseline *p, const char *const words[WORDS], struct reply *r)
{
	const char *argv[WORDS + 1] = {"parscale"};
	struct child_result ended;
	struct err why = {0};
	for (size_t i = 0; i < WORDS; i++)
		argv[i + 1] = words[i];
	const struct child_order order = {.path = p->program,
		.argv = argv,
		.timeout_seconds = patience_seconds,
		.capture = true,
		.launcher = true, /* lines through its standard output */
		.no_input = true,
		.line = take_line,
		.ctx = r};
	r->used = 0;
	r->text[0] = '\0';
	return child_run(&order, &ended, &why) == 0 && ended.status == ERR_NONE ? 0 : -1;
}

/* Whether the lines from *at on begin with the names of these columns, but for factors unless they are
 * wanted; *at goes on behind them. */
static bool names_follow(const char **at, const struct column *columns, bool factors)
{
	for (const struct column *c = columns; c->name; c++) {
		const size_t n = strlen(c->name);
		if (c->factor && !factors)
			continue;
		if (strncmp(*at, c->name, n) != 0 || ((*at)[n] != ' ' && (*at)[n] != '\n'))
			return false;
		*at = strchr(*at, '\n') + 1;
	}
	return true;
}

/* `list columns` prints the factors and sample columns first, in order, then those of the summary,
 * and the columns of probe launches last: so the head and the tail of the text are compared. */
static bool speaks_alike(const char *text, bool probing)
{
	const char *at = text;
	size_t last = 0;
	if (!names_follow(&at, sample_columns, true))
		return false;
	for (const struct column *c = probe_launch_columns; c->name; c++)
		last += !c->factor;
	at = text + strlen(text);
	for (; at > text && last > 0; last--)
		for (at--; at > text && at[-1] != '\n';)
			at--;
	return !probing || (names_follow(&at, probe_launch_columns, false) && !*at);
}

/* Of the plan's launches: its meter's program, and those that host back ends. */
static int check_programs(const struct baseline *p, const struct plan *plan, struct err *e)
{
	char path[4200];
	for (size_t i = 0; i < plan->count; i++) {
		const char *host = plan->cells[i].cell.backend->host;
		paths_near(p->program, host ? host : plan->meter->program, path, sizeof path);
		if (access(path, X_OK) != 0)
			return err_set(e, ERR_USAGE, "--against: the plan needs %s, which is not there%s",
				path, host ? "" : " (--meter native does without)");
	}
	return 0;
}

static int find_program(struct baseline *p, const char *path, struct err *e)
{
	struct stat s;
	char beside[4200], whole[PATH_MAX];
	const bool folder = stat(path, &s) == 0 && S_ISDIR(s.st_mode);
	snprintf(beside, sizeof beside, "%.4096s%s", path, folder ? "/parscale" : "");
	if (!realpath(beside, whole) || access(whole, X_OK) != 0 || stat(whole, &s) != 0 ||
		!S_ISREG(s.st_mode))
		return err_set(e, ERR_USAGE, "--against: there is no program %s", beside);
	if (strlen(whole) >= sizeof p->program || strcmp(strrchr(whole, '/'), "/parscale") != 0)
		return err_set(e, ERR_USAGE,
			"--against: %s must bear the name parscale, as its own launches call it", whole);
	strcpy(p->program, whole);
	return 0;
}

int baseline_find(struct baseline *p, const char *path, const struct plan *plan, struct err *e)
{
	static const char *const columns[WORDS] = {"list", "columns"}, *const info[WORDS] = {
									       "info", "--format", "json"};
	*p = (struct baseline){0};
	if (find_program(p, path, e) != 0)
		return -1;
	struct reply *r = malloc(sizeof *r);
	if (!r)
		return err_set(e, ERR_FAILED, "out of memory for %s", p->program);
	int status = 0;
	if (ask(p, columns, r) != 0)
		status = err_set(
			e, ERR_USAGE, "--against: %s is no parscale: it lists no columns", p->program);
	else if (!speaks_alike(r->text, plan->probe_count > 0))
		status = err_set(e, ERR_USAGE,
			"--against: %s sends other columns than this parscale reads: too far apart in version",
			p->program);
	else if (ask(p, info, r) == 0) {
		json_t *all = json_loads(r->text, 0, NULL);
		p->build = json_incref(json_object_get(all, "build"));
		json_decref(all);
	}
	free(r);
	if (status == 0 && !json_is_object(p->build))
		status = err_set(e, ERR_USAGE, "--against: %s does not report its build", p->program);
	return status == 0 ? check_programs(p, plan, e) : -1;
}

void baseline_free(struct baseline *p)
{
	json_decref(p->build);
	p->build = NULL;
}

char *baseline_build(const json_t *build, char text[BASELINE_TEXT])
{
	static const char *const facts[] = {"commit", "compiler", "flags"};
	const char *version = json_string_value(json_object_get(build, "version"));
	int n = snprintf(text, BASELINE_TEXT, "%.40s", version ? version : "unknown version");
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const char *fact = json_string_value(json_object_get(build, facts[i]));
		if (fact)
			n += snprintf(text + n, BASELINE_TEXT - (size_t)n, "%s%.100s", i ? ", " : " (", fact);
	}
	snprintf(text + n, BASELINE_TEXT - (size_t)n, "%s", strchr(text, '(') ? ")" : "");
	return text;
}
