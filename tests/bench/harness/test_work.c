/* SPDX-License-Identifier: MIT */
/* How units are cut, how stamps of another host's clock are read, and runs without a team. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bench/harness/parallel_run.h"
#include "bench/harness/serial_run.h"
#include "bench/harness/trial.h"
#include "bench/harness/work.h"

static void parts_cover_all_units_once(void **state)
{
	const uint64_t units[] = {0, 1, 2, 63, 64, 1000003, UINT64_MAX - 1, UINT64_MAX};
	const uint64_t parts[] = {1, 2, 3, 7, 64, 1000};
	(void)state;
	for (size_t u = 0; u < sizeof units / sizeof *units; u++)
		for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
			uint64_t next = 0, longest = 0, shortest = UINT64_MAX;
			for (uint64_t i = 0; i < parts[p]; i++) {
				const struct span s = work_part(units[u], parts[p], i);
				assert_true(s.lo == next && s.hi >= s.lo);
				next = s.hi;
				longest = s.hi - s.lo > longest ? s.hi - s.lo : longest;
				shortest = s.hi - s.lo < shortest ? s.hi - s.lo : shortest;
			}
			assert_true(next == units[u] && longest - shortest <= 1);
		}
}

/* The other host's clock is ahead by hours or behind: its gate opened when ours did, and all else moves
 * along. */
static void stamps_of_another_host_move_to_our_gate(void **state)
{
	const struct job job = work_job(&(struct work){0});
	const int64_t skews[] = {0, 1, -1, INT64_C(7200000000000), -INT64_C(7200000000000), INT64_MIN};
	(void)state;
	for (size_t i = 0; i < sizeof skews / sizeof *skews; i++) {
		const struct slot ours = {.entered = 100, .touched = 200, .began = 1000, .ended = 5000};
		const uint64_t skew = (uint64_t)skews[i];
		struct slot theirs = {.tally = {.count = 7, .checksum = 9},
			.entered = 150 + skew,
			.touched = 260 + skew,
			.began = 1003 + skew,
			.ended = 5100 + skew};
		job.align(job.ctx, &ours, &theirs);
		assert_true(theirs.began == ours.began);
		assert_true(theirs.ended - theirs.began == 5100 - 1003);
		assert_true(theirs.touched - theirs.entered == 260 - 150);
		assert_true(theirs.tally.count == 7 && theirs.tally.checksum == 9);
	}
}

/* Does a batch take what its last start and all of its runs took together? Asked until it does, since a long
 * pause in one batch cuts the next. */
static bool starts_once(const char *kernel, const char *backend)
{
	struct err e = {0};
	struct cell c;
	struct topology topology = {0};
	struct timing mean;
	struct worker_stamps last;
	if (cell_init(&c, kernel, &e) != 0 || cell_set(&c, "backend", backend, &e) != 0 ||
		cell_set(&c, "workers", strcmp(backend, "serial") == 0 ? "1" : "2", &e) != 0 ||
		cell_set(&c, "size", "20000", &e) != 0 || cell_finish(&c, &e) != 0 ||
		topology_read(&topology, "", &e) != 0)
		fail_msg("%s", e.text);
	const struct trial_plan plan = {.cell = &c, .topology = &topology, .timeout_seconds = 60};
	struct trial *t = trial_open(&plan, &e);
	bool once = false;
	for (unsigned i = 0; i < 100 && !once; i++) {
		if (!t || trial_run(t, 50, &mean, &e) != 0)
			fail_msg("%s", e.text);
		trial_stamps(t, 0, &last);
		once = last.total_ns / mean.total_ns > 49.99 && last.total_ns / mean.total_ns < 50.01;
	}
	trial_close(t);
	topology_free(&topology);
	return once;
}

static void ceilings_start_once_a_batch(void **state)
{
	static const char *const ceilings[] = {"read", "copy", "triad", "peak", "flops", "divide"};
	static const char *const makers[] = {"serial", "pthread", "fork"};
	(void)state;
	for (size_t b = 0; b < sizeof makers / sizeof *makers; b++) {
		for (size_t i = 0; i < sizeof ceilings / sizeof *ceilings; i++)
			if (!starts_once(ceilings[i], makers[b]))
				fail_msg("%s on %s starts for each run", ceilings[i], makers[b]);
		assert_false(starts_once("text", makers[b]));
	}
}

