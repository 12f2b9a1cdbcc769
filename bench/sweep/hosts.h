/* SPDX-License-Identifier: MIT */
/*
 * hosts.h - the machine and environment of every host that a plan's ranks run on, for the manifest.
 */
#ifndef PARSCALE_BENCH_SWEEP_HOSTS_H
#define PARSCALE_BENCH_SWEEP_HOSTS_H

#include "bench/sweep/plan.h"

#include <jansson.h>

/* Starts the most ranks of any cell of the plan once (parscale-mpi beside `program`; NULL: beside this one) and asks one of
 * each host: an array of {host, ranks, machine, environment}. Null where no cell has ranks, or they could not be asked: then the
 * cells' own launches tell why. The caller owns it. */
json_t *hosts_json(const struct plan *p, const char *program);

#endif
