/* SPDX-License-Identifier: MIT */
/*
 * The matrix: kernel x variant x back end x lifetime x schedule x workers x cut, each as a real trial, gives
 * what the reference gives when it does the whole problem alone. Workers wait more than they work, so that the problems are
 * shared out to a few processes. PARSCALE_CPU_DISABLE hides features of the CPU here as in the programs.
 */
/* sanitizers: none: minutes of trials, of what the tests of each part see; by hand: thread */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "bench/harness/serial_run.h"
#include "bench/harness/trial.h"
#include "bench/harness/work.h"
#include "kernels/cpu.h"

#define LARGE "300007" /* for the long form */

static const struct {
	const char *kernel;
	const char *options[5]; /* key, value pairs */
} problems[] = {
	{"noop", {"calls", "1000"}},
	{"noop", {"calls", "0"}},
#define KERNEL(name) {#name, {"size", "90007"}}, {#name, {"size", LARGE}},
#include "kernels/kernels.def"
	{"palindrome", {"length", "13", "words", "10007"}},
	{"palindrome", {"length", "2", "words", "3"}},
	{"sieve", {"start", "990000", "stop", "1300000"}},
	{"sieve", {"start", "89", "stop", "89"}},
	{"text", {"bytes", "70001", "seed", "9"}},
};

enum { LANES = 3 };

static size_t lane; /* of this process: its problems are those whose place has this remainder */
static struct topology topology;

/* What the reference finds, alone and uncut. */
static struct tally reference(const struct cell *c)
{
	struct err e = {0};
	struct serial_run s;
	struct tally out = {0};
	const struct variant *v = variant_find(c->kernel, "reference", &e);
	assert_non_null(v);
	assert_int_equal(serial_run_open(&s, v, &c->problem, &e), 0);
	v->chunk(s.input, (struct span){0, s.units}, s.scratch, &out);
	serial_run_close(&s);
	return out;
}

static void check(const struct cell *c, struct tally expected)
{
	struct err e = {0};
	struct timing t;
	char program[4096];
	const struct trial_plan plan = {.cell = c,
		.topology = &topology,
		.timeout_seconds = 60,
		.program = paths_beside("../parscale", program, sizeof program)};
	struct trial *trial = trial_open(&plan, &e);
	const unsigned times = c->kernel->ceiling == CEILING_NONE ? 2 : 4; /* the last three with one start */
	if (!trial || trial_run(trial, times, &t, &e) != 0)
		fail_msg("%s/%s/%s workers %u: %s", c->kernel->name, c->variant->name, c->backend->name,
			c->workers, e.text);
	if (t.tally.count != expected.count || t.tally.checksum != expected.checksum ||
		t.tally.longest != expected.longest)
		fail_msg("%s/%s/%s lifetime %u schedule %u workers %u grain %" PRIu64 ": count %" PRIu64
			 " check %" PRIu64 ", reference %" PRIu64 " %" PRIu64,
			c->kernel->name, c->variant->name, c->backend->name, c->lifetime, c->schedule,
			c->workers, c->grain, t.tally.count, t.tally.checksum, expected.count,
			expected.checksum);
	/* the phases are what the whole is made of: within 1 % and 20 us, as promised */
	double sum = 0;
#define PHASE(name, meaning) sum += t.name##_ns;
#include "bench/data/measured.def"
	assert_true(sum > 0.99 * t.total_ns - 20000 && sum < 1.01 * t.total_ns + 20000);
	trial_close(trial);
}

/* The thread sanitizer is slow, and watches threads and what they share with processes; the other back ends
 * it cannot follow. */
static bool watched(const struct backend *b)
{
#ifdef __SANITIZE_THREAD__
	return strcmp(b->name, "pthread") == 0 || strcmp(b->name, "fork") == 0;
#else
	return b->name != NULL;
#endif
}

/* Every number of workers, and large problems: minutes, by `make check-long`. */
static bool whole(void)
{
	return getenv("PARSCALE_LONG") != NULL;
}

/* Ceilings are alike in all but their innermost loops: the short form takes the last, and test_stream and
 * test_peak have all. */
