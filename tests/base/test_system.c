/* SPDX-License-Identifier: MIT */
/* What not every system has, used or replaced: the same promises either way (scripts/check-without runs this without). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_file_in_memory_has_no_name(void **state)
{
	(void)state;
	for (int inherited = 0; inherited < 2; inherited++) {
		char text[4] = "";
		struct stat s;
		const int fd = system_memory_file("a test", inherited);
		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &s), 0);
		assert_int_equal(s.st_size, 0);
		assert_int_equal(s.st_nlink, 0);
		assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, inherited ? 0 : FD_CLOEXEC);
		assert_int_equal(pwrite(fd, "abc", 4, 5000), 4);
		assert_int_equal(pread(fd, text, 4, 5000), 4);
		assert_string_equal(text, "abc");
		close(fd);
	}
}

static _Atomic uint32_t word;

static void *set_word(void *unused)
{
	(void)unused;
	nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	atomic_store(&word, 8);
	system_wake(&word);
	return NULL;
}

static void a_word_is_slept_on(void **state)
{
	pthread_t other;
	(void)state;
	atomic_store(&word, 7);
	assert_int_equal(system_sleep_on(&word, 7, &(struct timespec){.tv_nsec = 1000000}), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(pthread_create(&other, NULL, set_word, NULL), 0);
	while (atomic_load(&word) == 7) /* 0, or EAGAIN of one that came late */
		system_sleep_on(&word, 7, NULL);
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_int_equal(atomic_load(&word), 8);
	/* another value is not waited for */
	if (system_sleep_on(&word, 7, NULL) != 0)
		assert_int_equal(errno, EAGAIN);
}

static void the_end_of_a_process_can_be_read(void **state)
{
	(void)state;
	const pid_t child = fork();
	if (child == 0)
		_exit(3);
	const int fd = system_process_file(child);
	if (fd >= 0) {
		struct pollfd ended = {.fd = fd, .events = POLLIN};
		assert_int_equal(poll(&ended, 1, -1), 1);
		close(fd);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 3);
	if (fd < 0)
		skip();
}

static void a_range_of_descriptors_is_closed(void **state)
{
	int fds[4];
	(void)state;
	for (int i = 0; i < 4; i++)
		fds[i] = fcntl(STDERR_FILENO, F_DUPFD, 200 + i);
	system_close_range(fds[1], fds[2]);
	system_close_range(fds[3], fds[0]); /* none */
	for (int i = 0; i < 4; i++)
		assert_int_equal(fcntl(fds[i], F_GETFD) >= 0, i == 0 || i == 3);
	close(fds[0]);
	close(fds[3]);
}

static void random_bytes_differ(void **state)
{
	unsigned char a[16] = {0}, b[16] = {0};
	(void)state;
	assert_int_equal(system_random(a, sizeof a), 0);
	assert_int_equal(system_random(b, sizeof b), 0);
	assert_memory_not_equal(a, b, sizeof a);
}

static void the_program_knows_its_path(void **state)
{
	char path[4096], tail[] = "test_system";
	(void)state;
	const size_t n = system_program(path, sizeof path);
	assert_int_equal(n, strlen(path));
	assert_true(n >= strlen(tail));
	assert_string_equal(path + n - strlen(tail), tail);
}

static void a_thread_is_bound(void **state)
{
	enum { MOST = 4096 };
	static int all[MOST], now[MOST];
	(void)state;
	const int n = system_affinity(all, MOST);
	if (!system_binds()) {
		assert_int_equal(system_bind(&(int){0}, 1), 0);
		skip();
	}
	assert_true(n > 0);
	assert_int_equal(system_bind(&all[n - 1], 1), 0);
	assert_int_equal(system_affinity(now, MOST), 1);
	assert_int_equal(now[0], all[n - 1]);
	assert_true(system_cpu() == all[n - 1] || system_cpu() == -1);
	assert_int_equal(system_bind(all, n), 0);
	assert_int_equal(system_affinity(now, MOST), n);
	assert_int_equal(system_bind(&(int){MOST * 4}, 1), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_in_memory_has_no_name),
		cmocka_unit_test(a_word_is_slept_on),
		cmocka_unit_test(the_end_of_a_process_can_be_read),
		cmocka_unit_test(a_range_of_descriptors_is_closed),
		cmocka_unit_test(random_bytes_differ),
		cmocka_unit_test(the_program_knows_its_path),
		cmocka_unit_test(a_thread_is_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
