/* SPDX-License-Identifier: MIT */
/* What is read of machines: seven that are planted as fake proc and sys trees, and this one. */
#include "bench/commands/info.h"
#include "bench/machine/build.h"
#include "bench/machine/cgroup.h"
#include "bench/machine/clock.h"
#include "tests/bench/machine/machine_tree.h"

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const machines[] = {"vm", "server", "arm", "hybrid", "container", "quota", "broken"};
enum { MACHINES = sizeof machines / sizeof *machines };

static struct facts known[MACHINES]; /* read once: planting 256 CPUs makes thousands of files */

static int read_planted(void **state)
{
	(void)state;
	for (int i = 0; i < MACHINES; i++) {
		char root[512];
		struct err e = {0};
		machine_tree_plant(machines[i], root, sizeof root);
		assert_int_equal(facts_read(&known[i], root, 0, &e), 0);
		machine_tree_remove(root);
	}
	return 0;
}

static int free_planted(void **state)
{
	(void)state;
	for (int i = 0; i < MACHINES; i++)
		facts_free(&known[i]);
	return 0;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	if (!f)
		return NULL;
	char *text = calloc(1, 1 << 16);
	assert_non_null(text);
	assert_in_range(fread(text, 1, (1 << 16) - 1, f), 0, (1 << 16) - 2);
	fclose(f);
	return text;
}

/* What `info` prints of each machine is what NAME.txt says; UPDATE_GOLDEN=1 writes it anew, to be read before
 * it is committed. */
static void test_golden(void **state)
{
	(void)state;
	for (int i = 0; i < MACHINES; i++) {
		char path[1024], *printed = NULL;
		size_t size;
		FILE *out = open_memstream(&printed, &size);
		assert_non_null(out);
		info_print(&known[i], out);
		fclose(out);
		machine_tree_golden(machines[i], ".txt", path, sizeof path);
		if (getenv("UPDATE_GOLDEN")) {
			FILE *f = fopen(path, "w");
			assert_non_null(f);
			fputs(printed, f);
			fclose(f);
		}
		char *expected = read_file(path);
		assert_non_null(expected);
		assert_string_equal(printed, expected);
		free(expected);
		free(printed);
	}
}

/* Alike machines have one key, unlike ones two. */
static void test_keys(void **state)
{
	(void)state;
	char keys[MACHINES][MACHINE_KEY_BYTES], again[MACHINE_KEY_BYTES];
	for (int i = 0; i < MACHINES; i++) {
		struct machine m = known[i].machine;
		machine_key(&m, keys[i]);
		assert_int_equal(strlen(keys[i]), 16);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(keys[i], keys[j]);
		if (m.memory_bytes) {
			m.memory_bytes += 1 << 20; /* another kernel leaves another total */
			machine_key(&m, again);
			assert_string_equal(keys[i], again);
			m.memory_bytes *= 2;
			machine_key(&m, again);
			assert_string_not_equal(keys[i], again);
		}
	}
}

/* Every fact is a key of the JSON, null exactly where the text is empty. */
static void check_json(const struct facts *facts)
{
	json_t *object = environment_json(&facts->environment), *machine = machine_json(&facts->machine);
	char text[FACT_LINE_BYTES];
	size_t count = 0;
	assert_non_null(object);
	for (const struct fact *f = environment_facts; f->name; f++, count++) {
		json_t *value = json_object_get(object, f->name);
		environment_text(&facts->environment, f, text, sizeof text);
		assert_non_null(value);
		assert_int_equal(json_is_null(value), text[0] == '\0');
		if (text[0])
			assert_int_equal(json_is_number(value), f->real);
	}
	assert_int_equal(json_object_size(object), count);
	assert_non_null(machine);
	assert_int_equal(json_integer_value(json_object_get(machine, "threads")), facts->machine.threads);
	assert_int_equal(json_array_size(json_object_get(machine, "caches")), facts->machine.cache_count);
	json_decref(object);
	json_decref(machine);
}

static void test_json(void **state)
{
	(void)state;
	for (int i = 0; i < MACHINES; i++)
		check_json(&known[i]);
}

