/* SPDX-License-Identifier: MIT */
/* probe_arm.c - launches the probes of a plan once per complete block and appends their rows. */
#include "bench/sweep/probe_arm.h"

#include "bench/data/csv.h"
#include "bench/data/folder.h"
#include "bench/data/probe_rows.h"
#include "bench/machine/clock.h"
#include "bench/probe/probe_launch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tracked {
	struct probe_run run;
	bool *launched; /* in each complete block */
	double cost;
};

struct probe_arm {
	const struct plan *plan;
	const struct campaign_arm *is;
	int fd; /* -1: there are no probes */
	struct tracked *probes;
};

/* Marks what the file has. */
static int remember(struct probe_arm *g, const char *path, struct err *e)
{
	struct table before;
	table_init(&before, probe_launch_columns, sizeof(struct probe_launch_row));
	int status = csv_read(path, &before, NULL, e);
	for (size_t i = 0; status == 0 && i < before.count; i++) {
		const struct probe_launch_row *row = table_row(&before, i);
		for (size_t k = 0; k < g->plan->probe_count; k++)
			if (strcmp(g->plan->probes[k]->name, row->of.probe) == 0 &&
				row->launch_id.value < g->plan->launches)
				g->probes[k].launched[row->launch_id.value] = true;
	}
	table_free(&before);
	return status;
}

static int prepare(struct tracked *t, const struct plan *p, size_t probe, struct err *e)
{
	t->cost = p->probe_seconds;
	t->launched = calloc(p->launches, sizeof *t->launched);
	if (!t->launched)
		return err_set(e, ERR_FAILED, "out of memory for the sweep");
	if (probe_run_init(&t->run, p->probes[probe], p->probe_cases == 0, e) != 0)
		return -1;
	return p->probes[probe]->cases(&t->run, e);
}

struct probe_arm *probe_arm_open(const struct plan *p, const struct campaign_arm *is, struct err *e)
{
	char path[FOLDER_PATH];
	struct probe_arm *g = calloc(1, sizeof *g);
	if (g)
		g->probes = calloc(p->probe_count + 1, sizeof *g->probes);
	if (!g || !g->probes) {
		free(g);
		err_set(e, ERR_FAILED, "out of memory for the sweep");
		return NULL;
	}
	g->plan = p;
	g->is = is;
	g->fd = -1;
	if (p->probe_count == 0)
		return g;
	int status = folder_path(path, is->dir, "probe_launches.csv", e);
	for (size_t i = 0; status == 0 && i < p->probe_count; i++)
		status = prepare(&g->probes[i], p, i, e);
	if (status == 0)
		status = (g->fd = csv_open(path, probe_launch_columns, e)) < 0 ? -1 : remember(g, path, e);
	if (status == 0)
		return g;
	probe_arm_close(g);
	return NULL;
}

void probe_arm_close(struct probe_arm *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->plan->probe_count; i++) {
		probe_run_free(&g->probes[i].run);
		free(g->probes[i].launched);
	}
	if (g->fd >= 0)
		close(g->fd);
	free(g->probes);
	free(g);
}

bool probe_arm_wants(const struct probe_arm *g, size_t probe, unsigned block)
{
	return block < g->plan->launches && !g->probes[probe].launched[block];
}

/* What is wrong with the first row that is. */
static void tell_trouble(const struct table *rows, char trouble[256])
{
	trouble[0] = '\0';
	for (size_t i = 0; i < rows->count && !trouble[0]; i++) {
		const struct probe_launch_row *row = table_row(rows, i);
		if (strcmp(row->status, "ok") != 0 && strcmp(row->status, "absent") != 0)
			snprintf(trouble, 256, "%.40s/%.40s/%.40s: %.100s", row->of.probe, row->of.mechanism,
				row->of.worker, row->reason);
	}
}

int probe_arm_launch(struct probe_arm *g, size_t probe, unsigned block, char trouble[256], struct err *e)
{
	const struct plan *p = g->plan;
	struct tracked *t = &g->probes[probe];
	const struct probe_launch launch = {.run = &t->run,
		.program = g->is->program,
		.seconds = p->probe_seconds,
		.timeout_seconds = p->timeout_seconds,
		.launches = p->launches,
		.launch_id = block,
		.seed = p->order_seed % (UINT64_C(1) << 32)};
	struct table rows;
	bool good;
	const uint64_t start = clock_ns();
	table_init(&rows, probe_launch_columns, sizeof(struct probe_launch_row));
	int status = fixed_files_check(g->is->fixed, e);
	if (status == 0)
		status = probe_launch_run(&launch, &rows, &good, e);
	if (status == 0)
		status = fixed_files_check(g->is->fixed, e);
	if (status == 0)
		status = csv_append_table(g->fd, &rows, e);
	if (status == 0)
		tell_trouble(&rows, trouble);
	table_free(&rows);
	t->launched[block] = true;
	t->cost = (double)(clock_ns() - start) / 1e9;
	return status;
}

double probe_arm_cost(const struct probe_arm *g, size_t probe)
{
	return g->probes[probe].cost;
}

struct probe_arm_forecast probe_arm_forecast(const struct probe_arm *g)
{
	struct probe_arm_forecast f = {.launches = (double)(g->plan->probe_count * g->plan->launches)};
	for (size_t i = 0; i < g->plan->probe_count; i++)
		for (unsigned b = 0; b < g->plan->launches; b++) {
			f.made += g->probes[i].launched[b];
			f.seconds += g->probes[i].launched[b] ? 0 : g->probes[i].cost;
		}
	return f;
}
