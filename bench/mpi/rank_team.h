/* SPDX-License-Identifier: MIT */
/*
 * rank_team.h - workers that are the ranks of an MPI program, or the OpenMP threads of these. Rank 0 opens the
 * team and has its first workers; all others wait for what it broadcasts. Nothing is shared: the gate is a
 * barrier, the chunk counter a one-sided fetch-and-add, and the slots are gathered. A rank that dies takes
 * the whole program with it, as MPI programs do.
 */
#ifndef PARSCALE_BENCH_MPI_RANK_TEAM_H
#define PARSCALE_BENCH_MPI_RANK_TEAM_H

#include "bench/backend/backend.h"

/* Before and after everything else, in every rank. */
void ranks_start(int *argc, char ***argv);
void ranks_stop(void);

/* This rank's number, how many there are, and its number among those of the same host. */
unsigned ranks_rank(void);
unsigned ranks_count(void);
unsigned ranks_local(void);

/* The back end of rank 0: backend_mpi, and functions that work. Lifetime pool; threads_per_rank workers in
 * every rank, in the order of the ranks. */
extern const struct backend ranks_backend;

/* In rank 0, when it wants no further team: sends the others home. */
void ranks_release(void);

/* In the others: makes the job again from the words and the descriptor of an order, and hands it to
 * ranks_join. -1 with *e set where it cannot be made; then it must not have been handed over. */
typedef int ranks_make_fn(char **words, int order, struct err *e);

/* In the others, inside `make`: works for the team that rank 0 has opened, until it is closed. Cannot fail:
 * what fails is told to rank 0. */
void ranks_join(struct job *job);

/* In the others: joins every team that rank 0 opens, until it releases them. */
void ranks_serve(ranks_make_fn *make);

#endif
