/* SPDX-License-Identifier: MIT */
/* test_primality.c - every variant of `primality`: published values, small numbers one by one, the top of its
 * range, lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kernels/primality/primality.h"
#include "tests/kernels/variants.h"

typedef void check_fn(const struct variant *v);

static void for_each_variant(check_fn *check)
{
	for (const struct variant *const *v = variants_here(&kernel_primality); *v; v++)
		check(*v);
}

static struct tally count(const struct variant *v, uint64_t numbers, uint64_t first_unit)
{
	struct problem p;
	struct err e = {0};
	void *input;
	struct tally out = {0};
	problem_init(&p);
	p.numbers = numbers;
	assert_int_equal(v->setup(&p, &input, &e), 0);
	v->chunk(input, (struct span){first_unit, v->units(input)}, NULL, &out);
	v->teardown(input);
	return out;
}

/* OEIS A006880. */
static void check_published(const struct variant *v)
{
	static const uint64_t primes[] = {0, 4, 25, 168, 1229, 9592, 78498};
	uint64_t power = 1;
	for (size_t k = 0; k < sizeof primes / sizeof *primes; k++, power *= 10)
		assert_int_equal(count(v, power, 0).count, primes[k]);
}

static void published_counts(void **state)
{
	(void)state;
	for_each_variant(check_published);
}

static void check_small(const struct variant *v)
{
	uint64_t before = 0, twice = 0;
	for (uint64_t n = 0; n < 3000; n++) {
		bool prime = n >= 2;
		for (uint64_t d = 2; d * d <= n; d++)
			prime &= n % d != 0;
		struct tally t = count(v, n + 1, 0);
		assert_int_equal(t.count - before, prime);
		assert_int_equal(t.checksum - twice, prime && n % 4 == 1);
		before = t.count;
		twice = t.checksum;
	}
}

static void each_small_number(void **state)
{
	(void)state;
	for_each_variant(check_small);
}

/* Up to 2^32 the inverses are exact and no square overflows: 65521^2 is the last square of a prime. */
static void check_top(const struct variant *v)
{
	const uint64_t top = UINT64_C(1) << 32, square = UINT64_C(65521) * 65521;
	struct tally wanted = count(&primality_reference, top, top / PRIMALITY_UNIT - 40);
	struct tally found = count(v, top, top / PRIMALITY_UNIT - 40);
	assert_int_equal(found.count, wanted.count);
	assert_int_equal(found.checksum, wanted.checksum);
	wanted = count(&primality_reference, square + 1, square / PRIMALITY_UNIT);
	assert_int_equal(count(v, square + 1, square / PRIMALITY_UNIT).count, wanted.count);
	assert_int_equal(count(v, square, square / PRIMALITY_UNIT).count, wanted.count);
}

static void the_largest_numbers(void **state)
{
	(void)state;
	for_each_variant(check_top);
}

static int add(void *ctx, const uint64_t *items, size_t n)
{
	struct tally *sum = ctx;
	for (size_t i = 0; i < n; i++) {
		assert_true(items[i] > sum[1].count); /* ascending */
		sum[1].count = items[i];
		kernel_primality.listing->weigh(items[i], &sum[0]);
	}
	return 0;
}

static void check_list(const struct variant *v)
{
	struct problem p;
	struct err e = {0};
	void *input;
	struct tally sum[2] = {{0}, {0}}, counted = count(v, 100003, 0);
	problem_init(&p);
	p.numbers = 100003;
	assert_int_equal(v->setup(&p, &input, &e), 0);
	v->emit(input, (struct span){0, v->units(input)}, NULL, add, sum);
	v->teardown(input);
	assert_int_equal(sum[0].count, counted.count);
	assert_int_equal(sum[0].checksum, counted.checksum);
}

static void lists_are_what_was_counted(void **state)
{
	(void)state;
	for_each_variant(check_list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_counts),
		cmocka_unit_test(each_small_number),
		cmocka_unit_test(the_largest_numbers),
		cmocka_unit_test(lists_are_what_was_counted),
	};
	return cmocka_run_group_tests_name("primality", tests, NULL, NULL);
}
