/* SPDX-License-Identifier: MIT */
/*
 * test_child.c - what a program that is started finds in its environment: how OpenMP's threads wait, by the CPUs that may
 * be used and by what the user said.
 */
#include "bench/harness/child.h"
#include "bench/machine/place.h"
#include "bench/machine/settings.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waiting_by_allowed_cpus),
		cmocka_unit_test(test_what_the_user_said),
	};
	/* whoever runs the tests may have settings of his own */
	for (const struct setting *s = settings_known; s->name; s++)
		unsetenv(s->name);
	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
