/* SPDX-License-Identifier: MIT */
/* watchdog.c - an interval timer whose signal handler does only what is safe in one: write and _exit. */
#include "bench/harness/watchdog.h"

#include "base/err.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char last_words[100];

static void give_up(int signal)
{
	(void)signal;
	ssize_t said = write(STDERR_FILENO, last_words, strlen(last_words));
	(void)said;
	_exit(ERR_EXIT_CAUSE + CAUSE_TIMEOUT);
}

static void set(double seconds)
{
	enum { LONGEST = 1000000000 };
	double whole;
	const double part = modf(fmin(seconds, LONGEST), &whole);
	const struct itimerval end = {
		.it_value = {.tv_sec = (time_t)whole, .tv_usec = (suseconds_t)(part * 1e6)}};
	setitimer(ITIMER_REAL, &end, NULL);
}

void watchdog_on(double seconds, const char *message)
{
	snprintf(last_words, sizeof last_words, "%s", message);
	signal(SIGALRM, give_up);
	set(seconds);
}

void watchdog_off(void)
{
	set(0);
}