static void make_cell(struct cell *c, const char *kernel, const char *size)
{
	struct err e = {0};
	if (cell_init(c, kernel, &e) != 0 || cell_set(c, "size", size, &e) != 0 || cell_finish(c, &e) != 0)
		fail_msg("%s", e.text);
}

static void open_place(struct place *p, const char *policy)
{
	struct err e = {0};
	struct topology topology = {0};
	if (topology_read(&topology, "", &e) != 0 || place_open(p, policy, &topology, &e) != 0)
		fail_msg("%s", e.text);
	topology_free(&topology);
}

static struct tally solve_alone(const struct cell *c)
{
	struct err e = {0};
	struct serial_run s;
	struct tally found = {0};
	if (serial_run_open(&s, c->variant, &c->problem, &e) != 0)
		fail_msg("%s", e.text);
	s.variant->chunk(s.input, (struct span){0, s.units}, s.scratch, &found);
	if (s.variant->settle)
		s.variant->settle(s.input, &found);
	serial_run_close(&s);
	return found;
}

static void caller_and_threads_find_what_one_finds(void **state)
{
	static const struct {
		const char *kernel, *size;
	} problems[] = {{"sieve", "1"}, {"sieve", "3000000"}, {"sieve", "30000000"}, {"palindrome", "30000"},
		{"text", "300000"}, {"primality", "3000"}, {"noop", "10"}};
	static const char *const policies[] = {"none", "smt-last"};
	static const unsigned workers[] = {1, 2, 3, 17};
	struct place place;
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		open_place(&place, policies[i]);
		for (size_t k = 0; k < sizeof problems / sizeof *problems; k++) {
			struct cell c;
			make_cell(&c, problems[k].kernel, problems[k].size);
			const struct tally wanted = solve_alone(&c);
			for (size_t w = 0; w < sizeof workers / sizeof *workers; w++) {
				struct err e = {0};
				struct tally found;
				struct problem p = c.problem;
				p.workers = workers[w];
				if (parallel_run(c.variant, &p, &place, workers[w], &found, &e) != 0)
					fail_msg("%s", e.text);
				assert_int_equal(found.count, wanted.count);
				assert_int_equal(found.checksum, wanted.checksum);
				assert_int_equal(found.longest, wanted.longest);
			}
		}
		place_close(&place);
	}
}

/* Threads that are there already when one cannot be had, or when the variant refuses the problem, end: a thread
 * sanitizer's or a leak checker's run sees it. */
static void what_cannot_be_run_is_an_error(void **state)
{
	struct err e = {0};
	struct place place;
	struct cell c;
	struct tally found;
	(void)state;
	make_cell(&c, "sieve", "1000000");
	open_place(&place, "smt-last");
	if (place.bound) {
		struct cpu cpus[3] = {place.cpus[0], place.cpus[0], {.id = 1 << 20}};
		struct place wrong = place;
		wrong.cpus = cpus;
		wrong.count = 3;
		assert_int_equal(parallel_run(c.variant, &c.problem, &wrong, 3, &found, &e), -1);
		assert_non_null(strstr(e.text, "cannot bind to CPU 1048576"));
		assert_int_equal(found.count, 0);
	}
	c.problem.stop = UINT64_C(2000000000);
	e = (struct err){0};
	assert_int_equal(
		parallel_run(variant_find(c.kernel, "reference", &e), &c.problem, &place, 3, &found, &e), -1);
	assert_int_equal(e.status, ERR_ABSENT);
	assert_int_equal(found.count, 0);
	place_close(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_cover_all_units_once),
		cmocka_unit_test(stamps_of_another_host_move_to_our_gate),
		cmocka_unit_test(ceilings_start_once_a_batch),
		cmocka_unit_test(caller_and_threads_find_what_one_finds),
		cmocka_unit_test(what_cannot_be_run_is_an_error),
	};
	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
