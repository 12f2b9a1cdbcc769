/* SPDX-License-Identifier: MIT */
/* test_heron.c - every variant of `heron`: within 2 ulp of the root, whatever the number; what
 * has no root. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kernels/heron/heron.h"
#include "tests/kernels/variants.h"

typedef void check_fn(const struct variant *v);

static void for_each_variant(check_fn *check)
{
	for (const struct variant *const *v = variants_here(&kernel_heron); *v; v++)
		check(*v);
}

/* A variant's root of one number, alone in its unit: zeroes add nothing. */
static double root_of(const struct variant *v, double a, uint64_t *steps)
{
	_Alignas(64) double number[HERON_UNIT] = {0};
	struct heron_input in = {number, HERON_UNIT};
	struct tally out = {0};
	double root;
	number[heron_bits(a) % HERON_UNIT] = a;
	v->chunk(&in, (struct span){0, 1}, NULL, &out);
	memcpy(&root, &out.checksum, sizeof root);
	*steps = out.count;
	return root;
}

static void check_roots(const struct variant *v)
{
	const double some[] = {1, 2, 4, 99, 999, 1733, 17334, 0.25, 1e-300, 1e300, 5e-324,
		2.2250738585072014e-308, 1.7976931348623157e308, 1 - 0x1p-53, 1 + 0x1p-52};
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		uint64_t steps, ulps;
		double root = root_of(v, some[i], &steps);
		uint64_t found = heron_bits(root), wanted = heron_bits(sqrt(some[i]));
		ulps = found > wanted ? found - wanted : wanted - found;
		if (ulps > 2)
			fail_msg("%s: %a: %" PRIu64 " ulp from its root", v->name, some[i], ulps);
		assert_true(steps >= 2 && steps <= 600);
	}
}

static void roots_are_within_two_ulp(void **state)
{
	(void)state;
	for_each_variant(check_roots);
}

static void check_special(const struct variant *v)
{
	const double none[] = {-1, -5e-324, -INFINITY, NAN, -NAN};
	uint64_t steps;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(heron_bits(root_of(v, none[i], &steps)), heron_bits(__builtin_nan("")));
		assert_int_equal(steps, 0);
	}
	assert_int_equal(heron_bits(root_of(v, 0, &steps)), 0);
	assert_int_equal(steps, 0);
	assert_int_equal(heron_bits(root_of(v, -0.0, &steps)), heron_bits(-0.0));
	assert_int_equal(steps, 0);
	assert_true(root_of(v, INFINITY, &steps) == INFINITY);
	assert_int_equal(steps, 0);
}

static void what_has_no_root_takes_no_step(void **state)
{
	(void)state;
	for_each_variant(check_special);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_within_two_ulp),
		cmocka_unit_test(what_has_no_root_takes_no_step),
	};
	return cmocka_run_group_tests_name("heron", tests, NULL, NULL);
}
