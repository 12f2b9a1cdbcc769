/* SPDX-License-Identifier: MIT */
/*
 * process_id.h - a process of this host that may be nobody's child here: which it is, and whether it is stopped.
 *
 * A number alone may be another process's, of another host or container, or of a later time; with the moment at which
 * it began it is not.
 */
#ifndef PARSCALE_BENCH_MACHINE_PROCESS_ID_H
#define PARSCALE_BENCH_MACHINE_PROCESS_ID_H

#include <stdbool.h>
#include <stdint.h>

struct process_id {
	int64_t pid;     /* 0: none is known */
	int64_t started; /* in clock ticks since boot, field 22 of /proc/PID/stat (proc(5)) */
};

/* This process; pid is 0 where there is no /proc. */
struct process_id process_id_own(void);

/* Is there this very process, stopped by a signal (SIGSTOP and its like)? False where nothing is known of it. */
bool process_id_stopped(const struct process_id *p);

#endif
