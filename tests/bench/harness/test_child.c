/* SPDX-License-Identifier: MIT */
/*
 * test_child.c - what a program that is started finds in its environment (how OpenMP's threads wait, by the CPUs that may
 * be used and by what the user said), and that it always ends.
 */
#include "bench/harness/child.h"
#include "bench/harness/watchdog.h"
#include "bench/machine/place.h"
#include "bench/machine/settings.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static bool is(const char *name, const char *value)
{
	const char *set = getenv(name);
	return value ? set && strcmp(set, value) == 0 : !set;
}

static bool told(const char *variable)
{
	struct setting_found found[SETTINGS_MOST];
	int n = settings_found(found, SETTINGS_MOST);
	for (int i = 0; i < n; i++)
		if (strcmp(found[i].variable, variable) == 0)
			return true;
	return false;
}

/* As under taskset, in a cpuset or in a container: how many CPUs are online does not matter. */
static void test_waiting_by_allowed_cpus(void **state)
{
	cpu_set_t before, one;
	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	size_t cpu = 0;
	while (!CPU_ISSET(cpu, &before))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	assert_int_equal(place_capacity_here(), 1);
	child_set_openmp(2, NULL);
	assert_true(is("OMP_WAIT_POLICY", "passive"));
	child_set_openmp(1, NULL);
	assert_true(is("OMP_WAIT_POLICY", "active"));
	assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
	/* what we set ourselves is not the user's */
	assert_false(told("OMP_WAIT_POLICY=active"));
	assert_false(told("OMP_WAIT_POLICY=passive"));
}

/* Sweeps change between --wait auto and others. */
static void test_what_the_user_said(void **state)
{
	(void)state;
	settings_restore(SETTING_WAIT);
	assert_true(is("OMP_WAIT_POLICY", NULL));
	setenv("GOMP_SPINCOUNT", "7", 1);
	for (int i = 0; i < 2; i++) {
		child_set_openmp(1, NULL);
		assert_true(is("GOMP_SPINCOUNT", "7") && is("OMP_WAIT_POLICY", NULL));
		assert_true(told("GOMP_SPINCOUNT=7"));
		child_set_openmp(1, "passive");
		assert_true(is("GOMP_SPINCOUNT", NULL) && is("OMP_WAIT_POLICY", "passive"));
		assert_true(told("GOMP_SPINCOUNT=7"));
	}
}

/* --- its end --- */

struct heard {
	char line[64];
};

static int hear(void *ctx, char *line, struct err *e)
{
	(void)e;
	snprintf(((struct heard *)ctx)->line, sizeof((struct heard *)ctx)->line, "%s", line);
	return 0;
}

/* What a shell does that is followed; `limits` has them, and whether it is a launcher. */
static struct child_result follow(const char *script, const struct child_order *limits, struct heard *heard)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct child_order order = *limits;
	struct child_result result;
	struct err e = {0};
	order.path = "/bin/sh";
	order.argv = argv;
	order.capture = order.no_input = true;
	order.line = hear;
	order.ctx = heard;
	*heard = (struct heard){0};
	assert_int_equal(child_run(&order, &result, &e), 0);
	assert_int_equal(waitpid(result.pid, NULL, WNOHANG), -1); /* it was reaped */
	return result;
}

