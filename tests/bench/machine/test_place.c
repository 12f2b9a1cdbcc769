/* SPDX-License-Identifier: MIT */
/* Placement on machines that hwloc makes up, and on this one. */
#include "bench/machine/cpulist.h"
#include "bench/machine/place.h"
#include "bench/machine/topology_read.h"

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if HAVE_HWLOC
#include <hwloc.h>
#endif

#define SERVER "pack:2 numa:4 l3:8 l2:2 core:1 pu:2" /* 2 x 64 cores, SMT, 8 nodes, 64 L3s of 2 cores */
#define HYBRID "pack:1 l3:1 core:12 pu:2"

static void made_up(struct topology *t, const char *description)
{
#if HAVE_HWLOC
	struct err e = {0};
	hwloc_topology_t loaded;
	assert_int_equal(hwloc_topology_init(&loaded), 0);
	assert_int_equal(hwloc_topology_set_synthetic(loaded, description), 0);
	assert_int_equal(hwloc_topology_load(loaded), 0);
#if HWLOC_API_VERSION >= 0x00020400
	/* Of the hybrid the first 4 cores are fast. */
	if (strcmp(description, HYBRID) == 0) {
		hwloc_bitmap_t fast = hwloc_bitmap_alloc(), slow = hwloc_bitmap_alloc();
		hwloc_bitmap_set_range(fast, 0, 7);
		hwloc_bitmap_set_range(slow, 8, 23);
		assert_int_equal(hwloc_cpukinds_register(loaded, slow, 0, 0, NULL, 0), 0);
		assert_int_equal(hwloc_cpukinds_register(loaded, fast, 1, 0, NULL, 0), 0);
		hwloc_bitmap_free(fast);
		hwloc_bitmap_free(slow);
	}
#endif
	assert_int_equal(topology_from_hwloc(t, loaded, &e), 0);
	hwloc_topology_destroy(loaded);
#else
	(void)t;
	(void)description;
	skip();
#endif
}

/* The first `n` CPUs of a policy, as a list. */
static const char *order(const struct topology *t, const char *policy, unsigned n)
{
	static char text[400];
	struct err e = {0};
	struct place p;
	int cpus[64];
	assert_true(n <= 64);
	assert_int_equal(place_open(&p, policy, t, &e), 0);
	for (unsigned i = 0; i < n; i++)
		cpus[i] = place_cpu(&p, i);
	cpulist_format(cpus, (int)n, text, sizeof text);
	place_close(&p);
	return text;
}

static void refused(const struct topology *t, const char *policy, enum err_status status, const char *says)
{
	struct err e = {0};
	struct place p;
	assert_int_equal(place_open(&p, policy, t, &e), -1);
	assert_int_equal(e.status, status);
	if (!strstr(e.text, says))
		fail_msg("'%s' does not say '%s'", e.text, says);
	assert_null(p.cpus);
}

static void test_lists(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int count;
		const char *again;
	} cases[] = {
		{"0", 1, "0"},
		{"0,2-5", 5, "0,2-5"},
		{"3,1,1", 3, "3,1,1"},
		{"0-1,2,3-3\n", 4, "0-3"},
		{"", 0, ""},
		{"\n", 0, ""},
		{"16383", 1, "16383"},
		{"16384", -1, ""},
		{"5-2", -1, ""},
		{"1,", -1, ""},
		{",1", -1, ""},
		{"-1", -1, ""},
		{"1-", -1, ""},
		{"1 2", -1, ""},
		{"0x1", -1, ""},
		{"1--2", -1, ""},
		{"99999999999999999999", -1, ""},
		{"0-16383,0", -1, ""},
		{"1\n2", -1, ""},
	};
	int cpus[8];
	char text[64];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(cpulist_parse(cases[i].text, cpus, 8), cases[i].count);
		if (cases[i].count < 0)
			continue;
		assert_int_equal(
			cpulist_format(cpus, cases[i].count, text, sizeof text), strlen(cases[i].again));
		assert_string_equal(text, cases[i].again);
	}
	assert_int_equal(cpulist_parse("0-99", cpus, 8), 100);
	assert_int_equal(cpulist_format((int[]){1, 3, 5}, 3, text, 4), 5);
	assert_string_equal(text, "1,3");
}

