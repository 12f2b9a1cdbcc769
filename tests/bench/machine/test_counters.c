/* SPDX-License-Identifier: MIT */
/* Counters cover threads and processes; energy wraps around; what is absent is empty, with a reason. */
#include "bench/machine/counters.h"
#include "bench/machine/place.h"
#include "tests/bench/machine/machine_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOVES = 20 };

/* Goes to and fro between two CPUs. */
static void *move(void *cpus)
{
	struct err e = {0};
	for (int i = 0; i < MOVES; i++)
		place_bind(((const int *)cpus)[i % 2], &e);
	return NULL;
}

static void move_in_process(int *cpus)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		move(cpus);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
}

/* Moves to another CPU are counted by every Linux, and say whose counts are in. */
static void test_workers_are_counted(void **state)
{
	(void)state;
	struct counters c;
	struct counted taken;
	struct topology t;
	struct place p;
	struct err e = {0};
	assert_int_equal(topology_read(&t, "", &e), 0);
	assert_int_equal(place_open(&p, "compact", &t, &e), 0);
	counters_open(&c, "");
	const bool possible = p.count >= 2 && c.fd[COUNTER_migrations] >= 0;
	if (possible) {
		int cpus[] = {p.cpus[0].id, p.cpus[1].id};
		pthread_t thread;
		counters_start(&c);
		assert_int_equal(pthread_create(&thread, NULL, move, cpus), 0);
		pthread_join(thread, NULL);
		counters_stop(&c, 1, &taken);
		assert_true(taken.count[COUNTER_migrations] >= MOVES - 1);
		counters_start(&c);
		move_in_process(cpus);
		move_in_process(cpus);
		counters_stop(&c, 2, &taken);
		assert_true(taken.count[COUNTER_migrations] >= MOVES - 1);
		assert_true(taken.count[COUNTER_migrations] < 2 * MOVES);
	}
	counters_close(&c);
	place_restore(&p);
	place_close(&p);
	topology_free(&t);
	if (!possible)
		skip();
}

/* Hardware counts are there, or a reason is. */
static void test_hardware(void **state)
{
	(void)state;
	struct counters c;
	struct counted taken;
	char why[200];
	counters_open(&c, "");
	counters_start(&c);
	for (volatile int i = 0; i < 1000000; i++)
		;
	counters_stop(&c, 1, &taken);
	counters_missing(why, sizeof why);
	assert_true((c.fd[COUNTER_cycles] < 0) == (why[0] != '\0'));
	if (c.fd[COUNTER_cycles] < 0)
		assert_true(isnan(taken.count[COUNTER_cycles]));
	else
		assert_true(taken.count[COUNTER_instructions] > 1e6);
	counters_close(&c);
}

static void test_energy(void **state)
{
	(void)state;
	struct counters c;
	struct counted taken;
	char root[512], why[200];
	machine_tree_plant("server", root, sizeof root);
	counters_open(&c, root);
	counters_start(&c);
	/* Package 0 has gone past its range of 65532.610987 J and package 1 has taken half a joule; `psys`
	 * holds both and does not count. */
	machine_tree_write(root, "sys/class/powercap/intel-rapl:0/energy_uj", "389013");
	machine_tree_write(root, "sys/class/powercap/intel-rapl:1/energy_uj", "1500000");
	machine_tree_write(root, "sys/class/powercap/intel-rapl:2/energy_uj", "900000000");
	counters_stop(&c, 1, &taken);
	assert_true(fabs(taken.joules - 1.5) < 1e-9);
	counters_start(&c);
	machine_tree_write(root, "sys/class/powercap/intel-rapl:1/energy_uj", "1900000");
	counters_stop(&c, 4, &taken);
	assert_true(fabs(taken.joules - 0.1) < 1e-9);
	counters_energy_missing(root, why, sizeof why);
	assert_string_equal(why, "");
	machine_tree_remove(root);
	counters_start(&c);
	counters_stop(&c, 1, &taken);
	assert_true(isnan(taken.joules));
	counters_energy_missing(root, why, sizeof why);
	assert_non_null(strstr(why, "not available"));
	counters_close(&c);
}

static void test_none(void **state)
{
	(void)state;
	struct counters c;
	struct counted taken;
	counters_none(&c);
	counters_start(&c);
	counters_stop(&c, 1, &taken);
	for (int i = 0; i < COUNTERS; i++)
		assert_true(isnan(taken.count[i]));
	assert_true(isnan(taken.joules));
	counters_close(&c);
	counters_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_workers_are_counted),
		cmocka_unit_test(test_hardware),
		cmocka_unit_test(test_energy),
		cmocka_unit_test(test_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
