/* SPDX-License-Identifier: MIT */
/* What goes wrong in a worker fails the run in good time, is named, and leaves no process, thread or file
 * behind. */
/* sanitizers, by hand: thread */
#include "base/system.h"
#include "tests/bench/backend/backend_job.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const enum lifetime lifetimes[] = {LIFETIME_POOL, LIFETIME_SPAWN};

static const struct backend *const processes[] = {&backend_fork, &backend_fork_pipe, &backend_exec};

/* A run that is meant to fail. */
struct scene {
	const struct backend *b;
	struct team_plan plan;
	struct record *r; /* says what goes wrong */
	struct job job;
	struct traces before;
	struct team *t;
	struct err e;
	double seconds; /* from open to failure */
};

/* Four workers, of which the one in the middle is the victim (serial: one). */
static void scene_set(struct scene *s, const struct backend *b, enum lifetime lifetime)
{
	*s = (struct scene){.b = b, .plan = plan_of(b->max_workers < 4 ? 1 : 4, lifetime, SCHEDULE_STATIC)};
	s->before = look_around();
	s->r = record_new(s->plan.workers);
	s->r->victim = s->plan.workers / 2;
	s->job = job_of(s->r, 40);
}

/* Opens, and runs so often; the last time it fails. */
static void scene_play(struct scene *s, unsigned runs)
{
	double start = seconds_now();
	s->t = s->b->open(&s->job, &s->plan, &s->e);
	for (unsigned i = 0; s->t && i < runs; i++)
		assert_int_equal(s->b->run(s->t, &s->e), i + 1 < runs ? 0 : -1);
	s->seconds = seconds_now() - start;
	assert_int_equal(s->e.status, ERR_FAILED);
}

static const struct slot *scene_victim(const struct scene *s)
{
	return s->b->slot(s->t, s->r->victim);
}

static void scene_close(struct scene *s)
{
	struct err again = {0};
	if (s->t)
		assert_int_equal(s->b->run(s->t, &again), -1);
	s->b->close(s->t);
	record_free(s->r);
}

/* Plays the scene in a process of its own, for what cannot be undone. It is to return 0. */
static void in_child(int (*play)(const struct backend *b, enum lifetime lifetime), const struct backend *b,
	enum lifetime lifetime)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(play(b, lifetime));
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void die(struct record *r)
{
	(void)r;
	raise(SIGKILL);
}

static void a_killed_worker_is_named(void **state)
{
	const struct backend *b = *state;
	for (size_t l = 0; l < 2; l++) {
		struct scene s;
		char expected[100];
		scene_set(&s, b, lifetimes[l]);
		s.r->chunk = die;
		scene_play(&s, 1);
		snprintf(expected, sizeof expected, "%s: worker 2 (pid %d) was killed by signal 9 (Killed)",
			b->name, (int)scene_victim(&s)->pid);
		assert_string_equal(s.e.text, expected);
		assert_true(s.seconds < 5);
		scene_close(&s);
		assert_nothing_left(s.before);
	}
}

static void a_worker_killed_between_runs_is_named(void **state)
{
	const struct backend *b = *state;
	struct scene s;
	char expected[100];
	scene_set(&s, b, LIFETIME_POOL);
	s.t = s.b->open(&s.job, &s.plan, &s.e);
	assert_int_equal(s.b->run(s.t, &s.e), 0);
	kill(scene_victim(&s)->pid, SIGKILL);
	assert_int_equal(s.b->run(s.t, &s.e), -1);
	snprintf(expected, sizeof expected, "%s: worker 2 (pid %d) was killed by signal 9 (Killed)", b->name,
		(int)scene_victim(&s)->pid);
	assert_string_equal(s.e.text, expected);
	scene_close(&s);
	assert_nothing_left(s.before);
}

static void leave_process(struct record *r)
{
	(void)r;
	exit(3);
}

static void must_not_run(void)
{
	printf("an exit handler of the parent\n");
}