/* How a process ends whose time is limited, and that stops itself for longer, or waits. */
static int end_of_limited(bool stops)
{
	int status = 0;
	fflush(NULL);
	const pid_t pid = fork();
	if (pid == 0) {
		watchdog_on(0.4, "");
		if (stops)
			raise(SIGSTOP);
		while (!stops)
			pause();
		watchdog_off();
		_exit(0);
	}
	while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
		usleep(600000);
		kill(pid, SIGCONT);
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_a_limit_is_of_time_in_which_it_runs(void **state)
{
	(void)state;
	assert_int_equal(end_of_limited(true), 0);
	assert_int_equal(err_exit_cause(end_of_limited(false)), CAUSE_TIMEOUT);
}

static void test_a_stopped_child_is_ended(void **state)
{
	struct heard heard;
	(void)state;
	struct child_result r =
		follow("echo here >&3; kill -STOP $$", &(struct child_order){.stopped_seconds = 0.2}, &heard);
	assert_int_equal(r.cause, CAUSE_TIMEOUT);
	assert_int_equal(r.status, ERR_FAILED);
	assert_string_equal(r.message, "killed: it was stopped for longer than 0.2 s");
	assert_string_equal(heard.line, "here");
	r = follow("kill -STOP $$", &(struct child_order){.stopped_seconds = 0.2, .launcher = true}, &heard);
	assert_int_equal(r.cause, CAUSE_TIMEOUT);
}

/* A process that is none of the child's children here, as a rank is none of its launcher's elsewhere. */
static void test_a_stopped_worker_ends_its_child(void **state)
{
	struct heard heard;
	struct process_id *worker =
		mmap(NULL, sizeof *worker, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	(void)state;
	assert_ptr_not_equal(worker, MAP_FAILED);
	fflush(NULL);
	const pid_t pid = fork();
	if (pid == 0) {
		*worker = process_id_own();
		raise(SIGSTOP);
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(worker->pid, pid);
	struct child_order order = {.stopped_seconds = 0.2, .worker = worker};
	struct child_result r = follow("exec sleep 60", &order, &heard);
	assert_int_equal(r.cause, CAUSE_TIMEOUT);
	assert_string_equal(r.message, "killed: worker 0 was stopped for longer than 0.2 s");
	order.stopped_seconds = 4; /* it ends before, but what it timed is no time */
	assert_true(follow("sleep 1", &order, &heard).paused);
	worker->started++; /* another process of that number */
	order.stopped_seconds = 0.2;
	r = follow("sleep 0.5", &order, &heard);
	assert_int_equal(r.status, ERR_NONE);
	assert_false(r.paused);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	munmap(worker, sizeof *worker);
}

/* Stops itself; a helper lets it go on. Not before it is stopped: SIGCONT takes back a SIGSTOP on its way. */
#define STOPS_FOR(time)                                                                                      \
	"(until read -r _ _ state _ </proc/$$/stat && [ $state = T ]; do :; done; " time                     \
	"; kill -CONT $$) & kill -STOP $$; "

static void test_a_child_that_goes_on_is_not(void **state)
{
	struct heard heard;
	(void)state;
	const struct child_result r = follow(
		STOPS_FOR("sleep 0.05") "echo on >&3", &(struct child_order){.stopped_seconds = 60}, &heard);
	assert_int_equal(r.cause, CAUSE_NONE);
	assert_int_equal(r.status, ERR_NONE);
	assert_true(r.paused);
	assert_string_equal(heard.line, "on");
}

/* However short it was, and even though it ended soon after. */
static void test_a_short_stop_is_seen(void **state)
{
	struct heard heard;
	(void)state;
	for (int i = 0; i < 20; i++)
		assert_true(
			follow(STOPS_FOR(":"), &(struct child_order){.stopped_seconds = 60}, &heard).paused);
	assert_false(follow("sleep 0.01", &(struct child_order){.stopped_seconds = 60}, &heard).paused);
}

/* Nor does it say a word. */
static void test_a_child_that_is_deaf_is_killed(void **state)
{
	struct heard heard;
	(void)state;
	const struct child_result r = follow("trap '' TERM; echo deaf >&3; while :; do sleep 0.1; done",
		&(struct child_order){.timeout_seconds = 0.5}, &heard);
	assert_int_equal(r.cause, CAUSE_TIMEOUT);
	assert_string_equal(r.message, "killed: it took longer than 0.5 s");
}

/* With its pipes closed, so that nothing is left to be read, and deaf to SIGTERM; with a helper as deaf. */
static void test_a_launcher_that_does_not_end(void **state)
{
	struct heard heard;
	int status = 0;
	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	alarm(20); /* kills this program where it hangs */
	const struct child_result r =
		follow("trap '' TERM; sleep 1000 >/dev/null 2>&1 & echo $!; exec >&- 2>&-; "
		       "while :; do sleep 0.1; done",
			&(struct child_order){.timeout_seconds = 1.5, .launcher = true}, &heard);
	assert_int_equal(r.cause, CAUSE_TIMEOUT);
	assert_string_equal(r.message, "killed: it took longer than 1.5 s");
	const pid_t helper = (pid_t)atoi(heard.line);
	assert_true(helper > 0);
	/* ours now, unless the shell reaped it before it was killed itself */
	if (waitpid(helper, &status, 0) == helper)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	else
		assert_true(errno == ECHILD && kill(helper, 0) != 0);
	alarm(0);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* Its last words are read, and what holds the pipe is not waited for. */
static void test_a_child_that_leaves_a_writer(void **state)
{
	struct heard heard;
	(void)state;
	const struct child_result r =
		follow("sleep 5 & echo said >&3; exit 7", &(struct child_order){0}, &heard);
	assert_int_equal((int)r.status, 7);
	assert_string_equal(heard.line, "said");
	assert_int_equal(r.cause, CAUSE_NONE);
}

static int no_line(void *ctx, char *line, struct err *e)
{
	(void)ctx;
	(void)line;
	(void)e;
	return 0;
}

/* Of all that a program says, the line that says why. */
static void test_messages(void **state)
{
	static const struct {
		const char *script, *message;
		enum err_cause cause;
	} cases[] = {
		{"printf 'libgomp: \\nThread creation failed: Resource temporarily unavailable\\n' >&2; exit 1",
			"Thread creation failed: Resource temporarily unavailable", CAUSE_RESOURCES},
		{"echo 'a runtime: Cannot allocate memory' >&2; exit 1", "a runtime: Cannot allocate memory",
			CAUSE_MEMORY},
		{"exit 3", "the launch exited with status 3", CAUSE_NONE},
		{"echo 'parscale: out of memory' >&2; exit 103", "out of memory", CAUSE_MEMORY},
		{"echo 'parscale: time-out' >&2; exit 102", "time-out", CAUSE_TIMEOUT},
		{"exit 106", "the launch exited with status 106", CAUSE_NONE},
		{"printf '****\\n* no slots\\n****\\n' >&2; exit 1", "no slots", CAUSE_NONE},
		{"printf 'warning: something else\\n' >&2; sleep 0.1; printf 'parscale: out of memory\\n' >&2; exit 1",
			"out of memory", CAUSE_NONE},
		{"printf -- '-----\\n   \\n1\\n' >&2; exit 1", "", CAUSE_NONE},
		{"i=0; while [ $i -lt 9000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1", "line 0",
			CAUSE_NONE},
		{"kill -9 $$", "the launch was killed by signal 9 (Killed)", CAUSE_KILLED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *argv[] = {"sh", "-c", cases[i].script, NULL};
		const struct child_order order = {.path = "/bin/sh",
			.argv = argv,
			.timeout_seconds = 60,
			.capture = true,
			.line = no_line};
		struct child_result r;
		struct err e = {0};
		assert_int_equal(child_run(&order, &r, &e), 0);
		assert_int_not_equal(r.status, ERR_NONE);
		if (cases[i].cause == CAUSE_KILLED &&
			r.cause == CAUSE_MEMORY) { /* of somebody else, meanwhile */
			r.message[strlen(cases[i].message)] = '\0';
			r.cause = CAUSE_KILLED;
		}
		assert_string_equal(r.message, cases[i].message);
		assert_int_equal(r.cause, cases[i].cause);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waiting_by_allowed_cpus),
		cmocka_unit_test(test_what_the_user_said),
		cmocka_unit_test(test_a_limit_is_of_time_in_which_it_runs),
		cmocka_unit_test(test_a_stopped_child_is_ended),
		cmocka_unit_test(test_a_stopped_worker_ends_its_child),
		cmocka_unit_test(test_a_child_that_goes_on_is_not),
		cmocka_unit_test(test_a_short_stop_is_seen),
		cmocka_unit_test(test_a_child_that_is_deaf_is_killed),
		cmocka_unit_test(test_a_launcher_that_does_not_end),
		cmocka_unit_test(test_a_child_that_leaves_a_writer),
		cmocka_unit_test(test_messages),
	};
	/* whoever runs the tests may have settings of his own */
	for (const struct setting *s = settings_known; s->name; s++)
		unsetenv(s->name);
	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
