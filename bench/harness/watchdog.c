/* SPDX-License-Identifier: MIT */
/*
 * watchdog.c - an interval timer whose signal handler does only what is safe in one: write and _exit.
 *
 * The time is counted in a few steps. While the process stands still the timer runs on, but however often it expires,
 * one signal is all that waits for the process: one step.
 */
#include "bench/harness/watchdog.h"

#include "base/err.h"
#include "base/signals.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 8 };

static char last_words[100];
static volatile sig_atomic_t left;

static void step(int signal)
{
	(void)signal;
	left = left - 1;
	if (left > 0)
		return;
	ssize_t said = write(STDERR_FILENO, last_words, strlen(last_words));
	(void)said;
	_exit(ERR_EXIT_CAUSE + CAUSE_TIMEOUT);
}

/* Every so many seconds; 0: never. */
static void set(double seconds)
{
	enum { LONGEST = 1000000000 };
	double whole;
	const double part = modf(fmin(seconds, LONGEST), &whole);
	const struct timeval each = {.tv_sec = (time_t)whole, .tv_usec = (suseconds_t)(part * 1e6)};
	setitimer(ITIMER_REAL, &(struct itimerval){each, each}, NULL);
}

void watchdog_on(double seconds, const char *message)
{
	const double least = 1e-6; /* 0 would be never */
	snprintf(last_words, sizeof last_words, "%s", message);
	left = STEPS;
	signal(SIGALRM, step);
	signals_receive(SIGALRM);
	set(fmax(seconds / STEPS, least));
}

void watchdog_off(void)
{
	set(0);
}
