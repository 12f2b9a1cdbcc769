/* SPDX-License-Identifier: MIT */
/*
 * signals.c - turns signals that ask for an end into a flag that loops check between launches.
 *
 * timeout(1) and batch systems send one request twice, to the process and to its group: what follows within a
 * second is taken for the same request.
 */
#include "base/signals.h"

#include "base/err.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum { SAME_REQUEST_SECONDS = 1 };

static const int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
enum { REQUESTS = sizeof requests / sizeof *requests };

static volatile sig_atomic_t seen;
static struct timespec first; /* written once, by the handler, which no request interrupts */

static void note(int signal)
{
	struct timespec now;
	(void)signal;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!seen)
		first = now;
	seen = 1;
	const time_t seconds = now.tv_sec - first.tv_sec - (now.tv_nsec < first.tv_nsec);
	if (seconds >= SAME_REQUEST_SECONDS)
		_exit(ERR_INTERRUPTED);
}

/* Without SA_RESTART, so that a wait for a child ends with EINTR and its loop sees the flag. */
void signals_catch(void)
{
	struct sigaction action = {.sa_handler = note}, before;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < REQUESTS; i++)
		sigaddset(&action.sa_mask, requests[i]);
	for (size_t i = 0; i < REQUESTS; i++)
		if (sigaction(requests[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(requests[i], &action, NULL);
}

bool signals_seen(void)
{
	return seen;
}

void signals_outlive_readers(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit: EFBIG, which is told */
}

void signals_receive(int signal)
{
	sigset_t one;
	sigemptyset(&one);
	sigaddset(&one, signal);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
}