/* The status of exit(3) in a worker: where the C library has no on_exit, a forked one's is SYSTEM_EXITED. */
static int status_of_exit(const struct backend *b)
{
	int status;
	if (b == &backend_exec)
		return 3;
	const pid_t pid = fork();
	if (pid == 0) {
		system_exit_at_once();
		exit(3);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* With standard output in a pipe: what was buffered before the fork is to come out once, and no exit handler
 * runs in a worker. */
static int exit_in_worker(const struct backend *b, enum lifetime lifetime)
{
	struct scene s;
	char expected[100], out[1000];
	int ends[2];
	if (pipe(ends) != 0 || dup2(ends[1], STDOUT_FILENO) < 0)
		return 1;
	const int status = status_of_exit(b);
	if (status != 3 && status != SYSTEM_EXITED)
		return 4;
	atexit(must_not_run);
	printf("once\n");
	scene_set(&s, b, lifetime);
	s.r->chunk = leave_process;
	scene_play(&s, 1);
	snprintf(expected, sizeof expected, "%s: worker 2 (pid %d) exited with status %d", b->name,
		(int)scene_victim(&s)->pid, status);
	if (strcmp(s.e.text, expected) != 0)
		return 2;
	scene_close(&s);
	fflush(stdout);
	ssize_t n = read(ends[0], out, sizeof out);
	return n == 5 && memcmp(out, "once\n", 5) == 0 ? 0 : 3;
}

static void a_worker_that_exits_prints_nothing_again(void **state)
{
	if (UNDER_TSAN) /* it flushes all streams when a process ends, by _exit too */
		skip();
	for (size_t l = 0; l < 2; l++)
		in_child(exit_in_worker, *state, lifetimes[l]);
}

static void leave_thread(struct record *r)
{
	(void)r;
	pthread_exit(NULL);
}

static void a_thread_that_ends_is_named(void **state)
{
	(void)state;
	for (size_t l = 0; l < 2; l++) {
		struct scene s;
		scene_set(&s, &backend_pthread, lifetimes[l]);
		s.r->chunk = leave_thread;
		scene_play(&s, 1);
		assert_string_equal(s.e.text, "pthread: worker 2 ended by itself");
		assert_true(s.seconds < 5);
		scene_close(&s);
		assert_nothing_left(s.before);
	}
}

static void a_thread_that_ends_in_its_turn_holds_up_nobody(void **state)
{
	(void)state;
	struct scene s;
	scene_set(&s, &backend_pthread, LIFETIME_SPAWN);
	s.plan.global_lock = true;
	s.r->chunk = leave_thread;
	scene_play(&s, 1);
	assert_string_equal(s.e.text, "pthread: worker 2 ended by itself");
	scene_close(&s);
	assert_nothing_left(s.before);
}

static void hang(struct record *r)
{
	while (!atomic_load(&r->release))
		usleep(1000);
}

static int hang_and_enter(struct record *r)
{
	hang(r);
	return 0;
}

static void check_hang(const struct backend *b, const char *where, int (*enter)(struct record *r),
	void (*chunk)(struct record *r))
{
	for (size_t l = 0; l < 2; l++) {
		struct scene s;
		char expected[60];
		scene_set(&s, b, lifetimes[l]);
		s.plan.timeout_seconds = b->exec_workers ? 2 : 0.3; /* a program takes its time to start */
		s.r->enter = enter;
		s.r->chunk = chunk;
		scene_play(&s, 1);
		snprintf(expected, sizeof expected, "%s: time-out: after %g s worker 2 (pid ", b->name,
			s.plan.timeout_seconds);
		assert_non_null(strstr(s.e.text, expected));
		assert_non_null(strstr(s.e.text, where));
		assert_true(s.seconds >= s.plan.timeout_seconds && s.seconds < 60);
		scene_close(&s);
		assert_nothing_left(s.before);
	}
}

static void a_process_that_hangs_is_ended(void **state)
{
	check_hang(*state, "had not finished its chunks", NULL, hang);
	check_hang(*state, "had not entered", hang_and_enter, NULL);
}

static void stop_itself(struct record *r)
{
	(void)r;
	raise(SIGSTOP);
}

static void a_stopped_process_is_ended(void **state)
{
	check_hang(*state, "had not finished its chunks", NULL, stop_itself);
}

/* Somebody sets the clock of the day, so much ahead. */
static time_t day_ahead;

#ifndef SYS_clock_gettime64 /* of 32-bit machines, whose older call has a time of 32 bits */
#define SYS_clock_gettime64 SYS_clock_gettime
#endif
int clock_gettime(clockid_t clock, struct timespec *t)
{
	const int status = (int)syscall(SYS_clock_gettime64, clock, t);
	if (status == 0 && clock == CLOCK_REALTIME)
		t->tv_sec += day_ahead;
	return status;
}

/* In a process of its own, because close gives up the memory of a thread that it cannot end; which goes on
 * using its job. */
static int hang_in_thread(const struct backend *b, enum lifetime lifetime)
{
	static struct scene s;
#ifdef __GLIBC__ /* others can wait for a thread by the clock of the day alone */
	day_ahead = 3600;
#endif
	alarm(30); /* ends what waits until then */
	scene_set(&s, b, lifetime);
	s.plan.timeout_seconds = 0.3;
	s.r->chunk = hang;
	scene_play(&s, 1);
	if (strcmp(s.e.text, "pthread: time-out: after 0.3 s worker 2 had not finished its chunks") != 0)
		return 1;
	double start = seconds_now();
	s.b->close(s.t);
	if (seconds_now() - start > 5)
		return 2;
	atomic_store(&s.r->release, 1);
	return 0;
}

static void a_thread_that_hangs_does_not_hold_up_close(void **state)
{
	(void)state;
	for (size_t l = 0; l < 2; l++)
		in_child(hang_in_thread, &backend_pthread, lifetimes[l]);
}

/* All of the process stands still for longer than the limit, and then takes a little more. */
static void stand_still(struct record *r)
{
	if (atomic_fetch_add(&r->release, 1) > 0)
		return;
	raise(SIGSTOP);
	usleep(120000);
}

static int run_that_stands_still(const struct backend *b, enum lifetime lifetime)
{
	struct scene s;
	scene_set(&s, b, lifetime);
	s.plan.timeout_seconds = 1.5;
	s.r->chunk = stand_still;
	s.t = s.b->open(&s.job, &s.plan, &s.e);
	const int status = s.t ? s.b->run(s.t, &s.e) : -1;
	if (status != 0)
		fprintf(stderr, "%s\n", s.e.text);
	s.b->close(s.t);
	return status != 0;
}

static void time_in_which_the_process_is_stopped_is_no_time_out(void **state)
{
	int status;
	(void)state;
	fflush(NULL);
	const pid_t pid = fork();
	if (pid == 0)
		_exit(run_that_stands_still(&backend_pthread, LIFETIME_SPAWN));
	while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
		usleep(1800000);
		kill(pid, SIGCONT);
	}
	assert_int_equal(status, 0);
}

static int refuse(struct record *r)
{
	(void)r;
	return -1;
}

static void a_worker_that_cannot_enter_is_named(void **state)
{
	const struct backend *b = *state;
	for (size_t l = 0; l < 2; l++) {
		struct scene s;
		char expected[100];
		scene_set(&s, b, lifetimes[l]);
		s.r->enter = refuse;
		scene_play(&s, 1);
		snprintf(expected, sizeof expected, "%s: worker %u of %u could not enter: it was told not to",
			b->name, s.r->victim, s.plan.workers);
		assert_string_equal(s.e.text, expected);
		assert_true(s.seconds < 5);
		assert_true((s.t == NULL) == (lifetimes[l] == LIFETIME_POOL));
		for (uint64_t i = 0; i < s.job.chunks; i++)
			assert_int_equal(s.r->taken[i], 0);
		s.b->close(s.t);
		if (!is_process(b)) /* which ends them at once */
			assert_int_equal(s.r->left, s.r->entered);
		record_free(s.r);
		assert_nothing_left(s.before);
	}
}

/* RLIMIT_NPROC does not bind root; this does. */
static void refuse_to_clone(struct record *r)
{
	(void)r;
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 2, 0),
#ifdef SYS_fork
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fork, 1, 0),
#endif
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
	};
	struct sock_fprog filter = {sizeof program / sizeof program[0], program};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
		_exit(77);
}

