/* SPDX-License-Identifier: MIT */
/*
 * spawn_ways.h - the ways to make a worker and to be rid of it: threads, processes, fresh programs.
 *
 * Every worker, thread or process, notes when it got to its first instruction and gives back an argument of
 * its own; of programs, main does. Nothing here is timed, except that the caller stamps around the calls.
 */
#ifndef PARSCALE_BENCH_PROBE_SPAWN_WAYS_H
#define PARSCALE_BENCH_PROBE_SPAWN_WAYS_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* What a worker writes; in memory that processes share. Fresh programs cannot: they write both numbers, a
 * line, to the parent's pipe. */
struct mark {
	_Alignas(128) uint64_t argument, stamp;
};

struct worker {
	struct mark *mark;
	uint64_t argument;
	pid_t pid; /* of a child that is there to be reaped, else 0 */
	pthread_t thread;
	FILE *stream;
	int status; /* how it ended, where the call that made it reaped it too */
	uint64_t called, returned;
};

struct parent {
	int echo[2];      /* pipe that fresh programs write to */
	uint64_t touched; /* threads change it, children only their copy */
};

enum {
	WAY_FULL = 1,     /* only in a full run of the probe */
	WAY_REAPS = 2,    /* the call that makes the worker reaps it */
	WAY_OWN_PIPE = 4, /* its mark comes back through a pipe of its own */
	WAY_PIDFD = 8,    /* needs a descriptor of a process */
};

/* How a worker is made. Both calls return 0 or an errno. */
struct way {
	const char *name, *worker;
	int (*create)(struct parent *parent, struct worker *w, const char *program);
	int (*reap)(struct worker *w, int *status);
	int program;                        /* 0: dynamic, 1: static; -1: the worker is a function */
	double expected_low, expected_high; /* times a thread */
	unsigned flags;                     /* WAY_* */
};

enum { SPAWN_WAYS = 12, SPAWN_WAY_FORK = 1 };
/* the first, a thread, is the base of the others */
extern const struct way spawn_ways[SPAWN_WAYS];

#endif