/* A limit of any group around ours binds; where nothing is mounted nothing is known. */
static void test_cgroups(void **state)
{
	(void)state;
	struct cgroup g;
	char root[512];
	machine_tree_plant("hybrid", root, sizeof root);
	cgroup_read(&g, root);
	assert_int_equal(g.version, 2);
	assert_true(isnan(g.quota));
	/* Of two groups around ours the tighter one counts. */
	machine_tree_write(root, "sys/fs/cgroup/user.slice/cpu.max", "250000 100000");
	machine_tree_write(root, "sys/fs/cgroup/user.slice/user-1000.slice/cpu.max", "400000 100000");
	machine_tree_write(root, "sys/fs/cgroup/user.slice/user-1000.slice/memory.max", "max");
	machine_tree_write(root, "sys/fs/cgroup/user.slice/memory.max", "1000000");
	cgroup_read(&g, root);
	assert_true(g.quota == 2.5);
	assert_true(g.memory_bytes == 1e6);
	machine_tree_remove(root);
	cgroup_read(&g, root);
	assert_int_equal(g.version, 0);
	assert_true(isnan(g.quota) && isnan(g.memory_bytes) && isnan(g.throttled_seconds));
	assert_string_equal(g.cpus, "");
}

/* What comes out is JSON whatever the bytes: no file, and no variable, can take the manifest away. */
static void test_hostile_bytes(void **state)
{
	(void)state;
	struct facts facts;
	struct err e = {0};
	char root[512];
	machine_tree_plant("vm", root, sizeof root);
	machine_tree_write(root, "sys/class/dmi/id/sys_vendor", "\xff\xfe\x01 caf\xe9");
	machine_tree_write(root, "sys/devices/system/cpu/cpufreq/policy0/scaling_governor", " ");
	machine_tree_write(root, "sys/devices/system/cpu/cpufreq/policy1/scaling_governor", "a\x80");
	machine_tree_write(root, "sys/devices/system/cpu/vulnerabilities/\xc3\x28", "Vulnerable");
	setenv("OMP_PLACES", "{\xe9}", 1);
	assert_int_equal(facts_read(&facts, root, 0, &e), 0);
	unsetenv("OMP_PLACES");
	assert_string_equal(facts.machine.hypervisor, "??? caf?");
	assert_string_equal(facts.environment.governor, "a?");
	assert_non_null(strstr(facts.environment.settings, "OMP_PLACES={?}"));
	check_json(&facts);
	json_t *all = facts_json(&facts);
	assert_non_null(all);
	json_decref(all);
	facts_free(&facts);
	machine_tree_remove(root);
}

/* What no system writes still leaves a machine to measure on. */
static void test_absurd_files(void **state)
{
	(void)state;
	struct facts facts;
	struct err e = {0};
	struct worker_count counts[WORKER_COUNTS];
	uint64_t sizes[CACHE_SIZES];
	char root[512];
	machine_tree_plant("vm", root, sizeof root);
	machine_tree_write(root, "sys/devices/system/cpu/online", "9,8,9,9");
	machine_tree_write(root, "sys/devices/system/cpu/cpu8/cache/index0/level", "1");
	machine_tree_write(root, "sys/devices/system/cpu/cpu8/cache/index0/type", "Data");
	machine_tree_write(root, "sys/devices/system/cpu/cpu8/cache/index0/coherency_line_size", "-9");
	machine_tree_write(root, "proc/loadavg", "inf");
	machine_tree_write(root, "proc/meminfo", "MemAvailable: 99999999999999999999999999999 kB");
	machine_tree_write(root, "proc/self/cgroup", "0::/");
	machine_tree_write(root, "proc/self/mountinfo", "1 1 0:1 / /group rw - cgroup2 cgroup2 rw");
	machine_tree_write(root, "group/cpu.max", "inf 1");
	machine_tree_write(root, "group/memory.max", "-inf");
	assert_int_equal(facts_read(&facts, root, 0, &e), 0);
	const struct topology *t = &facts.machine.topology;
	assert_int_equal(t->count, 2);
	assert_int_equal(topology_usable(t), 2); /* the mask names none of them */
	assert_int_equal(t->cpus[0].cache[0].line, 0);
	assert_true(isnan(t->quota) && isnan(facts.environment.load1));
	assert_true(isnan(facts.environment.memory_limit_bytes));
	check_json(&facts);
	assert_int_equal(facts_worker_counts(&facts, counts), 3);
	assert_int_equal(counts[0].workers, 1);
	const int n = facts_sizes(&facts, sizes);
	assert_in_range(n, 1, CACHE_SIZES);
	for (int i = 1; i < n; i++)
		assert_true(sizes[i] > sizes[i - 1]);
	facts_free(&facts);
	machine_tree_remove(root);
}

