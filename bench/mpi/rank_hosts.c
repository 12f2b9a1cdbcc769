/* SPDX-License-Identifier: MIT */
/* rank_hosts.c - gathers what the first rank of each host knows of its machine. */
#include "bench/mpi/rank_hosts.h"

#include "bench/harness/launcher.h"
#include "bench/machine/facts.h"
#include "bench/mpi/chunk_pool.h"
#include "bench/mpi/rank_team.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The facts of this host as JSON text; "" where they cannot be had. To be freed. */
static char *facts_here(int ranks)
{
	struct facts facts;
	struct err e = {0};
	json_t *all = facts_read(&facts, "", 0, &e) == 0 ? facts_json(&facts) : NULL;
	json_t *host = all ? json_pack("{s:O, s:i, s:O, s:O}", "host", json_object_get(all, "host"), "ranks",
				     ranks, "machine", json_object_get(all, "machine"), "environment",
				     json_object_get(all, "environment"))
			   : NULL;
	char *text = host ? json_dumps(host, JSON_INDENT(1)) : NULL;
	json_decref(host);
	json_decref(all);
	facts_free(&facts);
	return text ? text : calloc(1, 1);
}

static void print_lines(const char *text)
{
	for (const char *line = text; *line;) {
		const size_t n = strcspn(line, "\n");
		printf("%c%.*s\n", LAUNCHER_MARK, (int)n, line);
		line += n + (line[n] == '\n');
	}
}

void rank_hosts_print(void)
{
	const struct chunk_hosts *hosts = rank_team_hosts();
	const int all = hosts->all;
	char *mine = hosts->local == 0 ? facts_here(hosts->here) : calloc(1, 1);
	int bytes = mine ? (int)strlen(mine) : 0, *lengths = calloc((size_t)all, sizeof *lengths),
	    *places = calloc((size_t)all, sizeof *places);
	if (!mine || !lengths || !places)
		MPI_Abort(MPI_COMM_WORLD, 1);
	MPI_Gather(&bytes, 1, MPI_INT, lengths, 1, MPI_INT, 0, MPI_COMM_WORLD);
	int total = 0;
	for (int r = 0; r < all; r++) {
		places[r] = total;
		total += lengths[r];
	}
	char *together = calloc((size_t)total + 1, 1);
	if (!together)
		MPI_Abort(MPI_COMM_WORLD, 1);
	MPI_Gatherv(mine, bytes, MPI_CHAR, together, lengths, places, MPI_CHAR, 0, MPI_COMM_WORLD);
	if (rank_team_rank() == 0) {
		bool first = true;
		print_lines("[");
		for (int r = 0; r < all; r++) {
			char *one = lengths[r] ? strndup(together + places[r], (size_t)lengths[r]) : NULL;
			if (!one)
				continue;
			if (!first)
				print_lines(",");
			print_lines(one);
			first = false;
			free(one);
		}
		print_lines("]");
		fflush(stdout);
	}
	free(together);
	free(places);
	free(lengths);
	free(mine);
}