static int play_refused(const struct backend *b, enum lifetime lifetime)
{
	struct scene s;
	char expected[100];
	scene_set(&s, b, lifetime);
	s.r->create = refuse_to_clone;
	scene_play(&s, 1);
	snprintf(expected, sizeof expected, "%s: cannot create worker 2 of 4: %s", b->name, strerror(EAGAIN));
	if (strcmp(s.e.text, expected) != 0)
		return 1;
	scene_close(&s);
	assert_nothing_left(s.before);
	return 0;
}

static void a_worker_that_cannot_be_created_is_named(void **state)
{
	for (size_t l = 0; l < 2; l++)
		in_child(play_refused, *state, lifetimes[l]);
}

/* The parent is killed in the middle of a run: its workers are to follow, to the last. */
static void no_worker_outlives_its_parent(void **state)
{
	const struct backend *b = *state;
	for (size_t l = 0; l < 2; l++) {
		struct scene s;
		assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
		scene_set(&s, b, lifetimes[l]);
		s.r->chunk = hang;
		fflush(NULL);
		pid_t parent = fork();
		if (parent == 0) {
			/* whose checker is a process too, of each worker */
			setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
			s.t = s.b->open(&s.job, &s.plan, &s.e);
			s.b->run(s.t, &s.e);
			_exit(1);
		}
		while (atomic_load(&s.r->ended) < s.plan.workers - 1)
			usleep(1000);
		kill(parent, SIGKILL);
		/* itself, the one that hangs, and the others unless they had left before */
		unsigned gone = 0;
		double end = seconds_now() + 60;
		for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) >= 0 && seconds_now() < end;)
			if (pid > 0)
				gone++;
			else
				usleep(1000);
		assert_true(gone >= (lifetimes[l] == LIFETIME_POOL ? 5 : 2) && gone <= 5);
		record_free(s.r);
		assert_nothing_left(s.before);
		prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	}
}

