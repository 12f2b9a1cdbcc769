/* SPDX-License-Identifier: MIT */
/*
 * process.h - workers that are processes: how they settle in, end and are named. How they are made is the
 * back end's matter.
 */
#ifndef PARSCALE_BENCH_BACKEND_PROCESS_H
#define PARSCALE_BENCH_BACKEND_PROCESS_H

#include "bench/backend/spawned_team.h"

/* First thing in the worker: it dies with its opener (a program that is gone already ends it at once) and
 * leaves Ctrl-C to it. The kernel ties it to the thread that opened the team: that thread has to live as long
 * as the team. */
void process_settle(pid_t opener);

/* In a forked worker, should the job call exit: none of the opener's exit handlers run, and none of its
 * buffers are written, a second time. */
void process_disown(void);

/* Members of a struct spawned_team_kind. */
bool process_reap(struct member *m, double seconds, struct member_end *end);
void process_kill(struct member *m);
void process_describe(const struct member *m, char text[SPAWNED_TEAM_TEXT]);

#endif
