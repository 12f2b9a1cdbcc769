/* SPDX-License-Identifier: MIT */
/*
 * control.h - what all back ends share: the control block in pre-faulted MAP_SHARED memory (go, gate, chunk
 * counter, reports, slots), and the worker's life, written once. It makes no worker and ends none.
 *
 * A run, seen from above: the opener posts it (`go`) when all workers are made; each arrives at the gate and
 * the last one opens it; each takes chunks and reports; the last report wakes the opener. No worker holds a
 * lock or has a deadline of its own: the opener ends every wait by control_stop, and the kernel ends the
 * workers if the opener dies.
 */
#ifndef PARSCALE_BENCH_BACKEND_CONTROL_H
#define PARSCALE_BENCH_BACKEND_CONTROL_H

#include "bench/backend/backend.h"

#include <sys/types.h>

struct control_block; /* the shared part */

/* The private part: made before the workers, inherited by processes, not written while they live. */
struct control {
	const char *name; /* of the back end, for messages */
	const struct job *job;
	struct team_plan plan;
	struct control_block *block;
	bool processes; /* the workers are processes of their own */
	int fd;         /* the block's memory as a file without a name; closed by exec */
	size_t bytes;   /* of the whole block */
	size_t stride;  /* from one worker's record to the next */

	/* Set by a worker for itself, where its chunks come neither from its share nor from the counter:
	 * works on the next one; false if the run has no more. NULL: they do. */
	bool (*feed)(void *source);
	void *source;
};

/* Maps the block, all slots zero. ERR_USAGE for a plan that the back end cannot have, ERR_FAILED without
 * memory. */
int control_open(struct control *c, const struct backend *b, const struct job *job,
	const struct team_plan *plan, struct err *e);
void control_close(struct control *c);

/* In a fresh program: maps the block of a team that another process has opened, and completes *job, whose
 * chunks are the team's. *opener is who opened it. ERR_FAILED where the descriptor is no such block, or is of
 * a job with other slots. */
int control_attach(struct control *c, int fd, struct job *job, pid_t *opener, struct err *e);

void *control_slot(const struct control *c, unsigned worker);

/* In the opener. */
void control_expect(struct control *c, unsigned worker); /* it is about to be made */
void control_start(struct control *c); /* posts a run to workers that are made or will be; none is in one */
void control_stop(struct control *c); /* for good: ends all waits; workers take no further chunk, and leave */

/* Sleeps until all workers have reported (entered, after an open of a pool; done, in a run), or one has
 * failed to enter, or the milliseconds are over; true unless it was the last. */
bool control_wait(const struct control *c, unsigned milliseconds);

/* Calls the job's all_done. */
void control_all_done(const struct control *c);

/* 0, or -1 with the worker whose `enter` failed. */
int control_check(const struct control *c, struct err *e);

/* Has it gone through the end of its life? A worker that is gone without has died. */
bool control_left(const struct control *c, unsigned worker);

/* The worker that is furthest behind, and in *where the words for it: "had not come to the gate". */
unsigned control_last(const struct control *c, const char **where);

/* In the worker: its whole life, or the parts of it where the opener is a worker itself. Lifetime spawn has
 * one run in a life. control_run waits for the next run and works on it; false when stopped. control_leave
 * does nothing for one that could not enter. */
void control_live(const struct control *c, unsigned worker);
int control_enter(const struct control *c, unsigned worker);
bool control_run(const struct control *c, unsigned worker);
void control_leave(const struct control *c, unsigned worker);

#endif