static void test_server(void **state)
{
	(void)state;
	struct topology t;
	made_up(&t, SERVER);
	assert_int_equal(t.count, 256);
	assert_int_equal(topology_usable(&t), 256);
	const struct cpu *last = &t.cpus[255];
	assert_int_equal(last->package, 1);
	assert_int_equal(last->node, 7);
	assert_int_equal(last->core, 127);
	assert_int_equal(last->thread, 1);
	assert_int_equal(last->cache[2].domain, 63);
	assert_int_equal(last->cache[0].domain, -1);
	assert_string_equal(order(&t, "compact", 6), "0-5");
	assert_string_equal(order(&t, "cores-first", 3), "0,2,4");
	assert_string_equal(order(&t, "smt-last", 3), "0,2,4");
	assert_string_equal(order(&t, "scatter", 10), "0,128,32,160,64,192,96,224,4,132");
	assert_string_equal(order(&t, "numa", 10), "0,32,64,96,128,160,192,224,2,34");
	assert_string_equal(order(&t, "5,3-4", 7), "5,3-5,3-5"); /* and from the start again */
	assert_string_equal(order(&t, "none", 2), "-1,-1");
	refused(&t, "p-cores", ERR_ABSENT, "one kind");
	refused(&t, "5,3-5", ERR_USAGE, "CPU 5 is named twice");
	refused(&t, "256", ERR_USAGE, "CPU 256 is not usable here; usable: 0-255");
	topology_free(&t);
}

/* Every policy gives each usable CPU exactly once, and puts second threads where it says. */
static void test_each_once(void **state)
{
	(void)state;
	static const char *const policies[] = {"compact", "cores-first", "smt-last", "scatter", "numa"};
	struct topology t;
	struct place p;
	struct err e = {0};
	made_up(&t, SERVER);
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
		char seen[256] = {0};
		assert_int_equal(place_open(&p, policies[i], &t, &e), 0);
		assert_int_equal(p.count, 256);
		for (unsigned w = 0; w < 256; w++) {
			seen[place_cpu(&p, w)]++;
			assert_int_equal(place_cpu(&p, w), place_cpu(&p, w + 256));
			if (i >= 2)
				assert_int_equal(p.cpus[w].thread, w / 128);
			if (i == 1)
				assert_int_equal(p.cpus[w].thread, w / 64 % 2);
			if (i == 1)
				assert_int_equal(p.cpus[w].package, w / 128);
		}
		for (int cpu = 0; cpu < 256; cpu++)
			assert_int_equal(seen[cpu], 1);
		place_close(&p);
	}
	topology_free(&t);
}

static void test_mask_with_holes(void **state)
{
	(void)state;
	struct topology t;
	made_up(&t, "pack:2 numa:1 l3:1 core:2 pu:2"); /* cores 0,1 2,3 | 4,5 6,7 */
	topology_restrict(&t, (int[]){1, 3, 6, 7, 900}, 5);
	assert_int_equal(topology_usable(&t), 4);
	assert_string_equal(order(&t, "compact", 5), "1,3,6-7,1");
	/* The only usable thread of a core is its first, whichever it is. */
	assert_string_equal(order(&t, "smt-last", 4), "1,3,6-7");
	assert_string_equal(order(&t, "scatter", 4), "1,6,3,7");
	refused(&t, "0-1", ERR_USAGE, "CPU 0 is not usable here; usable: 1,3,6-7");
	topology_free(&t);
}

