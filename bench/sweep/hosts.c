/* SPDX-License-Identifier: MIT */
/*
 * hosts.c - asks the hosts of a plan's ranks for their facts.
 *
 * `parscale-mpi hosts` prints a JSON array, each line after a mark, since a launcher may print
 * lines of its own in between.
 */
#include "bench/sweep/hosts.h"

#include "base/paths.h"
#include "bench/harness/launcher.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct text {
	char *bytes;
	size_t used, room;
};

static int keep(void *ctx, char *line, struct err *e)
{
	struct text *t = ctx;
	const size_t n = strlen(line);
	if (n < 1 || line[0] != LAUNCHER_MARK)
		return 0;
	if (t->used + n > t->room) {
		const size_t room = 2 * (t->room + n);
		char *more = realloc(t->bytes, room);
		if (!more)
			return err_set(e, ERR_FAILED, "out of memory");
		t->bytes = more;
		t->room = room;
	}
	memcpy(t->bytes + t->used, line + 1, n - 1);
	t->used += n - 1;
	return 0;
}

/* The cell with the most ranks, of those the one on the most nodes; NULL: none has ranks. */
static const struct cell *widest(const struct plan *p)
{
	const struct cell *most = NULL;
	for (size_t i = 0; i < p->count; i++) {
		const struct cell *c = &p->cells[i].cell;
		if (!c->backend->host)
			continue;
		const unsigned ranks = c->workers / c->threads_per_rank,
			       before = most ? most->workers / most->threads_per_rank : 0;
		if (ranks > before || (ranks == before && c->nodes > most->nodes))
			most = c;
	}
	return most;
}

json_t *hosts_json(const struct plan *p, const char *program)
{
	enum { MOST_SECONDS = 60 };
	const struct cell *cell = widest(p);
	struct launcher_start start;
	struct err e = {0};
	struct text said = {0};
	struct child_result ended;
	char path[4096];
	const char *argv[LAUNCHER_WORDS + 3];
	if (!cell || launcher_open(&start, cell->workers / cell->threads_per_rank, cell->nodes, &e) != 0)
		return json_null();
	size_t n = 0;
	for (; n < start.count; n++)
		argv[n] = start.argv[n];
	argv[n++] = paths_near(program, cell->backend->host, path, sizeof path);
	argv[n++] = "hosts";
	argv[n] = NULL;
	json_t *hosts = NULL;
	if (launcher_ask(argv, MOST_SECONDS, keep, &said, &ended, &e) == 0 && ended.status == ERR_NONE)
		hosts = json_loadb(said.bytes ? said.bytes : "", said.used, 0, NULL);
	launcher_close(&start);
	free(said.bytes);
	return hosts ? hosts : json_null();
}
