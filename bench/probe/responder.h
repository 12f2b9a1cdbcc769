/* SPDX-License-Identifier: MIT */
/*
 * responder.h - targets for `probe fanout`: a process of our own that answers datagrams on loopback, each
 * target after the same delay, some of them never.
 *
 * Target i is 127.1.(i / 250).(i % 250 + 1), all at one port. Nothing but loopback is ever bound or sent to.
 */
#ifndef PARSCALE_BENCH_PROBE_RESPONDER_H
#define PARSCALE_BENCH_PROBE_RESPONDER_H

#include "base/err.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { RESPONDER_TARGETS = 5000, RESPONDER_SILENT_EVERY = 25, RESPONDER_PORTS = 100 };

struct responder {
	pid_t pid; /* 0: none */
	unsigned targets;
	uint16_t port;
};

/* Starts it: the first of RESPONDER_PORTS ports from `port` at which all targets are free. ERR_ABSENT where
 * the system allows not enough descriptors; ERR_FAILED. Answers wait `delay_ns`. It ends with its parent. */
int responder_start(struct responder *r, unsigned targets, uint16_t port, uint64_t delay_ns, struct err *e);
void responder_stop(struct responder *r); /* one that was not started is legal */

struct sockaddr_in responder_address(const struct responder *r, unsigned target);

/* Whether target i never answers: the known set. */
bool responder_is_silent(unsigned target);

#endif
