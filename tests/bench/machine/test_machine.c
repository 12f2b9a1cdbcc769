/* SPDX-License-Identifier: MIT */
/* What is read of machines: those that are planted as fake proc and sys trees, and this one. */
#include "bench/commands/command.h"
#include "bench/commands/info.h"
#include "bench/machine/cgroup.h"
#include "bench/machine/clock.h"
#include "bench/machine/tree.h"
#include "tests/bench/machine/machine_tree.h"

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const machines[] = {"vm", "server", "arm", "hybrid", "container", "quota", "broken",
	"gb10", "grace", "zen-ranked", "core-ultra", "sockets", "power10", "power9", "phone", "spanning-node",
	"l2-clusters", "unknown-cache", "devicetree"};
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
	assert_true(fread(text, 1, (1 << 16) - 1, f) < (1 << 16) - 1);
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
	assert_true(g.memory_bytes == 1e6 && g.memory_left_bytes == 1e6);
	/* What the group uses is not left, but for files that are only kept in case. */
	machine_tree_write(root, "sys/fs/cgroup/user.slice/memory.current", "700000");
	cgroup_read(&g, root);
	assert_true(g.memory_bytes == 1e6 && g.memory_left_bytes == 3e5);
	machine_tree_write(root, "sys/fs/cgroup/user.slice/memory.stat",
		"anon 500000\nfile 200000\ninactive_file 150000");
	cgroup_read(&g, root);
	assert_true(g.memory_left_bytes == 4.5e5);
	machine_tree_write(root, "sys/fs/cgroup/user.slice/memory.current", "1200000");
	cgroup_read(&g, root);
	assert_true(g.memory_left_bytes == 0);
	machine_tree_remove(root);
	cgroup_read(&g, root);
	assert_int_equal(g.version, 0);
	assert_true(isnan(g.quota) && isnan(g.memory_bytes) && isnan(g.throttled_seconds));
	assert_true(isnan(g.memory_left_bytes));
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
	setenv("OMP_STACKSIZE", "{\xe9}", 1);
	assert_int_equal(facts_read(&facts, root, 0, &e), 0);
	unsetenv("OMP_STACKSIZE");
	assert_string_equal(facts.machine.hypervisor, "??? caf?");
	assert_string_equal(facts.environment.governor, "a?");
	assert_non_null(strstr(facts.environment.settings, "OMP_STACKSIZE={?}"));
	check_json(&facts);
	json_t *all = facts_json(&facts);
	assert_non_null(all);
	json_decref(all);
	facts_free(&facts);
	machine_tree_remove(root);
}

