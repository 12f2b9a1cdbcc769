/* SPDX-License-Identifier: MIT */
#include "launch.h"

#include "args.h"
#include "child.h"
#include "cpu.h"
#include "program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

enum { MORE_WORDS = 16 };

/* --- in the driver --- */

struct command {
	struct cell_argv cell;
	char options[6][64];
	char expect[192];
	const char *argv[CELL_ARGV + MORE_WORDS];
};

static void make_command(const struct launch_order *order, const char *path, struct command *c)
{
	const struct measure_plan *m = order->measure;
	size_t n = 0;
	cell_to_argv(&m->cell, &c->cell);
	c->argv[n++] = path;
	c->argv[n++] = "launch";
	for (size_t i = 0; i < c->cell.count; i++)
		c->argv[n++] = c->cell.argv[i];
	snprintf(c->options[0], sizeof c->options[0], "--repetitions=%u", m->samples);
	snprintf(c->options[1], sizeof c->options[1], "--warmup=%u", m->warmup);
	snprintf(c->options[2], sizeof c->options[2], "--sample-time=%.9fs", m->sample_seconds);
	snprintf(c->options[3], sizeof c->options[3], "--cap=%.9fs", m->cap_seconds);
	snprintf(c->options[4], sizeof c->options[4], "--timeout=%.9fs", m->timeout_seconds);
	snprintf(c->options[5], sizeof c->options[5], "--result-fd=%d", CHILD_RESULT_FD);
	for (size_t i = 0; i < sizeof c->options / sizeof *c->options; i++)
		c->argv[n++] = c->options[i];
	c->argv[n++] = order->meter->name[0] == 'g' ? "--meter=gbench" : "--meter=native";
	if (m->print)
		c->argv[n++] = "--print";
	if (m->counters)
		c->argv[n++] = "--counters";
	if (m->expected_known) {
		int used = snprintf(c->expect, sizeof c->expect, "--expect=");
		verify_write(&m->expected, c->expect + used, sizeof c->expect - (size_t)used);
		c->argv[n++] = c->expect;
	}
	c->argv[n] = NULL;
}

/* One row. */
static int take_row(void *ctx, char *line, struct err *e)
{
	struct launch_result *r = ctx;
	struct sample row;
	if (csv_parse_line(sample_columns, line, &row, e) != 0 || !table_add(&r->samples, &row, e))
		return -1;
	return 0;
}

int launch_run(const struct launch_order *order, struct launch_result *r, struct err *e)
{
	char path[4096];
	struct command command;
	struct child_result ended;
	*r = (struct launch_result){0};
	table_init(&r->samples, sample_columns, sizeof(struct sample));
	program_beside(order->meter->program, path, sizeof path);
	make_command(order, path, &command);
	child_set_openmp(order->measure->cell.workers);
	const struct child_order child = {.path = path,
		.argv = command.argv,
		.timeout_seconds = order->timeout_seconds,
		.capture = order->capture,
		.line = take_row,
		.ctx = r};
	int status = child_run(&child, &ended, e);
	r->status = ended.status;
	r->timed_out = ended.timed_out;
	memcpy(r->message, ended.message, sizeof r->message);
	return status;
}

/* --- in the worker program --- */

static int send_row(void *ctx, const struct sample *row, struct err *e)
{
	return csv_append(*(const int *)ctx, sample_columns, row, e);
}

static int launch(int argc, char **argv, meter_measure_fn *measure, struct err *e)
{
	struct run_args a;
	if (cpu_disable(getenv("PARSCALE_CPU_DISABLE"), e) != 0 || args_parse_run(argc, argv, &a, e) != 0)
		return -1;
	if (a.help || a.result_fd < 0)
		return err_set(e, ERR_USAGE, "launch: for parscale's own use; see parscale run --help");
	fcntl(a.result_fd, F_SETFD, FD_CLOEXEC);
	return measure_cell(&a.measure, measure, send_row, &a.result_fd, e);
}

int launch_main(int argc, char **argv, meter_measure_fn *measure)
{
	struct err e = {0};
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the driver's end is ours */
	if (launch(argc, argv, measure, &e) != 0)
		fprintf(stderr, "parscale: %s\n", e.text);
	return (int)e.status;
}
