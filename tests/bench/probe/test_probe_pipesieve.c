/* SPDX-License-Identifier: MIT */
/* test_probe_pipesieve.c - the published pipelined sieve: its printed, wrong output and the reason for it;
 * right answers of all others; bad ranges. */
#include "bench/probe/pipesieve.h"
#include "bench/probe/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { ROOM = 20000 };

static uint64_t *primes;

static uint64_t run(
	enum pipesieve_way way, const struct pipesieve_range *ranges, unsigned stages, bool processes)
{
	static const int cpus[2] = {-1, -1};
	struct pipesieve_result r;
	struct probe_sample s = {0};
	assert_int_equal(pipesieve_run(way, ranges, stages, processes, cpus, primes, ROOM, &r, &s), PROBE_OK);
	return r.count;
}

/*
 * The article prints this for collect_primes(ranges=((10, 30), (30, 50))). In Python 3 zip() gives an
 * iterator that can be used once; send_primes walks through it for every prime, so that only the first prime
 * of each round finds any ranges: of 2, 3, 5, 7 only 2 is sent, then of the "primes" 11, 13, 15, ... only 11.
 */
static void the_published_output_and_its_cause(void **state)
{
	(void)state;
	static const uint64_t printed[] = {
		2, 3, 5, 7, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 35, 37, 39, 41, 43, 45, 47, 49};
	static const uint64_t right[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47};
	static const struct pipesieve_range ranges[] = {{10, 30}, {30, 50}};
	for (int processes = 0; processes < 2; processes++) {
		assert_int_equal(run(PIPESIEVE_FAULTY, ranges, 2, processes), COUNT(printed));
		assert_memory_equal(primes, printed, sizeof printed);
		assert_int_equal(run(PIPESIEVE_PUBLISHED, ranges, 2, processes), COUNT(right));
		assert_memory_equal(primes, right, sizeof right);
	}
}

static bool is_prime(uint64_t n)
{
	for (uint64_t d = 2; d * d <= n; d++)
		if (n % d == 0)
			return false;
	return n > 1;
}

/* Any cut into ranges, also those where number % first is not the place in the range (3 to 12), gives all
 * primes in order. */
static void every_way_and_cut_is_right(void **state)
{
	(void)state;
	static const enum pipesieve_way ways[] = {
		PIPESIEVE_PUBLISHED, PIPESIEVE_FILTERED, PIPESIEVE_BATCHED, PIPESIEVE_INDEPENDENT};
	static const struct {
		unsigned stages;
		struct pipesieve_range ranges[5];
	} cuts[] = {{1, {{10, 11}}}, {1, {{2, 10000}}}, {2, {{3, 12}, {12, 13}}},
		{3, {{11, 100}, {100, 101}, {101, 5000}}},
		{5, {{10, 20}, {20, 200}, {200, 2000}, {2000, 2003}, {2003, 12000}}}};
	for (size_t k = 0; k < COUNT(cuts); k++)
		for (size_t i = 0; i < COUNT(ways); i++)
			for (int processes = 0; processes < 2; processes++) {
				uint64_t count = run(ways[i], cuts[k].ranges, cuts[k].stages, processes),
					 at = 0;
				for (uint64_t n = 2; n < cuts[k].ranges[cuts[k].stages - 1].last; n++)
					if (is_prime(n) && (n < 10 || n >= cuts[k].ranges[0].first)) {
						assert_true(at < count);
						assert_int_equal(primes[at++], n);
					}
				assert_int_equal(count, at);
			}
}

/* An early end and a missing reader are failures that say so. */
static void ends_of_streams_are_said(void **state)
{
	(void)state;
	struct task t = {0};
	struct probe_sample s;
	int fds[2];
	char word[8] = "";
	stream_quiet();
	assert_int_equal(stream_open(STREAM_PIPE, fds, &s), 0);
	assert_true(stream_write(&t, fds[1], word, 3));
	close(fds[1]);
	fds[1] = -1;
	assert_false(stream_read(&t, fds[0], word, sizeof word));
	assert_int_equal(t.status, PROBE_FAILED);
	assert_non_null(strstr(t.reason, "after 3 of 8 bytes"));
	stream_close(fds);
	assert_int_equal(stream_open(STREAM_SOCKETS, fds, &s), 0);
	close(fds[0]);
	fds[0] = -1;
	t = (struct task){0};
	assert_false(stream_write(&t, fds[1], word, sizeof word));
	assert_int_equal(t.status, PROBE_FAILED);
	stream_close(fds);
}

static int make_room(void **state)
{
	(void)state;
	primes = probe_shared(ROOM * sizeof *primes);
	return primes ? 0 : -1;
}

static int free_room(void **state)
{
	(void)state;
	return munmap(primes, ROOM * sizeof *primes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_output_and_its_cause),
		cmocka_unit_test(every_way_and_cut_is_right),
		cmocka_unit_test(ends_of_streams_are_said),
	};
	return cmocka_run_group_tests(tests, make_room, free_room);
}
