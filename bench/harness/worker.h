/* SPDX-License-Identifier: MIT */
/*
 * worker.h - the command `worker`: a worker of a team in another process (back end exec). For parscale's own
 * use.
 */
#ifndef PARSCALE_BENCH_HARNESS_WORKER_H
#define PARSCALE_BENCH_HARNESS_WORKER_H

/* `worker ORDER KERNEL [options] WORKER TEAM`: descriptors and numbers as worker_spec.h and backend.h say. Returns
 * the exit status; an error it prints. */
int worker_main(int argc, char **argv);

#endif
