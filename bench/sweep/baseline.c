/* SPDX-License-Identifier: MIT */
/*
 * baseline.c - finds the other programs of `sweep --against` and checks that they can be compared
 * with this one.
 *
 * All write rows that this program reads, so their columns must agree: a baseline is asked (`list
 * columns`) before anything is measured. Its build goes into the manifest (`info`).
 */
#include "bench/sweep/baseline.h"

#include "base/paths.h"
#include "bench/data/csv.h"
#include "bench/data/probe_rows.h"
#include "bench/harness/child.h"
#include "bench/machine/json_memory.h"

#include <assert.h>
#include <ctype.h>
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

static int find(struct baseline *p, const char *path, const struct plan *plan, struct err *e)
{
	static const char *const columns[WORDS] = {"list", "columns"}, *const info[WORDS] = {
									       "info", "--format", "json"};
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
	if (status == 0 && json_memory_lost())
		status = err_blame(e, CAUSE_MEMORY, "--against: %s: out of memory", p->program);
	if (status == 0 && !json_is_object(p->build))
		status = err_set(e, ERR_USAGE, "--against: %s does not report its build", p->program);
	return status == 0 ? check_programs(p, plan, e) : -1;
}

static int find_all(
	struct baselines *b, const char *const *paths, size_t count, const struct plan *plan, struct err *e)
{
	*b = (struct baselines){0};
	assert(count <= FOLDER_OTHERS);
	while (b->count < count) {
		const size_t i = b->count++;
		if (find(&b->list[i], paths[i], plan, e) != 0)
			return -1;
	}
	return 0;
}

/* --- folders --- */

/* "against/" and the last `parts` names of the folders that a program lies in, joined by dashes. */
static void name_folder(struct baseline *p, int parts)
{
	enum { NAME_MOST = 200 };
	const char *end = strrchr(p->program, '/'), *from = end;
	for (; parts > 0 && from > p->program; parts--)
		for (from--; from > p->program && *from != '/';)
			from--;
	from += from < end;
	size_t n = (size_t)(end - from);
	if (n > NAME_MOST) {
		from = end - NAME_MOST;
		n = NAME_MOST;
	}
	snprintf(p->folder, sizeof p->folder, "against/%.*s", (int)n, n ? from : "");
	char *name = strchr(p->folder, '/') + 1;
	if (!*name)
		strcpy(name, "root");
	if (*name == '.')
		*name = '_';
	for (; *name; name++)
		*name = *name == '/'                                            ? '-'
			: isalnum((unsigned char)*name) || strchr("._-", *name) ? *name
										: '_';
}

static bool is_taken(const struct baselines *b, size_t count, const char *folder)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(b->list[i].folder, folder) == 0)
			return true;
	return false;
}

/* Whether different programs have different folders. */
static bool are_distinct(const struct baselines *b)
{
	for (size_t i = 1; i < b->count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(b->list[i].folder, b->list[k].folder) == 0 &&
				strcmp(b->list[i].program, b->list[k].program) != 0)
				return false;
	return true;
}

/* The same program may be given twice, to see what two measurements of one differ by. */
static void number(struct baselines *b)
{
	for (size_t i = 1; i < b->count; i++) {
		char *folder = b->list[i].folder;
		const size_t length = strlen(folder);
		for (unsigned n = 2; is_taken(b, i, folder); n++)
			snprintf(folder + length, BASELINE_FOLDER - length, "-%u", n);
	}
}

static void name_folders(struct baselines *b)
{
	enum { PARTS_MOST = 3 };
	if (b->count == 1) {
		strcpy(b->list[0].folder, "against");
		return;
	}
	for (int parts = 1; parts <= PARTS_MOST && (parts == 1 || !are_distinct(b)); parts++)
		for (size_t i = 0; i < b->count; i++)
			name_folder(&b->list[i], parts);
	number(b);
}

int baselines_find(
	struct baselines *b, const char *const *paths, size_t count, const struct plan *plan, struct err *e)
{
	if (find_all(b, paths, count, plan, e) != 0)
		return -1;
	name_folders(b);
	return 0;
}

int baselines_again(
	struct baselines *b, const struct folder_others *others, const struct plan *plan, struct err *e)
{
	const char *paths[FOLDER_OTHERS];
	for (size_t i = 0; i < others->count; i++)
		paths[i] = others->list[i].program;
	if (find_all(b, paths, others->count, plan, e) != 0)
		return -1;
	for (size_t i = 0; i < b->count; i++)
		snprintf(b->list[i].folder, BASELINE_FOLDER, "%s", others->list[i].folder);
	return 0;
}

void baselines_free(struct baselines *b)
{
	for (size_t i = 0; i < b->count; i++)
		json_decref(b->list[i].build);
	b->count = 0;
}