/* hwloc and the reader without it see the same machines. */
static void test_hwloc_agrees(void **state)
{
	(void)state;
#if HAVE_HWLOC
	for (int i = 0; i < MACHINES; i++) {
		char root[512];
		struct err e = {0};
		struct topology t;
		if (strcmp(machines[i], "broken") == 0)
			continue;
		machine_tree_plant(machines[i], root, sizeof root);
		setenv("HWLOC_FSROOT", root, 1);
		assert_int_equal(topology_read(&t, "", &e), 0);
		unsetenv("HWLOC_FSROOT");
		machine_tree_remove(root);
		assert_non_null(strstr(t.source, "hwloc"));
		assert_int_equal(t.count, known[i].machine.threads);
		for (int j = 0; j < t.count; j++) {
			struct cpu expected = known[i].machine.topology.cpus[j];
			expected.usable = true; /* of a machine that is not this one */
			if (memcmp(&t.cpus[j], &expected, sizeof expected) != 0)
				fail_msg("%s: CPU %d differs: kind %d %d core %d %d id %d %d node %d %d",
					machines[i], j, t.cpus[j].kind, expected.kind, t.cpus[j].core,
					expected.core, t.cpus[j].id, expected.id, t.cpus[j].node,
					expected.node);
		}
		topology_free(&t);
	}
#else
	skip();
#endif
}

/* Without any file there is one CPU and nothing else. */
static void test_empty_root(void **state)
{
	(void)state;
	struct facts facts;
	struct err e = {0};
	assert_int_equal(facts_read(&facts, "/nonexistent", 0, &e), 0);
	assert_int_equal(facts.machine.threads, 1);
	assert_int_equal(facts.machine.cache_count, 0);
	assert_string_equal(facts.machine.model, "");
	check_json(&facts);
	facts_free(&facts);
}

static void test_this_machine(void **state)
{
	(void)state;
	struct facts facts;
	struct err e = {0};
	const uint64_t start = clock_ns();
	setenv("OMP_WAIT_POLICY", "passive", 1);
	assert_int_equal(facts_read(&facts, "", 0.3, &e), 0);
	unsetenv("OMP_WAIT_POLICY");
	assert_true(clock_ns() - start > 200000000);
	assert_non_null(strstr(facts.environment.settings, "OMP_WAIT_POLICY=passive"));
	assert_in_range(facts.noise.quanta, 10, 1000000);
	assert_true(facts.noise.quantum_us > 1 && facts.noise.resolution_ns >= 1);
	assert_true(facts.noise.lost_percent >= 0 && facts.noise.lost_percent < 100 &&
		    facts.noise.median_percent >= 0);
	assert_int_equal(facts.machine.threads, facts.machine.topology.count);
	assert_true(facts.environment.kernel[0] != '\0');
	check_json(&facts);
	facts_free(&facts);
}

static void test_build(void **state)
{
	(void)state;
	char path[1024];
	const char *root = getenv("PARSCALE_ROOT");
	snprintf(path, sizeof path, "%s/VERSION", root ? root : ".");
	char *version = read_file(path);
	assert_non_null(version);
	version[strcspn(version, "\n")] = '\0';
	assert_string_equal(build_version, version);
	free(version);
	json_t *object = build_json();
	assert_string_equal(json_string_value(json_object_get(object, "version")), build_version);
	for (const struct build_fact *f = build_facts(); f->name; f++) {
		assert_non_null(json_object_get(object, f->name));
		assert_true((f->value == NULL) == (f->missing != NULL));
	}
	json_decref(object);
}

/* The settings of whoever runs the tests are no part of a planted machine. */
static int forget_settings(void **state)
{
	static const char *const kept[] = {"PARSCALE_ROOT", "TMPDIR", "UPDATE_GOLDEN"};
	char *values[3];
	for (int i = 0; i < 3; i++)
		values[i] = getenv(kept[i]) ? strdup(getenv(kept[i])) : NULL;
	clearenv();
	for (int i = 0; i < 3; i++)
		if (values[i]) {
			setenv(kept[i], values[i], 1);
			free(values[i]);
		}
	return read_planted(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_cgroups),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_absurd_files),
		cmocka_unit_test(test_hwloc_agrees),
		cmocka_unit_test(test_empty_root),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_build),
	};
	return cmocka_run_group_tests(tests, forget_settings, free_planted);
}