/* How many were killed for want of memory, in our group if it counts them, and whose limit it was. */
static void test_memory(void **state)
{
	char root[512], text[160];
	(void)state;
	machine_tree_plant("vm", root, sizeof root);
	assert_int_equal(memory_kills(root), -1);
	machine_tree_write(root, "proc/vmstat", "nr_free_pages 8\noom_kill 7\nnuma_hit 1\n");
	assert_int_equal(memory_kills(root), 7);
	memory_text(root, text, sizeof text);
	assert_non_null(strstr(text, "out of memory"));
	machine_tree_write(root, "proc/self/cgroup", "0::/a");
	machine_tree_write(root, "proc/self/mountinfo", "1 1 0:1 / /group rw - cgroup2 cgroup2 rw");
	assert_int_equal(memory_kills(root), 7);
	machine_tree_write(
		root, "group/a/memory.events", "low 0\nmax 4\noom 3\noom_kill 2\noom_group_kill 0\n");
	assert_int_equal(memory_kills(root), 2);
	machine_tree_write(root, "proc/self/cgroup", "4:memory:/b\n0::/a");
	machine_tree_write(root, "proc/self/mountinfo",
		"1 1 0:1 / /group rw - cgroup2 cgroup2 rw\n"
		"2 1 0:2 / /memory rw - cgroup cgroup rw,memory");
	machine_tree_write(
		root, "memory/b/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
	assert_int_equal(memory_kills(root), 1);
	machine_tree_write(root, "proc/self/stat",
		"12 (a b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 20 5 1 0 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 0 3 0 0");
	struct environment env;
	environment_read(&env, root);
	assert_true(env.nice == 5);
	assert_string_equal(env.scheduler, "batch");
	/* What can be had: of what the system has what the group leaves. */
	machine_tree_write(root, "memory/b/memory.limit_in_bytes", "1000000");
	machine_tree_write(root, "memory/b/memory.usage_in_bytes", "400000");
	machine_tree_write(root, "proc/meminfo", "MemAvailable: 2000 kB");
	environment_read(&env, root);
	assert_true(env.memory_limit_bytes == 1e6 && env.memory_available_bytes == 6e5);
	machine_tree_write(root, "proc/meminfo", "MemAvailable: 500 kB");
	environment_read(&env, root);
	assert_true(env.memory_available_bytes == 512e3);
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
	assert_true(n >= 1 && n <= CACHE_SIZES);
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
				fail_msg("%s: CPU %d differs: id %d %d package %d %d node %d %d core %d %d "
					 "thread %d %d kind %d %d L1 %d %d L2 %d %d L3 %d %d",
					machines[i], j, t.cpus[j].id, expected.id, t.cpus[j].package,
					expected.package, t.cpus[j].node, expected.node, t.cpus[j].core,
					expected.core, t.cpus[j].thread, expected.thread, t.cpus[j].kind,
					expected.kind, t.cpus[j].cache[0].domain, expected.cache[0].domain,
					t.cpus[j].cache[1].domain, expected.cache[1].domain,
					t.cpus[j].cache[2].domain, expected.cache[2].domain);
		}
		topology_free(&t);
	}
#else
	skip();
#endif
}

/* A root with nothing but these files. */
struct planted_file {
	const char *path, *text;
};

static struct facts read_files(const struct planted_file *files)
{
	char root[] = "/tmp/parscale-machine-XXXXXX";
	struct facts facts;
	struct err e = {0};
	assert_non_null(mkdtemp(root));
	for (; files->path; files++)
		machine_tree_write(root, files->path, files->text);
	assert_int_equal(facts_read(&facts, root, 0, &e), 0);
	machine_tree_remove(root);
	return facts;
}

