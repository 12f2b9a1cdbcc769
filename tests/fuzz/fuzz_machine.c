/* SPDX-License-Identifier: MIT */
/* fuzz_machine.c - a plausible machine's proc and sys in which any files hold any bytes or are gone: a
 * machine that can be measured on, described in JSON and plain text. */
#include "bench/commands/info.h"
#include "bench/machine/cgroup.h"
#include "bench/machine/cpulist.h"
#include "bench/machine/disturbance.h"
#include "tests/fuzz/temporary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CPU "sys/devices/system/cpu/"
#define GROUP "sys/fs/cgroup/"

/* Two packages of two cores; CPU 3 tells little. */
static const struct {
	const char *path, *text;
} files[] = {
	{CPU "online", "0-3"},
	{CPU "cpu0/topology/core_cpus_list", "0"},
	{CPU "cpu1/topology/core_cpus_list", "1"},
	{CPU "cpu2/topology/thread_siblings_list", "2-3"},
	{CPU "cpu0/topology/package_cpus_list", "0-1"},
	{CPU "cpu1/topology/package_cpus_list", "0-1"},
	{CPU "cpu2/topology/core_siblings_list", "2-3"},
	{CPU "cpu0/cache/index0/level", "1"},
	{CPU "cpu0/cache/index0/type", "Data"},
	{CPU "cpu0/cache/index0/size", "48K"},
	{CPU "cpu0/cache/index0/coherency_line_size", "64"},
	{CPU "cpu0/cache/index0/shared_cpu_list", "0"},
	{CPU "cpu1/cache/index3/level", "3"},
	{CPU "cpu1/cache/index3/type", "Unified"},
	{CPU "cpu1/cache/index3/size", "32M"},
	{CPU "cpu1/cache/index3/shared_cpu_list", "0-3"},
	{CPU "cpu1/cpu_capacity", "1024"},
	{CPU "cpu0/cpufreq/cpuinfo_max_freq", "3000000"},
	{CPU "cpu0/cpufreq/scaling_max_freq", "2000000"},
	{CPU "cpu0/cpufreq/scaling_driver", "intel_pstate"},
	{CPU "cpufreq/policy0/scaling_governor", "powersave"},
	{CPU "intel_pstate/no_turbo", "0"},
	{CPU "smt/control", "on"},
	{CPU "isolated", "3"},
	{CPU "vulnerabilities/spectre_v1", "Mitigation: barriers"},
	{CPU "cpu0/thermal_throttle/core_throttle_total_time_ms", "5"},
	{"sys/devices/cpu_core/cpus", "0-1"},
	{"sys/devices/system/node/online", "0-1"},
	{"sys/devices/system/node/node0/cpulist", "0-1"},
	{"sys/devices/system/node/node1/cpulist", "2-3"},
	{"sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc"},
	{"sys/class/dmi/id/sys_vendor", "QEMU"},
	{"sys/class/dmi/id/product_name", "KVM"},
	{"sys/class/powercap/intel-rapl:0/energy_uj", "1"},
	{"sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850"},
	{"sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never"},
	{"proc/cpuinfo", "vendor_id : X\nmodel name : Y\nflags : fpu hypervisor\nCPU implementer : 0x41\nCPU "
			 "part : 0xd0c"},
	{"proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB"},
	{"proc/stat", "cpu  100 0 100 1000 10 0 0 5 0 0"},
	{"proc/loadavg", "0.50 0.40 0.30 1/100 77"},
	{"proc/self/status", "Name: x\nCpus_allowed_list:\t0-2"},
	{"proc/self/cgroup", "4:cpu,cpuacct:/a/b\n2:cpuset:/a\n0::/c/d"},
	{"proc/self/mountinfo", "30 1 0:28 / /" GROUP "v2 rw - cgroup2 cgroup2 rw\n"
				"31 1 0:29 /a /" GROUP "cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
				"32 1 0:30 / /" GROUP "cpuset rw - cgroup cgroup rw,cpuset"},
	{GROUP "v2/c/d/cpu.max", "150000 100000"},
	{GROUP "v2/c/memory.max", "4000000000"},
	{GROUP "v2/c/d/memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0"},
	{"proc/vmstat", "nr_free_pages 8\noom_kill 7"},
	{GROUP "cpu/b/cpu.cfs_quota_us", "250000"},
	{GROUP "cpu/b/cpu.cfs_period_us", "100000"},
	{GROUP "cpu/b/cpu.stat", "nr_periods 9\nthrottled_time 4200000000"},
	{GROUP "cpuset/a/cpuset.effective_cpus", "0-2"},
	{"proc/pressure/cpu", "some avg10=0.10 avg60=0.00 avg300=0.00 total=13062228"},
	{"proc/device-tree/cpus/cpu@0/reg", "0000"},
	{"proc/device-tree/cpus/cpu@0/d-cache-size", "0008"},
	{"proc/device-tree/cpus/cpu@0/next-level-cache", "aaaa"},
	{"proc/device-tree/cpus/l2-cache/phandle", "aaaa"},
	{"proc/device-tree/cpus/l2-cache/cache-size", "1234"},
	{"proc/device-tree/cpus/l2-cache/next-level-cache", "aaaa"},
	{"proc/sys/kernel/arch", "x86_64"},
	{"proc/sys/kernel/numa_balancing", "1"},
	{"proc/sys/kernel/randomize_va_space", "2"},
};
enum { FILES = sizeof files / sizeof *files, CROWD = 64 };

static char root[] = "/dev/shm/fuzz-machine-XXXXXX";

static void must(bool holds)
{
	if (!holds)
		abort();
}