static void a_program_that_is_no_worker_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *path, *expected;
		enum err_status status;
	} cases[] = {
		{NULL, "exec: this program cannot start workers as fresh programs", ERR_ABSENT},
		{"/nowhere/worker", "exec: cannot start /nowhere/worker: No such file or directory",
			ERR_ABSENT},
		{"/", "exec: cannot create worker 0 of 4: Permission denied", ERR_FAILED},
		{"/bin/true", ") exited with status 0", ERR_FAILED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scene s;
		scene_set(&s, &backend_exec, LIFETIME_POOL);
		s.r->program[0] = cases[i].path;
		assert_null(s.b->open(&s.job, &s.plan, &s.e));
		assert_int_equal(s.e.status, cases[i].status);
		if (!strstr(s.e.text, cases[i].expected))
			fail_msg("%s", s.e.text);
		record_free(s.r);
		assert_nothing_left(s.before);
	}
}

static void a_job_that_cannot_travel_is_refused(void **state)
{
	(void)state;
	struct scene s;
	scene_set(&s, &backend_fork_pipe, LIFETIME_POOL);
	s.job.wire = NULL;
	assert_null(s.b->open(&s.job, &s.plan, &s.e));
	assert_int_equal(s.e.status, ERR_ABSENT);
	record_free(s.r);
	assert_nothing_left(s.before);
}

static int no_memory(void *ctx, uint64_t index, const void *records, size_t n, struct err *e)
{
	(void)ctx;
	(void)records;
	return n > 0 && index > 20 ? err_set(e, ERR_FAILED, "no room for results") : 0;
}

static void results_that_cannot_be_kept_fail_the_run(void **state)
{
	(void)state;
	for (size_t l = 0; l < 2; l++) {
		struct scene s;
		scene_set(&s, &backend_fork_pipe, lifetimes[l]);
		struct wire wire = *s.job.wire;
		wire.unpack = no_memory;
		s.job.wire = &wire;
		scene_play(&s, 1);
		assert_string_equal(s.e.text, "no room for results");
		scene_close(&s);
		assert_nothing_left(s.before);
	}
}

/* A worker of another team, or of a job with other slots, is told so and does nothing. */
static void only_a_worker_of_the_team_attaches(void **state)
{
	(void)state;
	struct scene s;
	struct err e = {0};
	scene_set(&s, &backend_exec, LIFETIME_POOL);
	assert_int_equal(backend_attach(s.r->fd, 0, &s.job, &e), -1);
	assert_non_null(strstr(e.text, "is no control block"));
	record_free(s.r);
	assert_nothing_left(s.before);
}

int main(int argc, char **argv)
{
	worker_if_asked(argc, argv);
	const struct CMUnitTest of_processes[] = {
		cmocka_unit_test(a_killed_worker_is_named),
		cmocka_unit_test(a_worker_killed_between_runs_is_named),
		cmocka_unit_test(a_worker_that_exits_prints_nothing_again),
		cmocka_unit_test(a_process_that_hangs_is_ended),
		cmocka_unit_test(a_stopped_process_is_ended),
		cmocka_unit_test(a_worker_that_cannot_be_created_is_named),
		cmocka_unit_test(no_worker_outlives_its_parent),
	};
	const struct CMUnitTest of_threads[] = {
		cmocka_unit_test(a_thread_that_ends_is_named),
		cmocka_unit_test(a_thread_that_ends_in_its_turn_holds_up_nobody),
		cmocka_unit_test(a_thread_that_hangs_does_not_hold_up_close),
		cmocka_unit_test(time_in_which_the_process_is_stopped_is_no_time_out),
		cmocka_unit_test(a_worker_that_cannot_be_created_is_named),
	};
	const struct CMUnitTest of_programs[] = {
		cmocka_unit_test(a_program_that_is_no_worker_is_named),
		cmocka_unit_test(only_a_worker_of_the_team_attaches),
	};
	const struct CMUnitTest of_pipes[] = {
		cmocka_unit_test(a_job_that_cannot_travel_is_refused),
		cmocka_unit_test(results_that_cannot_be_kept_fail_the_run),
	};
	const struct CMUnitTest of_each[] = {
		cmocka_unit_test(a_worker_that_cannot_enter_is_named),
	};
	struct tests tests = {0};
	for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++)
		add_tests(&tests, of_processes, sizeof of_processes / sizeof of_processes[0], processes[i]);
	add_tests(&tests, of_threads, sizeof of_threads / sizeof of_threads[0], &backend_pthread);
	add_tests(&tests, of_programs, sizeof of_programs / sizeof of_programs[0], &backend_exec);
	add_tests(&tests, of_pipes, sizeof of_pipes / sizeof of_pipes[0], &backend_fork_pipe);
	add_for_each_backend(&tests, of_each, sizeof of_each / sizeof of_each[0]);
	return run_list(&tests, "backend faults");
}