static void test_hybrid(void **state)
{
	(void)state;
	struct topology t;
	made_up(&t, HYBRID);
#if HAVE_HWLOC && HWLOC_API_VERSION >= 0x00020400
	assert_string_equal(order(&t, "p-cores", 9), "0,2,4,6,1,3,5,7,0");
	assert_string_equal(order(&t, "e-cores", 9), "8,10,12,14,16,18,20,22,9");
	topology_restrict(&t, (int[]){8, 9}, 2);
	refused(&t, "p-cores", ERR_ABSENT, "affinity mask");
#endif
	topology_free(&t);
}

static void test_one_cpu(void **state)
{
	(void)state;
	struct topology t;
	struct worker_count counts[WORKER_COUNTS];
	made_up(&t, "pu:1");
	assert_string_equal(order(&t, "compact", 2), "0,0");
	assert_string_equal(order(&t, "scatter", 2), "0,0");
	assert_int_equal(place_worker_counts(&t, counts, WORKER_COUNTS), 2);
	assert_int_equal(counts[0].workers, 1);
	assert_false(counts[0].oversubscribed);
	assert_int_equal(counts[1].workers, 2);
	assert_true(counts[1].oversubscribed);
	topology_free(&t);
}

static void test_bad_policies(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "Compact", "compact ", "0,", "0-", "3-1", "x", "none,0",
		"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20"};
	struct topology t;
	struct err e = {0};
	assert_int_equal(topology_read(&t, "", &e), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refused(&t, bad[i], ERR_USAGE, "compact");
	topology_free(&t);
}

/* Workers take turns beyond the CPUs of the order, or beyond the quota. */
static void test_capacity(void **state)
{
	(void)state;
	static const struct {
		double quota;
		const char *policy;
		unsigned capacity;
	} cases[] = {{NAN, "compact", 8}, {NAN, "none", 8}, {NAN, "1-3", 3}, {8, "compact", 8},
		{6.9, "compact", 6}, {1.5, "compact", 1}, {0.2, "compact", 1}, {2, "1-3", 2}, {4, "1-3", 3}};
	struct topology t;
	struct place p;
	struct err e = {0};
	made_up(&t, "pack:1 core:8 pu:1");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		t.quota = cases[i].quota;
		assert_int_equal(place_open(&p, cases[i].policy, &t, &e), 0);
		assert_int_equal(p.capacity, cases[i].capacity);
		place_close(&p);
	}
	topology_free(&t);
}

static void check_counts(const char *machine, const int *mask, int masked, double quota, const char *expected)
{
	struct topology t;
	struct worker_count counts[WORKER_COUNTS];
	char text[400] = "";
	made_up(&t, machine);
	if (mask)
		topology_restrict(&t, mask, masked);
	t.quota = quota;
	int n = place_worker_counts(&t, counts, WORKER_COUNTS);
	for (int i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u%s%s%s", i ? " " : "",
			counts[i].workers, counts[i].oversubscribed ? "+" : "", counts[i].edge ? ":" : "",
			counts[i].edge ? counts[i].edge : "");
	assert_string_equal(text, expected);
	topology_free(&t);
}

static void test_worker_counts(void **state)
{
	(void)state;
	check_counts("pack:2 numa:4 l3:2 core:6 pu:2", NULL, 0, NAN,
		"1 2 4 6:cores of an L3 8 12:cores of a NUMA node 16 32 48:cores of a package 64 96:all "
		"cores 128 "
		"192:all threads 384+:twice what there is");
	check_counts(SERVER, NULL, 0, 6, "1 2:cores of an L3 4 6:the CPU quota 12+:twice what there is");
	check_counts("pack:1 core:64 pu:1", NULL, 0, 1.5, "1:the CPU quota 2+:twice what there is");
	check_counts("pack:1 core:64 pu:1", NULL, 0, 0.5, "1+:the CPU quota 2+:twice what there is");
	check_counts("pack:1 core:4 pu:1", NULL, 0, 8, "1 2 4:all cores 8+:twice what there is");
	check_counts("pack:2 numa:1 l3:1 core:2 pu:2", (int[]){1, 3, 6, 7}, 4, NAN,
		"1 2:cores of a package 3:all cores 4:all threads 8+:twice what there is");
#if HAVE_HWLOC && HWLOC_API_VERSION >= 0x00020400
	check_counts(HYBRID, NULL, 0, NAN,
		"1 2 4:all fast cores 8 12:all cores 16 24:all threads 48+:twice what there is");
#endif
}

