/* SPDX-License-Identifier: MIT */
/* process_id.c - reads the state and the start of a process from its line in /proc/PID/stat. */
#include "bench/machine/process_id.h"

#include "bench/machine/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The name, in brackets, may hold blanks and brackets: the fields begin behind the last one. False where it is not there. */
static bool look(int64_t pid, char *state, int64_t *started)
{
	char line[1024];
	if (pid <= 0 || !tree_text("", line, sizeof line, "/proc/%" PRId64 "/stat", pid))
		return false;
	const char *fields = strrchr(line, ')');
	return fields &&
	       sscanf(fields + 1,
		       " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNd64,
		       state, started) == 2;
}

struct process_id process_id_own(void)
{
	struct process_id p = {.pid = getpid()};
	char state;
	if (!look(p.pid, &state, &p.started))
		p.pid = 0;
	return p;
}

bool process_id_stopped(const struct process_id *p)
{
	char state;
	int64_t started;
	return look(p->pid, &state, &started) && started == p->started && state == 'T';
}
