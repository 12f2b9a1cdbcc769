/* SPDX-License-Identifier: MIT */
/*
 * watchdog.h - ends this process where a run takes too long.
 *
 * A run in the calling thread or in an OpenMP region cannot be interrupted. The launch is a process of its own, so
 * that its driver sees it end, with the time-out as cause and the message on standard error.
 */
#ifndef PARSCALE_BENCH_HARNESS_WATCHDOG_H
#define PARSCALE_BENCH_HARNESS_WATCHDOG_H

/* From now on until watchdog_off the process may live that many seconds; then it writes `message` (a line; copied,
 * at most 99 bytes) and exits with the cause CAUSE_TIMEOUT. Of a time in which it stands still (Ctrl-Z, a frozen container) at
 * most an eighth of the limit counts. Takes SIGALRM, also before the end: calls may be interrupted. One at a time. */
void watchdog_on(double seconds, const char *message);
void watchdog_off(void);

#endif
