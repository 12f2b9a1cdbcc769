/* SPDX-License-Identifier: MIT */
/*
 * rank_team.h - workers that are the ranks of an MPI program, or the OpenMP threads of these. Rank 0 opens the
 * team and has its first workers; all others wait for what it broadcasts. The gate is a barrier, chunks come from a pool
 * of each host (chunk_pool.h), and the slots are gathered. A rank that dies takes the whole program with it, as MPI
 * programs do.
 */
#ifndef PARSCALE_BENCH_MPI_RANK_TEAM_H
#define PARSCALE_BENCH_MPI_RANK_TEAM_H

#include "bench/backend/backend.h"

/* Before and after everything else, in every rank. Ends the program, with one line of why, where MPI does below a launcher
 * of another MPI. */
void rank_team_start(int *argc, char ***argv);
void rank_team_stop(void);

/* Whether a launcher of another MPI started several ranks and this one is alone all the same; the first of them says so
 * on standard error. After rank_team_start. */
bool rank_team_lost(void);

/* This rank's number, how many there are, and its number among those of the same host. */
unsigned rank_team_rank(void);
unsigned rank_team_count(void);
unsigned rank_team_local(void);

/* Who shares a host with whom. */
const struct chunk_hosts *rank_team_hosts(void);

/* The back end of rank 0: backend_mpi, and functions that work. Lifetime pool; threads_per_rank workers in
 * every rank, in the order of the ranks. */
extern const struct backend rank_team_backend;

/* In rank 0, when it wants no further team: sends the others home. */
void rank_team_release(void);

/* In the others: makes the job again from the words and the descriptor of an order, and hands it to
 * ranks_join. -1 with *e set where it cannot be made; then it must not have been handed over. */
typedef int rank_team_make_fn(char **words, int order, struct err *e);

/* In the others, inside `make`: works for the team that rank 0 has opened, until it is closed. Cannot fail:
 * what fails is told to rank 0. */
void ranks_join(struct job *job);

/* In the others: joins every team that rank 0 opens, until it releases them. */
void rank_team_serve(rank_team_make_fn *make);

#endif