/* Each architecture's words for what its CPU is. */
static void test_models(void **state)
{
	static const struct {
		const char *cpuinfo, *model, *vendor;
	} cases[] = {{"cpu\t\t: POWER9, altivec supported\nrevision\t: 2.1 (pvr 004e 1201)", "POWER9", "IBM"},
		{"Model Name\t\t: Loongson-3A5000-HV", "Loongson-3A5000-HV", ""},
		{"isa\t\t: rv64imafdc\nuarch\t\t: sifive,u74-mc", "sifive,u74-mc", "sifive"},
		{"isa\t\t: rv64imafdc\nmvendorid\t: 0x489\nmarchid\t\t: 0x7", "marchid 0x7",
			"mvendorid 0x489"},
		{"vendor_id       : IBM/S390\nprocessor 0: version = 00,  identification = 111111,  machine = 3931",
			"z16 (3931)", "IBM/S390"},
		{"cpu\t\t: TI UltraSparc II  (BlackBird)", "TI UltraSparc II  (BlackBird)", ""},
		{"model name\t: ARMv7 Processor rev 3 (v7l)\nCPU implementer\t: 0x41\nCPU part\t: 0xd08",
			"Cortex-A72", "Arm"},
		{"processor : 0\nCPU implementer : 0x41\nCPU part : 0xd05\n\nprocessor : 1\nCPU implementer : 0x41\nCPU part "
		 ": 0xd0b",
			"Cortex-A55 + Cortex-A76 (1 + 1)", "Arm"},
		{"CPU implementer : 0x99\nCPU part : 0x123", "part 0x123", "implementer 0x99"},
		{"vendor_id : AuthenticAMD\nmodel name : AMD Opteron(TM) Processor 6276                 \nflags : fpu",
			"AMD Opteron(TM) Processor 6276", "AuthenticAMD"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct facts f =
			read_files((const struct planted_file[]){{"proc/cpuinfo", cases[i].cpuinfo}, {0}});
		assert_string_equal(f.machine.model, cases[i].model);
		assert_string_equal(f.machine.vendor, cases[i].vendor);
		facts_free(&f);
	}
	/* and without cpuinfo, from the registers */
	struct facts f = read_files((const struct planted_file[]){{"sys/devices/system/cpu/online", "0-1"},
		{"sys/devices/system/cpu/cpu0/regs/identification/midr_el1", "0x00000000410fd871"},
		{"sys/devices/system/cpu/cpu1/regs/identification/midr_el1", "0x00000000410fd851"}, {0}});
	assert_string_equal(f.machine.model, "Cortex-A725 + Cortex-X925 (1 + 1)");
	assert_int_equal(f.machine.kinds, 2);
	facts_free(&f);
}

#define DMI "sys/class/dmi/id/"
#define ARM_CPU                                                                                              \
	{                                                                                                    \
		"proc/cpuinfo", "CPU implementer : 0x41\nCPU part : 0xd40"                                   \
	}

/* Guests are known as such where no flag of the CPU tells. */
static void test_guests(void **state)
{
	static const struct {
		struct planted_file files[4];
		const char *hypervisor;
	} cases[] = {{{ARM_CPU, {DMI "sys_vendor", "Amazon EC2"}, {DMI "product_name", "c7g.4xlarge"}},
			     "Amazon EC2 c7g.4xlarge"},
		{{ARM_CPU, {DMI "sys_vendor", "Amazon EC2"}, {DMI "product_name", "c7g.metal"}}, ""},
		{{ARM_CPU, {DMI "sys_vendor", "Google"}, {DMI "product_name", "Google Compute Engine"}},
			"Google Google Compute Engine"},
		{{ARM_CPU, {DMI "sys_vendor", "Microsoft Corporation"},
			 {DMI "product_name", "Virtual Machine"}},
			"Microsoft Corporation Virtual Machine"},
		{{ARM_CPU, {DMI "sys_vendor", "Supermicro"}, {DMI "product_name", "ARS-221GL"}}, ""},
		{{{"proc/sysinfo", "LPAR Number:          1\nVM00 Control Program: KVM/Linux"}}, "KVM/Linux"},
		{{{"proc/sysinfo", "LPAR Number:          1\nLPAR Name:            one"}}, "LPAR"},
		{{{"proc/cpuinfo", "cpu : POWER9\nplatform : pSeries"},
			 {"proc/device-tree/hypervisor/compatible", "linux,kvm"}},
			"KVM"},
		{{{"proc/cpuinfo", "cpu : POWER9\nplatform : pSeries"}}, "PowerVM"},
		{{{"proc/cpuinfo", "cpu : POWER9\nplatform : PowerNV"}}, ""},
		{{{"proc/cpuinfo", "model name : x\nflags : fpu sse2"}, {DMI "sys_vendor", "Google"}}, ""}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct facts f = read_files(cases[i].files);
		assert_string_equal(f.machine.hypervisor, cases[i].hypervisor);
		facts_free(&f);
	}
}

/* A list of allowed CPUs as long as Linux can write it is read whole. */
static void test_long_affinity(void **state)
{
	enum { CPUS = 8192, LINE = 1 << 16 };
	char root[] = "/tmp/parscale-machine-XXXXXX", online[32], *list = calloc(1, LINE);
	struct topology t;
	struct err e = {0};
	(void)state;
	assert_non_null(list);
	assert_non_null(mkdtemp(root));
	size_t n = (size_t)snprintf(list, LINE, "Cpus_allowed_list:\t");
	for (int cpu = 0; cpu < CPUS; cpu += 2)
		n += (size_t)snprintf(list + n, LINE - n, "%s%d", cpu ? "," : "", cpu);
	snprintf(online, sizeof online, "0-%d", CPUS - 1);
	machine_tree_write(root, "sys/devices/system/cpu/online", online);
	machine_tree_write(root, "proc/self/status", list);
	assert_int_equal(topology_read(&t, root, &e), 0);
	assert_int_equal(topology_usable(&t), CPUS / 2);
	topology_free(&t);
	machine_tree_remove(root);
	free(list);
}

/* What is told elsewhere than on most machines: governors and clocks by CPU, packages by number, nodes of memory alone, CPUs
 * of no node. */
static void test_told_elsewhere(void **state)
{
	struct facts f = read_files((const struct planted_file[]){{"sys/devices/system/cpu/online", "0-3"},
		{"sys/devices/system/cpu/cpu0/topology/physical_package_id", "0"},
		{"sys/devices/system/cpu/cpu1/topology/physical_package_id", "0"},
		{"sys/devices/system/cpu/cpu2/topology/physical_package_id", "7"},
		{"sys/devices/system/cpu/cpu3/topology/physical_package_id", "7"},
		{"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave"},
		{"sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "2808000"},
		{"sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "2808000"},
		{"sys/devices/system/cpu/cpu3/cpufreq/cpuinfo_max_freq", "3900000"},
		{"sys/devices/system/cpu/cpu3/cpufreq/scaling_max_freq", "3900000"},
		{"sys/devices/system/node/online", "1-3"}, {"sys/devices/system/node/node1/cpulist", "0-2"},
		{"sys/devices/system/node/node2/cpulist", ""},
		{"sys/devices/system/node/node2/meminfo", "Node 2 MemTotal:       16777216 kB"},
		{"sys/devices/system/node/node3/cpulist", ""},
		{"sys/devices/system/node/node3/meminfo", "Node 3 MemTotal:       0 kB"}, {0}});
	(void)state;
	assert_int_equal(f.machine.packages, 2);
	assert_int_equal(f.machine.nodes, 1);
	assert_int_equal(f.machine.topology.memory_nodes, 1);
	assert_string_equal(f.environment.governor, "powersave");
	assert_true(
		f.environment.frequency_max_khz == 3900000 && f.environment.frequency_limit_khz == 3900000);
	facts_free(&f);
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
	assert_true(facts.noise.quanta >= 10 && facts.noise.quanta <= 1000000);
	assert_true(facts.noise.quantum_us > 1 && facts.noise.resolution_ns >= 1);
	assert_true(facts.noise.lost_percent >= 0 && facts.noise.lost_percent < 100 &&
		    facts.noise.median_percent >= 0);
	assert_int_equal(facts.machine.threads, facts.machine.topology.count);
	assert_true(facts.environment.kernel[0] != '\0');
	check_json(&facts);
	facts_free(&facts);
}

/* What could not be read for lack of descriptors is not taken for absent. In a process of its own, which loses them. */
static void test_info_says_what_is_missing(void **state)
{
	int status;
	(void)state;
	assert_string_equal(tree_trouble(), "");
	fflush(NULL);
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit none = {.rlim_cur = STDERR_FILENO + 1, .rlim_max = STDERR_FILENO + 1};
		char name[] = "info", *argv[] = {name, NULL};
		struct err e = {0};
		for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
			close(fd);
		if (!freopen("/dev/null", "w", stdout) || setrlimit(RLIMIT_NOFILE, &none) != 0)
			_exit(2);
		if (info_main(1, argv, &e) == 0)
			_exit(3);
		_exit(e.status == ERR_FAILED && strstr(e.text, "incomplete: ") &&
					strstr(e.text, strerror(EMFILE))
				? 0
				: 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
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
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_absurd_files),
		cmocka_unit_test(test_hwloc_agrees),
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_guests),
		cmocka_unit_test(test_long_affinity),
		cmocka_unit_test(test_told_elsewhere),
		cmocka_unit_test(test_empty_root),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_info_says_what_is_missing),
	};
	return cmocka_run_group_tests(tests, forget_settings, free_planted);
}