static const char *path_of(size_t i)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/%s", root, files[i].path);
	return path;
}

static void plant(size_t i, const void *bytes, size_t n)
{
	FILE *f = fopen(path_of(i), "w");
	must(f != NULL);
	fwrite(bytes, 1, n, f);
	fclose(f);
}

static void plant_all(void)
{
	temporary_folder(root);
	for (size_t i = 0; i < FILES; i++) {
		char path[512];
		strcpy(path, path_of(i));
		for (char *slash = strchr(path + sizeof root, '/'); slash; slash = strchr(slash + 1, '/')) {
			*slash = '\0';
			mkdir(path, 0777);
			*slash = '/';
		}
		plant(i, files[i].text, strlen(files[i].text));
	}
}

/* More CPUs than one wants to look at tens of thousands of times. */
static bool crowded(const uint8_t *bytes, size_t n)
{
	char text[256];
	int none;
	snprintf(text, sizeof text, "%.*s", (int)n, (const char *)bytes);
	return cpulist_parse(text, &none, 0) > CROWD;
}

static void check_order(const struct topology *t, const char *policy)
{
	struct place p;
	struct err e = {0};
	if (place_open(&p, policy, t, &e) != 0) {
		must(e.text[0] && (e.status == ERR_ABSENT || e.status == ERR_USAGE));
		return;
	}
	must(p.count > 0 && p.count <= topology_usable(t) && p.capacity >= 1 &&
		p.capacity <= (unsigned)p.count);
	for (int i = 0; i < p.count; i++)
		for (int j = 0; j < i; j++)
			must(p.cpus[i].id != p.cpus[j].id);
	place_caches(&p, 3);
	place_close(&p);
}

static void check_topology(const struct topology *t)
{
	must(t->count > 0 && topology_usable(t) > 0 && topology_usable_cores(t) > 0);
	must(isnan(t->quota) || t->quota > 0);
	for (int i = 0; i < t->count; i++) {
		const struct cpu *c = &t->cpus[i];
		must(c->package >= 0 && c->package < t->count && c->node >= 0 && c->node < t->count &&
			c->core >= 0);
		must(c->core < t->count && c->thread >= 0 && c->thread < t->count && c->kind >= 0 &&
			c->kind < t->count);
		for (int k = 0; k < CACHE_LEVELS; k++)
			must(c->cache[k].line >= 0 && c->cache[k].domain < t->count);
	}
	for (int i = 0; place_policy(i); i++)
		check_order(t, place_policy(i));
}

static void check_counts(const struct facts *f)
{
	struct worker_count counts[WORKER_COUNTS];
	uint64_t sizes[CACHE_SIZES];
	const int n = facts_worker_counts(f, counts), m = facts_sizes(f, sizes);
	must(n >= 2 && n <= WORKER_COUNTS && counts[0].workers == 1 &&
		!counts[0].oversubscribed == !(f->machine.topology.quota < 1));
	must(counts[n - 1].oversubscribed);
	for (int i = 1; i < n; i++)
		must(counts[i].workers > counts[i - 1].workers);
	must(m >= 0 && m <= CACHE_SIZES && (m == 0 || sizes[0] > 0));
	for (int i = 1; i < m; i++)
		must(sizes[i] > sizes[i - 1]);
}

static void check_texts(const struct facts *f)
{
	json_t *all = facts_json(f), *environment = json_object_get(all, "environment");
	char *dumped = json_dumps(all, 0), *printed = NULL;
	size_t n = 0, facts = 0;
	FILE *out = open_memstream(&printed, &n);
	must(all && dumped && out);
	while (environment_facts[facts].name)
		must(json_object_get(environment, environment_facts[facts++].name) != NULL);
	info_print(f, out);
	fclose(out);
	for (size_t i = 0; i < n; i++)
		must(printed[i] == '\n' || printed[i] == '\t' || (printed[i] >= ' ' && printed[i] <= '~'));
	free(printed);
	free(dumped);
	json_decref(all);
}

static void check_disturbances(void)
{
	struct disturbances d;
	struct disturbed taken;
	char under[sizeof root + 1];
	snprintf(under, sizeof under, "%s", root);
	disturbances_open(&d, under);
	disturbances_start(&d);
	disturbances_stop(&d, &taken);
	disturbances_close(&d);
	must(memory_kills(under) >= -1);
}

static void check(const char *policy)
{
	struct facts f;
	struct err e = {0};
	must(facts_read(&f, root, 0, &e) == 0);
	check_topology(&f.machine.topology);
	check_order(&f.machine.topology, policy);
	check_counts(&f);
	check_texts(&f);
	check_disturbances();
	facts_free(&f);
}

/* Files one after the other: which one, how long (255: gone), its bytes. One beyond the last is
 * a placement. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool changed[FILES] = {false}, small = true;
	char policy[256] = "0-1";
	if (root[sizeof root - 2] == 'X')
		plant_all();
	while (size >= 2) {
		const size_t which = data[0] % (FILES + 1), asked = data[1] == 255 ? 0 : data[1],
			     n = asked < size - 2 ? asked : size - 2;
		small &= !crowded(data + 2, n);
		if (which == FILES)
			snprintf(policy, sizeof policy, "%.*s", (int)n, (const char *)data + 2);
		else if (data[1] == 255)
			unlink(path_of(which));
		else
			plant(which, data + 2, n);
		if (which < FILES)
			changed[which] = true;
		data += 2 + n;
		size -= 2 + n;
	}
	if (small)
		check(policy);
	for (size_t i = 0; i < FILES; i++)
		if (changed[i])
			plant(i, files[i].text, strlen(files[i].text));
	return 0;
}