static void test_caches(void **state)
{
	(void)state;
	struct topology t;
	struct place p;
	struct err e = {0};
	made_up(&t, "pack:2 l3:1(size=33554432) l2:4(size=1048576) l1d:1(size=32768) core:1 pu:2");
	assert_int_equal(place_open(&p, "smt-last", &t, &e), 0);
	static const struct {
		unsigned workers;
		uint64_t l1, l2, l3;
	} cases[] = {{0, 32 << 10, 1 << 20, 32 << 20}, {1, 32 << 10, 1 << 20, 32 << 20},
		{3, 32 << 10, 1 << 20, (32 << 20) / 3}, {8, 32 << 10, 1 << 20, 8 << 20},
		{16, 16 << 10, 512 << 10, 4 << 20}, {99, 16 << 10, 512 << 10, 4 << 20}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cache_share share = place_caches(&p, cases[i].workers);
		assert_int_equal(share.l1_bytes, cases[i].l1);
		assert_int_equal(share.l2_bytes, cases[i].l2);
		assert_int_equal(share.l3_bytes, cases[i].l3);
	}
	place_close(&p);
	topology_free(&t);
}

static void test_sizes(void **state)
{
	(void)state;
	static const uint64_t expected[] = {
		16 << 10, 32 << 10, 64 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 10000000, 100000000};
	uint64_t sizes[CACHE_SIZES];
	const struct cache_share share = {32 << 10, 512 << 10, 1 << 20};
	int n = cache_sizes(share, 1e9, sizes, CACHE_SIZES);
	assert_int_equal(n, 9);
	assert_memory_equal(sizes, expected, sizeof expected);
	assert_int_equal(cache_sizes(share, 4e8, sizes, CACHE_SIZES), 9); /* a quarter is just enough */
	assert_int_equal(cache_sizes(share, 3.9e8, sizes, CACHE_SIZES), 8);
	assert_int_equal(cache_sizes(share, NAN, sizes, CACHE_SIZES), 7);
	assert_int_equal(cache_sizes(share, 1e9, sizes, 3), 3);
	/* No cache is known. */
	assert_int_equal(cache_sizes((struct cache_share){0}, 1e6, sizes, CACHE_SIZES), 3);
	assert_int_equal(sizes[0], 1000);
}

/* What was shared is what is read, and nothing that only looks like it. */
static void test_sharing(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "x", "-1", "0", "3x", "999999", "99999999999999999999"};
	struct topology real, t, again;
	struct err e = {0};
	assert_int_equal(topology_read(&real, "", &e), 0);
	made_up(&t, SERVER);
	t.quota = 1.5;
	topology_restrict(&t, (int[]){3, 200}, 2);
	topology_share(&t);
	assert_int_equal(topology_read(&again, "", &e), 0);
	assert_int_equal(again.count, 256);
	assert_int_equal(topology_usable(&again), 2);
	assert_true(again.quota == 1.5);
	assert_string_equal(again.source, t.source);
	assert_memory_equal(again.cpus, t.cpus, 256 * sizeof *t.cpus);
	topology_free(&again);
	topology_unshare();
	for (size_t i = 0; i <= sizeof wrong / sizeof *wrong; i++) {
		if (i < sizeof wrong / sizeof *wrong)
			setenv("PARSCALE_TOPOLOGY", wrong[i], 1);
		else
			unsetenv("PARSCALE_TOPOLOGY");
		assert_int_equal(topology_read(&again, "", &e), 0);
		assert_int_equal(again.count, real.count);
		topology_free(&again);
	}
	topology_free(&t);
	topology_free(&real);
}

