/* SPDX-License-Identifier: MIT */
/* test_probe_spawn.c - what `probe spawn` says when a worker cannot be made, and when there is no such
 * program. */
#include "base/paths.h"
#include "bench/probe/probe.h"

#include <errno.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct probe_run run;

static int open_run(void **state)
{
	(void)state;
	struct err e = {0};
	return probe_run_init(&run, &probe_spawn, false, &e) == 0 && probe_spawn.cases(&run, &e) == 0 &&
			       probe_spawn.open(&run, &e) == 0
		       ? 0
		       : -1;
}

static int close_run(void **state)
{
	(void)state;
	probe_spawn.close(&run);
	probe_run_free(&run);
	return 0;
}

static const struct probe_case *find(const char *mechanism)
{
	for (size_t i = 0; i < run.count; i++)
		if (strcmp(run.cases[i].mechanism, mechanism) == 0)
			return &run.cases[i];
	fail_msg("no case %s", mechanism);
	return NULL;
}

static enum probe_status sample(const char *mechanism, struct probe_sample *s)
{
	const struct probe_case *c = find(mechanism);
	*s = (struct probe_sample){0};
	return c->sample(&run, c, 1, s);
}

/* As somebody else, since limits on processes do not hold for root. */
static int refused(const char *mechanism)
{
	struct probe_sample s;
	const struct rlimit none = {0, 0};
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(65533) != 0 || setuid(65533) != 0))
		return 77;
	if (setrlimit(RLIMIT_NPROC, &none) != 0)
		return 77;
	enum probe_status status = sample(mechanism, &s);
	return status == PROBE_RESOURCES && strstr(s.reason, strerror(EAGAIN)) ? 0 : 1;
}

static void a_worker_that_cannot_be_made_is_said(void **state)
{
	(void)state;
	static const char *const mechanisms[] = {"pthread", "fork", "vfork"};
	for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(refused(mechanisms[i]));
		int status;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WEXITSTATUS(status) == 77)
			skip();
		assert_int_equal(status, 0);
	}
}

/* A script beside this test whose interpreter there is not: it is found, and cannot be started. */
static void a_missing_program_is_said(void **state)
{
	(void)state;
	static const char *const mechanisms[] = {"fork+exec", "vfork+exec"};
	char path[4096];
	struct probe_sample s;
	assert_int_equal(sample("fork+exec", &s), PROBE_ABSENT);
	FILE *f = fopen(paths_beside("parscale-echo", path, sizeof path), "w");
	assert_non_null(f);
	fputs("#!/no such interpreter\n", f);
	fclose(f);
	chmod(path, 0755);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(sample(mechanisms[i], &s), PROBE_FAILED);
		assert_string_equal(s.reason, "a child exited with status 127: there is no such program");
	}
	assert_int_equal(sample("posix_spawn", &s), PROBE_FAILED);
	assert_non_null(strstr(s.reason, strerror(ENOENT)));
	unlink(path);
}

static void many_children_at_once(void **state)
{
	(void)state;
	struct probe_sample s;
	run.option[0] = 100;
	assert_int_equal(sample("fork", &s), PROBE_OK);
	assert_true(s.value[0] > 0 && s.value[2] > 0);
	assert_int_equal(sample("pthread", &s), PROBE_OK);
	run.option[0] = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_that_cannot_be_made_is_said),
		cmocka_unit_test(a_missing_program_is_said),
		cmocka_unit_test(many_children_at_once),
	};
	return cmocka_run_group_tests(tests, open_run, close_run);
}
