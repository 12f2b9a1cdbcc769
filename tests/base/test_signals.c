/* SPDX-License-Identifier: MIT */
/* test_signals.c - which signals are noted, which stay ignored, and what a second one does; each in a process of
 * its own. */
#include "base/err.h"
#include "base/signals.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONGER_NS = 1100000000 };

static const int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
enum { REQUESTS = sizeof requests / sizeof *requests };

typedef int act_fn(int signal);

/* The exit status of a child that does this; 128 and more: killed by a signal. */
static int in_child(act_fn *act, int number)
{
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(act(number));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int once(int number)
{
	signal(number, SIG_DFL);
	signals_catch();
	if (signals_seen())
		return 2;
	raise(number);
	return signals_seen() ? 0 : 1;
}

static int ignored(int number)
{
	signal(number, SIG_IGN);
	signals_catch();
	raise(number);
	return signals_seen() ? 1 : 0;
}

/* As timeout(1) sends it: both before the first is handled. */
static int doubled(int number)
{
	sigset_t all, before;
	signal(number, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signals_catch();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	raise(number);
	raise(number == SIGTERM ? SIGINT : SIGTERM);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return signals_seen() ? 0 : 1;
}

static int again_later(int number)
{
	signal(number, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signals_catch();
	raise(number);
	nanosleep(&(struct timespec){.tv_sec = LONGER_NS / 1000000000, .tv_nsec = LONGER_NS % 1000000000},
		NULL);
	raise(SIGTERM);
	return 0;
}

static void test_each_is_noted(void **state)
{
	(void)state;
	for (size_t i = 0; i < REQUESTS; i++)
		assert_int_equal(in_child(once, requests[i]), 0);
}

static void test_ignored_stays_ignored(void **state)
{
	(void)state;
	for (size_t i = 0; i < REQUESTS; i++)
		assert_int_equal(in_child(ignored, requests[i]), 0);
}

static void test_sent_twice_is_one_request(void **state)
{
	(void)state;
	for (size_t i = 0; i < REQUESTS; i++)
		assert_int_equal(in_child(doubled, requests[i]), 0);
}

static void test_a_second_request_ends_at_once(void **state)
{
	(void)state;
	assert_int_equal(in_child(again_later, SIGTERM), ERR_INTERRUPTED);
	assert_int_equal(in_child(again_later, SIGUSR1), ERR_INTERRUPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_noted),
		cmocka_unit_test(test_ignored_stays_ignored),
		cmocka_unit_test(test_sent_twice_is_one_request),
		cmocka_unit_test(test_a_second_request_ends_at_once),
	};
	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
