/* SPDX-License-Identifier: MIT */
/* Whole buffers: through a pipe that takes less at a time, under signals, to the end and past a closed end. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"

enum { BYTES = 1 << 21 };

static void nothing(int signal)
{
	(void)signal;
}

/* Signals that interrupt (no SA_RESTART) every millisecond, or none. */
static void alarms(long microseconds)
{
	const struct sigaction a = {.sa_handler = nothing};
	const struct itimerval t = {.it_interval.tv_usec = microseconds, .it_value.tv_usec = microseconds};
	assert_int_equal(sigaction(SIGALRM, &a, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &t, NULL), 0);
}

static void all_goes_through_whatever_interrupts(void **state)
{
	static unsigned char sent[BYTES], got[BYTES];
	int ends[2], status;
	(void)state;
	for (size_t i = 0; i < BYTES; i++)
		sent[i] = (unsigned char)(i * 2654435761u >> 13);
	assert_int_equal(pipe(ends), 0);
	const pid_t child = fork();
	if (child == 0) {
		alarms(1000);
		close(ends[0]);
		_exit(io_write(ends[1], sent, BYTES) == BYTES ? 0 : 1);
	}
	close(ends[1]);
	alarms(1000);
	usleep(20000); /* the writer waits for room meanwhile, and is interrupted */
	errno = EIO;
	assert_int_equal(io_read(ends[0], got, BYTES), BYTES);
	assert_memory_equal(got, sent, BYTES);
	assert_int_equal(io_read(ends[0], got, 1), 0);
	assert_int_equal(errno, 0);
	alarms(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ends[0]);
}

static void an_early_end_is_less(void **state)
{
	int ends[2];
	char text[8];
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(io_write(ends[1], "abc", 3), 3);
	close(ends[1]);
	assert_int_equal(io_read(ends[0], text, sizeof text), 3);
	assert_int_equal(errno, 0);
	close(ends[0]);
	assert_int_equal(io_read(ends[0], text, sizeof text), 0);
	assert_int_equal(errno, EBADF);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(io_write(ends[1], "abc", 3), 0);
	assert_int_equal(errno, EPIPE);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_goes_through_whatever_interrupts),
		cmocka_unit_test(an_early_end_is_less),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
