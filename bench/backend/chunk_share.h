/* SPDX-License-Identifier: MIT */
/*
 * chunk_share.h - which chunks the N-th request gets, of hosts that take chunks by the pool.
 *
 * Factoring (Hummel, Schonberg and Flynn 1992): in each round every host gets an equal part of half of what is left. As the
 * round follows from the request's number, one counter of requests is all that hosts share, and it is never out of date.
 */
#ifndef PARSCALE_BENCH_BACKEND_CHUNK_SHARE_H
#define PARSCALE_BENCH_BACKEND_CHUNK_SHARE_H

#include <stdint.h>

/* The chunks *first <= i < *end of request 0, 1, ...; none (*first == *end == chunks) when all are given away. Over all
 * requests each of `chunks` is given once. hosts >= 1; no request but the last gets fewer than `least` >= 1. */
void chunk_share(
	uint64_t request, uint64_t chunks, uint64_t hosts, uint64_t least, uint64_t *first, uint64_t *end);

#endif
