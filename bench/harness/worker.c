/* SPDX-License-Identifier: MIT */
/* worker.c - the command `worker`: a fresh program that joins a running team (back end exec). */
#include "bench/harness/worker.h"

#include "base/number.h"
#include "bench/harness/launch_args.h"
#include "bench/harness/work.h"
#include "kernels/cpu.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Not passed on, should the worker start a program itself. */
static int read_descriptor(const char *text, int *fd, struct err *e)
{
	uint64_t n;
	if (number_parse("worker: descriptor", text, 3, INT_MAX, &n, e) != 0)
		return -1;
	*fd = (int)n;
	return fcntl(*fd, F_SETFD, FD_CLOEXEC) == 0
		       ? 0
		       : err_set(e, ERR_USAGE, "worker: descriptor %d is not open", *fd);
}

static int worker_run(int argc, char **argv, struct err *e)
{
	struct run_args a;
	uint64_t number;
	int order, team;
	if (argc < 5)
		return err_set(e, ERR_USAGE, "worker: for parscale's own use; see parscale run --help");
	if (read_descriptor(argv[1], &order, e) != 0 || read_descriptor(argv[argc - 1], &team, e) != 0 ||
		number_parse("worker: number", argv[argc - 2], 0, BACKEND_MAX_WORKERS - 1, &number, e) != 0 ||
		cpu_disable(getenv("PARSCALE_CPU_DISABLE"), e) != 0)
		return -1;
	argv[argc - 2] = NULL;
	if (launch_args_parse_run(argc - 3, argv + 1, &a, e) != 0)
		return -1;
	if (a.help)
		return err_set(e, ERR_USAGE, "worker: for parscale's own use; see parscale run --help");
	return work_attach(&a.measure.cell, &a.measure.fault, order, team, (unsigned)number, e);
}

int worker_main(int argc, char **argv)
{
	struct err e = {0};
	if (worker_run(argc, argv, &e) != 0)
		fprintf(stderr, "parscale: %s\n", e.text);
	return err_exit(&e);
}
