/* SPDX-License-Identifier: MIT */
/* rank_hosts.h - `parscale-mpi hosts`: the facts of every host, for bench/sweep/hosts.c. */
#ifndef PARSCALE_BENCH_MPI_RANK_HOSTS_H
#define PARSCALE_BENCH_MPI_RANK_HOSTS_H

/* Collective over all ranks: rank 0 prints an array of {host, ranks, machine, environment}, each line after LAUNCHER_MARK. */
void rank_hosts_print(void);

#endif
