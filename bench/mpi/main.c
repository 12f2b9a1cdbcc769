/* SPDX-License-Identifier: MIT */
/*
 * main.c - the program parscale-mpi: cells whose workers are MPI ranks.
 *
 * `mpirun -n 4 parscale-mpi run KERNEL ...` is for users who start their ranks themselves;
 * `parscale run` and sweeps start `parscale-mpi launch ...` by mpirun. Rank 0 runs the command; all
 * other ranks wait for its orders.
 */
#include "bench/commands/run.h"
#include "bench/harness/launch.h"
#include "bench/harness/launch_args.h"
#include "bench/harness/perform.h"
#include "bench/harness/work.h"
#include "bench/machine/place.h"
#include "bench/mpi/rank_hosts.h"
#include "bench/mpi/rank_messages.h"
#include "bench/mpi/rank_team.h"
#include "kernels/cpu.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

enum { MORE_WORDS = 2, MOST_WORDS = 200 };

/* --- in the ranks that wait for work --- */

/* Where the workers of this rank belong on this host, whose CPUs may be others than those of rank 0. */
static int own_cpus(const struct cell *c, int *cpus, struct err *e)
{
	struct topology topology = {0};
	struct place place = {0};
	if (topology_read(&topology, "", e) != 0)
		return -1;
	int status = topology_check_here(&topology, e);
	if (status == 0)
		status = place_open(&place, c->placement, &topology, e);
	if (status == 0) {
		const unsigned threads = c->threads_per_rank;
		for (unsigned i = 0; i < threads; i++)
			cpus[rank_team_rank() * threads + i] =
				place_cpu(&place, rank_team_local() * threads + i);
		place_close(&place);
	}
	topology_free(&topology);
	return status;
}

static int make(char **words, int order, struct err *e)
{
	struct run_args a;
	struct work w;
	int argc = 0, status = -1;
	while (words[argc])
		argc++;
	/* PROGRAM worker DESCRIPTOR KERNEL ..., as for a program that is started for it */
	if (launch_args_parse_run(argc - 2, words + 2, &a, e) != 0 ||
		work_again(&w, &a.measure.cell, order, e) != 0)
		return -1;
	int *cpus = calloc(a.measure.cell.workers, sizeof *cpus);
	w.cpus = cpus;
	w.fault = a.measure.fault;
	if (!cpus)
		err_blame(e, CAUSE_MEMORY, "out of memory");
	else if (own_cpus(&a.measure.cell, cpus, e) == 0)
		status = work_setup(&w, e);
	if (status == 0) {
		struct job job = work_job(&w);
		ranks_join(&job);
		work_teardown(&w);
	}
	free(cpus);
	return status;
}

/* --- in rank 0 --- */

static int keep_row(void *ctx, const struct sample *row, struct err *e)
{
	return !row || table_add(ctx, row, e) ? 0 : -1;
}

/* What --threads-per-rank says, for the number of workers where that is not said; what it may not say is
 * found later. */
static unsigned threads_said(int argc, char **argv)
{
	static const char option[] = "--threads-per-rank";
	unsigned long threads = 1;
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], option, strlen(option)) == 0) {
			const char *rest = argv[i] + strlen(option);
			threads = strtoul(*rest == '='   ? rest + 1
					  : i + 1 < argc ? argv[i + 1]
							 : "1",
				NULL, 10);
		}
	return threads > 0 && threads <= BACKEND_MAX_WORKERS ? (unsigned)threads : 1;
}

/* `run` without a driver: measured here, printed here. */
static int run(int argc, char **argv, struct err *e)
{
	char workers[32];
	const char *words[MOST_WORDS + MORE_WORDS + 1] = {argv[0], "--backend=mpi", workers};
	struct run_args a;
	struct table rows;
	if (argc > MOST_WORDS)
		return err_set(e, ERR_USAGE, "more than %d words", MOST_WORDS);
	snprintf(workers, sizeof workers, "--workers=%u", rank_team_count() * threads_said(argc, argv));
	memcpy(words + 1 + MORE_WORDS, argv + 1, (size_t)argc * sizeof *words);
	if (launch_args_parse_run(argc + MORE_WORDS, (char **)(uintptr_t)words, &a, e) != 0)
		return -1;
	if (a.help) {
		launch_args_help_run();
		return 0;
	}
	if (!a.measure.cell.backend->host)
		return err_set(
			e, ERR_USAGE, "--backend: parscale-mpi has only mpi; the others are parscale's");
	a.measure.cell.backend = &rank_team_backend;
	table_init(&rows, sample_columns, sizeof(struct sample));
	int status = perform_cell(&a.measure, meter_native, keep_row, &rows, e);
	if (rows.count > 0 && run_print(&a, &rows, e) != 0)
		status = -1;
	table_free(&rows);
	return status;
}

static int run_main_here(int argc, char **argv)
{
	struct err e = {0};
	if (cpu_disable(getenv("PARSCALE_CPU_DISABLE"), &e) == 0)
		run(argc, argv, &e);
	if (e.text[0])
		fprintf(stderr, "parscale: %s\n", e.text);
	return (int)e.status;
}

static int lead(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "launch") == 0)
		return launch_main(argc - 1, argv + 1, meter_native, &rank_team_backend);
	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return run_main_here(argc - 1, argv + 1);
	fprintf(stderr,
		"parscale: parscale-mpi has one command: mpirun -n N parscale-mpi run KERNEL [options]\n");
	return ERR_USAGE;
}

int main(int argc, char **argv)
{
	struct err ignored = {0};
	int status = 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the launcher's end is ours */
	rank_team_start(&argc, &argv);
	if (rank_team_lost()) {
		status = ERR_USAGE;
	} else if (argc > 1 && strcmp(argv[1], "hosts") == 0) {
		rank_hosts_print();
	} else if (argc > 1 && strcmp(argv[1], "probe-launch") == 0) {
		if (rank_team_rank() == 0)
			status = rank_messages_lead(argc - 1, argv + 1);
		else
			rank_messages_serve();
	} else if (rank_team_rank() == 0) {
		status = lead(argc, argv);
		rank_team_release();
	} else if (cpu_disable(getenv("PARSCALE_CPU_DISABLE"), &ignored) == 0) {
		rank_team_serve(make);
	}
	rank_team_stop();
	return status;
}
