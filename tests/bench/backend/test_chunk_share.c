/* SPDX-License-Identifier: MIT */
/* test_chunk_share.c - refills of all hosts together give each chunk once, large ones first. */
#include "bench/backend/chunk_share.h"
#include "tests/base/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check(uint64_t chunks, uint64_t hosts, uint64_t least)
{
	uint64_t at = 0, before = UINT64_MAX, first, end, request = 0;
	for (;; request++) {
		chunk_share(request, chunks, hosts, least, &first, &end);
		assert_int_equal(first, at);
		assert_true(end >= first && end <= chunks);
		if (first == end)
			break;
		assert_true(end - first <= before);
		assert_true(end - first >= least || end == chunks);
		before = end - first;
		at = end;
	}
	assert_int_equal(at, chunks);
	chunk_share(request + hosts, chunks, hosts, least, &first, &end);
	assert_true(first == chunks && end == chunks);
}

static void test_edges(void **state)
{
	(void)state;
	check(0, 1, 1);
	check(1, 1, 1);
	check(1, 1000, 25);
	check(1000, 1, 1);
	check(6400, 10, 3);
	check(6400, 10, 10000);
	check(65536, 4096, 1);
}

static void test_any(void **state)
{
	enum { TRIALS = 300 };
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		const uint64_t hosts = 1 + random_magnitude(3000), least = 1 + random_magnitude(100);
		check(random_magnitude(200000), hosts, least);
	}
}

/* Half of what is left in each round: ten hosts get a twentieth each at first. */
static void test_halves(void **state)
{
	uint64_t first, end;
	(void)state;
	chunk_share(0, 20000, 10, 1, &first, &end);
	assert_true(first == 0 && end == 1000);
	chunk_share(9, 20000, 10, 1, &first, &end);
	assert_true(first == 9000 && end == 10000);
	chunk_share(10, 20000, 10, 1, &first, &end);
	assert_true(first == 10000 && end == 10500);
}

/* Numbers near 2^64 do not wrap. */
static void test_many(void **state)
{
	uint64_t first, end;
	(void)state;
	chunk_share(UINT64_MAX, UINT64_MAX, 3, 1, &first, &end);
	assert_true(first == UINT64_MAX && end == UINT64_MAX);
	chunk_share(2, UINT64_MAX, 3, 1, &first, &end);
	assert_true(end - first == UINT64_MAX / 2 / 3);
	chunk_share(1, UINT64_MAX, 1, UINT64_MAX - 1, &first, &end);
	assert_true(first == UINT64_MAX - 1 && end == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_edges), cmocka_unit_test(test_any),
		cmocka_unit_test(test_halves), cmocka_unit_test(test_many)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
