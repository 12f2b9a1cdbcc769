/* SPDX-License-Identifier: MIT */
/* rank_messages.h - the MPI part of the probe `messages`. */
#ifndef PARSCALE_BENCH_MPI_RANK_MESSAGES_H
#define PARSCALE_BENCH_MPI_RANK_MESSAGES_H

/* In rank 0: runs the probe launch of these words (probe_launch.h), its rows to standard output; then sends the others
 * home. The exit status. */
int rank_messages_lead(int argc, char **argv);

/* In the others: takes part in every operation that rank 0 asks for, on a CPU of its own. */
void rank_messages_serve(void);

#endif