static bool too_alike(const struct kernel *k, const struct variant *const *v)
{
	return !whole() && k->ceiling != CEILING_NONE && v[1] && strcmp((*v)->name, "reference") != 0;
}

static unsigned long check_workers(struct cell c, struct tally expected)
{
	const uint64_t grains[] = {0, 1, 7};
	/* 1 and 3 are an odd share, and on two CPUs more than there are */
	const unsigned most = 4, step = whole() ? 1 : 2;
	/* a program for every worker and run */
	const bool slow = c.backend->exec_workers && c.lifetime == LIFETIME_SPAWN;
	unsigned long done = 0;
	for (c.schedule = SCHEDULE_STATIC; c.schedule <= SCHEDULE_DYNAMIC; c.schedule++)
		for (c.workers = 1; c.workers <= most && c.workers <= c.backend->max_workers;
			c.workers += step)
			for (size_t g = 0; g < (c.schedule == SCHEDULE_DYNAMIC && !slow ? 3 : 1);
				g++, done++) {
				c.grain = grains[g];
				c.problem.workers = c.workers;
				check(&c, expected);
			}
	return done;
}

static void matrix(void **state)
{
	unsigned long done = 0, pairs = 0;
	size_t turn = 0;
	(void)state;
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
		struct cell c;
		struct err e = {0};
		if (!whole() && strcmp(problems[i].options[1], LARGE) == 0)
			continue;
		if (turn++ % LANES != lane)
			continue;
		assert_int_equal(cell_init(&c, problems[i].kernel, &e), 0);
		for (const char *const *o = problems[i].options; *o; o += 2)
			assert_int_equal(cell_set(&c, o[0], o[1], &e), 0);
		assert_int_equal(cell_finish(&c, &e), 0);
		struct tally expected = reference(&c);
		for (const struct backend *const *b = backends; *b; b++)
			pairs += watched(*b) && !(*b)->missing && !(*b)->host;
		for (const struct variant *const *v = c.kernel->variants; *v; v++)
			for (const struct backend *const *b = backends; *b; b++) {
				char why[120];
				if (!watched(*b) || (*b)->missing || (*b)->host ||
					variant_missing(*v, cpu_features(), why) || too_alike(c.kernel, v))
					continue;
				c.variant = *v;
				c.backend = *b;
				c.lifetime = LIFETIME_POOL;
				done += check_workers(c, expected);
				c.lifetime = LIFETIME_SPAWN;
				if ((*b)->max_workers > 1)
					done += check_workers(c, expected);
			}
	}
	print_message("%lu trials\n", done);
	assert_true(pairs > 0 && done >= 2 * pairs); /* one worker and more, in each */
}

static void parts_cover_exactly(void **state)
{
	(void)state;
	static const uint64_t units[] = {0, 1, 2, 3, 7, 100, 1000003, UINT64_MAX}, parts[] = {1, 2, 3, 7, 64};
	for (size_t u = 0; u < 8; u++)
		for (size_t p = 0; p < 5; p++) {
			uint64_t at = 0;
			for (uint64_t i = 0; i < parts[p]; i++) {
				struct span s = work_part(units[u], parts[p], i);
				assert_int_equal(s.lo, at);
				assert_true(s.hi - s.lo == units[u] / parts[p] ||
					    s.hi - s.lo == units[u] / parts[p] + 1);
				at = s.hi;
			}
			assert_true(at == units[u]);
		}
}

int main(void)
{
	struct err e = {0};
	int status, failed = 0;
	if (topology_read(&topology, "", &e) != 0 || cpu_disable(getenv("PARSCALE_CPU_DISABLE"), &e) != 0) {
		fprintf(stderr, "test_matrix: %s\n", e.text);
		return 1;
	}
	const struct CMUnitTest tests[] = {cmocka_unit_test(parts_cover_exactly), cmocka_unit_test(matrix)};
	for (lane = 0; lane < LANES; lane++)
		switch (fork()) {
		case 0:
			return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
		case -1:
			failed = 1;
		}
	while (wait(&status) > 0)
		failed |= status;
	topology_free(&topology);
	return failed != 0;
}