/* Binding takes place, is seen, and is undone; the fallback sees the same machine as hwloc. */
static void test_this_machine(void **state)
{
	(void)state;
#ifdef PARSCALE_WITHOUT_AFFINITY
	skip(); /* nothing binds */
#endif
	struct topology t, plain;
	struct place p;
	struct err e = {0};
	cpu_set_t before, after;
	assert_int_equal(topology_read(&t, "", &e), 0);
	assert_int_equal(topology_read(&plain, "/", &e), 0);
	assert_int_equal(place_open(&p, "compact", &t, &e), 0);
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	assert_int_equal(CPU_COUNT(&before), topology_usable(&t));
	for (unsigned w = 0; w < (unsigned)p.count; w++) {
		assert_int_equal(place_bind(place_cpu(&p, w), &e), 0);
		assert_int_equal(place_current(), place_cpu(&p, w));
	}
	place_restore(&p);
	assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_int_equal(place_bind(-1, &e), 0);
	assert_int_equal(place_bind(CPULIST_LIMIT - 1, &e), -1);
	assert_int_equal(e.status, ERR_FAILED);
	assert_int_equal(t.count, plain.count);
	for (int i = 0; i < t.count; i++)
		assert_memory_equal(&t.cpus[i], &plain.cpus[i], sizeof t.cpus[i]);
	place_close(&p);
	topology_free(&t);
	topology_free(&plain);
}

/* In a guest whose system tells no caches: the CPU or the C library does, and what they say is what the system says
 * elsewhere, of some CPU at least. */
static void test_caches_without_files(void **state)
{
	struct topology t, bare;
	struct err e = {0};
	(void)state;
	assert_int_equal(topology_read(&t, "", &e), 0);
	assert_int_equal(topology_read(&bare, "", &e), 0);
	for (int i = 0; i < bare.count; i++)
		for (int level = 0; level < CACHE_LEVELS; level++)
			bare.cpus[i].cache[level] = (struct cpu_cache){.domain = -1};
	topology_fill_caches(&bare, "", true);
	print_message("%s: L1 %llu, L2 %llu, L3 %llu bytes\n", bare.cache_source[0],
		(unsigned long long)bare.cpus[0].cache[0].bytes,
		(unsigned long long)bare.cpus[0].cache[1].bytes,
		(unsigned long long)bare.cpus[0].cache[2].bytes);
	if (!bare.cpus[0].cache[0].bytes)
		skip(); /* nothing tells here */
	assert_true(bare.cache_source[0][0] != '\0');
	for (int level = 0; level < 2; level++)
		for (int i = 0; i < t.count; i++) {
			bool same = t.cpus[i].cache[level].bytes == 0 || bare.cpus[i].cache[level].bytes == 0;
			for (int j = 0; j < t.count && !same; j++)
				same = t.cpus[j].cache[level].bytes == bare.cpus[i].cache[level].bytes;
			assert_true(same);
			assert_true(bare.cpus[i].cache[level].bytes == 0 ||
				    bare.cpus[i].cache[level].domain >= 0);
		}
	/* what is there stays */
	char before[sizeof t.cache_source];
	memcpy(before, bare.cache_source, sizeof before);
	topology_fill_caches(&bare, "", true);
	assert_memory_equal(bare.cache_source, before, sizeof before);
	topology_free(&t);
	topology_free(&bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_mask_with_holes),
		cmocka_unit_test(test_hybrid),
		cmocka_unit_test(test_one_cpu),
		cmocka_unit_test(test_bad_policies),
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_worker_counts),
		cmocka_unit_test(test_caches),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_caches_without_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
