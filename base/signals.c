/* SPDX-License-Identifier: MIT */
/* signals.c - turns SIGINT, SIGTERM and SIGHUP into a flag that loops check between launches. */
#include "base/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t seen;

static void note(int signal)
{
	(void)signal;
	seen = 1;
}

/* Without SA_RESTART, so that a wait for a child ends with EINTR and its loop sees the flag. */
void signals_catch(void)
{
	struct sigaction action = {.sa_handler = note};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

bool signals_seen(void)
{
	return seen;
}
