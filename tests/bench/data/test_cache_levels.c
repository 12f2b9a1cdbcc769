/* SPDX-License-Identifier: MIT */
/* test_cache_levels.c - told caches get the knees that are theirs, and plans take the measured size where they differ. */
#include "bench/data/cache_levels.h"

#include "base/units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)

enum { CPUS = 4 };

/* A machine with these caches, 0 for none; the last level is shared by all CPUs. */
static void make_topology(struct topology *t, struct cpu cpus[CPUS], uint64_t l1, uint64_t l2, uint64_t l3)
{
	*t = (struct topology){.cpus = cpus,
		.count = CPUS,
		.quota = (double)NAN,
		.source = "a test",
		.cache_source = {"sysfs", "CPUID", "C library"}};
	for (int i = 0; i < CPUS; i++)
		cpus[i] = (struct cpu){.id = i,
			.core = i,
			.usable = true,
			.cache = {{l1 ? i : -1, 64, l1}, {l2 ? i : -1, 64, l2}, {l3 ? 0 : -1, 64, l3}}};
}

static void tell(struct cache_levels *c, const struct topology *t)
{
	struct place p;
	struct err e = {0};
	assert_int_equal(place_open(&p, "smt-last", t, &e), 0);
	cache_levels_told(c, &p, t, "not yet");
	place_close(&p);
	c->reached_bytes = 0x1p30;
}

/* Knees at these sizes, a tenth either side. */
static struct knees knees_at(size_t count, const uint64_t *bytes)
{
	struct knees k = {.count = count};
	for (size_t i = 0; i < count; i++) {
		k.bytes[i] = (double)bytes[i];
		k.range[i] = (struct interval){0.9 * k.bytes[i], 1.1 * k.bytes[i]};
		k.ns[i] = 1 + (double)i;
	}
	k.ns[count] = 100;
	return k;
}

static void match(struct cache_levels *c, size_t count, const uint64_t *alone, const uint64_t *all)
{
	const struct knees a = knees_at(count, alone), b = knees_at(count, all);
	cache_levels_match(c, &a, &b);
}

static void what_agrees_stays(void **state)
{
	static const uint64_t alone[] = {32 * KIB, 1 * MIB, 30 * MIB}, all[] = {32 * KIB, 1 * MIB, 8 * MIB};
	struct topology t;
	struct cpu cpus[CPUS];
	struct cache_levels c;
	(void)state;
	make_topology(&t, cpus, 32 * KIB, 1 * MIB, 32 * MIB);
	tell(&c, &t);
	assert_int_equal(c.level[2].verdict, CACHE_UNMEASURED);
	assert_int_equal(c.level[2].told_share, 8 * MIB);
	match(&c, 3, alone, all);
	for (size_t i = 0; i < CACHE_LEVELS; i++) {
		assert_int_equal(c.level[i].verdict, CACHE_SAME);
		assert_int_equal(cache_level_used(&c.level[i]), c.level[i].told_bytes);
	}
	assert_true(c.level[2].share == (double)(8 * MIB) && c.memory_ns == 100);
	cache_levels_apply(&c, &t);
	assert_int_equal(cpus[3].cache[2].bytes, 32 * MIB);
}

/* A guest is told its host's last cache. */
static void a_host_s_cache_is_measured(void **state)
{
	static const uint64_t alone[] = {48 * KIB, 1 * MIB, 24 * MIB}, all[] = {48 * KIB, 1 * MIB, 6 * MIB};
	struct topology t;
	struct cpu cpus[CPUS];
	struct cache_levels c;
	char text[CACHE_TEXT];
	(void)state;
	make_topology(&t, cpus, 48 * KIB, 1 * MIB, 508 * MIB);
	tell(&c, &t);
	match(&c, 3, alone, all);
	assert_int_equal(c.level[1].verdict, CACHE_SAME);
	assert_int_equal(c.level[2].verdict, CACHE_DIFFERS);
	assert_int_equal(cache_level_used(&c.level[2]), 24 * MIB);
	assert_non_null(strstr(cache_level_text(&c.level[2], text), "takes the measured"));
	cache_levels_apply(&c, &t);
	for (int i = 0; i < CPUS; i++)
		assert_int_equal(cpus[i].cache[2].bytes, 24 * MIB);
	assert_int_equal(cpus[0].cache[1].bytes, 1 * MIB);
}

static void nothing_told(void **state)
{
	static const uint64_t alone[] = {32 * KIB, 512 * KIB, 16 * MIB},
			      all[] = {32 * KIB, 512 * KIB, 4 * MIB};
	struct topology t;
	struct cpu cpus[CPUS];
	struct cache_levels c;
	(void)state;
	make_topology(&t, cpus, 0, 0, 0);
	tell(&c, &t);
	assert_int_equal(c.level[0].verdict, CACHE_NONE);
	match(&c, 3, alone, all);
	for (size_t i = 0; i < CACHE_LEVELS; i++)
		assert_int_equal(c.level[i].verdict, CACHE_UNTOLD);
	cache_levels_apply(&c, &t);
	assert_int_equal(cpus[1].cache[0].bytes, 32 * KIB);
	assert_int_equal(cpus[1].cache[0].domain, 1);
	assert_int_equal(cpus[1].cache[2].bytes, 16 * MIB);
	assert_int_equal(cpus[1].cache[2].domain, 0); /* the workers had a quarter each: one for all */
}

/* A level whose knee is hidden stays as told; one that lies beyond what was measured does too. */
static void unseen_and_unreached(void **state)
{
	static const uint64_t sizes[] = {32 * KIB, 30 * MIB};
	struct topology t;
	struct cpu cpus[CPUS];
	struct cache_levels c;
	(void)state;
	make_topology(&t, cpus, 32 * KIB, 1 * MIB, 32 * MIB);
	tell(&c, &t);
	match(&c, 2, sizes, sizes);
	assert_int_equal(c.level[0].verdict, CACHE_SAME);
	assert_int_equal(c.level[1].verdict, CACHE_UNSEEN);
	assert_int_equal(c.level[2].verdict, CACHE_SAME);
	assert_int_equal(cache_level_used(&c.level[1]), 1 * MIB);
	tell(&c, &t);
	c.reached_bytes = 0x1p24;
	match(&c, 1, sizes, sizes);
	assert_int_equal(c.level[2].verdict, CACHE_UNMEASURED);
	assert_int_equal(cache_level_used(&c.level[2]), 32 * MIB);
}

/* Four knees on a machine that tells of three levels: the one that none is near has no level. */
static void one_knee_too_many(void **state)
{
	static const uint64_t sizes[] = {32 * KIB, 512 * KIB, 8 * MIB, 128 * MIB};
	struct topology t;
	struct cpu cpus[CPUS];
	struct cache_levels c;
	(void)state;
	make_topology(&t, cpus, 32 * KIB, 512 * KIB, 8 * MIB);
	tell(&c, &t);
	match(&c, 4, sizes, sizes);
	for (size_t i = 0; i < CACHE_LEVELS; i++)
		assert_int_equal(c.level[i].verdict, CACHE_SAME);
}

static void add_row(
	struct table *rows, const char *team, const char *setting, const char *unit, double median)
{
	struct err e = {0};
	struct probe_row *r = table_add(rows, NULL, &e);
	assert_non_null(r);
	strcpy(r->of.probe, "cache");
	strcpy(r->of.mechanism, team);
	strcpy(r->of.setting, setting);
	strcpy(r->of.unit, unit);
	strcpy(r->status, "ok");
	r->median = median;
}

/* Rows of a machine with an L1 of 32 KiB and an L3 of 2 MiB, a quarter of it for each when all work; latencies rise
 * beyond `reach` bytes already, of which translations are at hand. */
static void make_rows(struct table *rows, double reach)
{
	table_init(rows, probe_columns, sizeof(struct probe_row));
	for (unsigned kib = 4; kib <= 8192; kib *= 2)
		for (unsigned part = 4; part < 8; part++)
			for (size_t team = 0; team < 2; team++) {
				char setting[32];
				const double size = (double)kib * part / 4, last = team ? 512 : 2048;
				snprintf(setting, sizeof setting, "%g KiB", size);
				add_row(rows, cache_teams[team], setting, "ns",
					size <= 32                         ? 1
					: size <= fmin(last, reach / 1024) ? 12
									   : 90);
				add_row(rows, cache_teams[team], setting, "B/s",
					size <= 16     ? 30e9
					: size <= last ? 50e9
						       : 10e9);
			}
}

/* What the system tells of such a machine, and the rows; then what they say. */
static void prepare(struct cache_levels *c, struct table *rows, double reach)
{
	struct topology t;
	struct cpu cpus[CPUS];
	make_topology(&t, cpus, 32 * KIB, 0, 2 * MIB);
	tell(c, &t);
	c->reached_bytes = 0;
	make_rows(rows, reach);
}

static void measure(struct cache_levels *c, struct table *rows)
{
	struct err e = {0};
	assert_int_equal(cache_levels_measure(c, rows, &e), 0);
	table_free(rows);
}

static void translation_is_not_taken_for_a_cache(void **state)
{
	struct cache_levels c;
	struct table rows;
	(void)state;
	prepare(&c, &rows, 300 * 1024);
	measure(&c, &rows);
	assert_int_equal(c.level[2].verdict, CACHE_SAME);
	assert_true(c.level[2].share > 400e3 && c.level[2].share < 700e3);
}

static void rows_give_levels(void **state)
{
	struct cache_levels c, again;
	struct table rows;
	char text[CACHE_TEXT];
	(void)state;
	prepare(&c, &rows, INFINITY);
	measure(&c, &rows);
	assert_true(c.measured && c.level[0].verdict == CACHE_SAME && c.level[2].verdict == CACHE_SAME);
	assert_true(c.level[2].share > 400e3 && c.level[2].share < 700e3);
	assert_true(fabs(c.memory_ns - 90) < 1);
	assert_true(c.level_off_bytes >= 4e6 && c.level_off_bytes <= 5e6); /* beyond twice the last cache */
	assert_true(c.level_off_share >= 1e6 && c.level_off_share <= 1.4e6);
	assert_string_equal(cache_memory_text(&c, text),
		"read at a steady rate from 4.00 MiB, 1.00 MiB each when all work");
	assert_int_equal(c.level[1].verdict, CACHE_NONE);

	json_t *object = cache_levels_json(&c);
	assert_true(cache_levels_parse(&again, object));
	assert_true(again.level[2].verdict == CACHE_SAME && again.level[2].bytes == c.level[2].bytes);
	assert_true(again.measured && again.workers == c.workers && again.memory_ns == c.memory_ns);
	assert_int_equal(cache_level_used(&again.level[2]), 2 * MIB);
	assert_true(again.level_off_bytes == c.level_off_bytes && again.level_off_share == c.level_off_share);
	json_object_set_new(json_array_get(json_object_get(object, "levels"), 0), "level", json_integer(9));
	assert_false(cache_levels_parse(&again, object));
	json_decref(object);
	assert_false(cache_levels_parse(&again, NULL));
}

/* Where the largest sizes are still read slower than those of half as many bytes, memory was not reached. */
static void memory_is_not_seen_where_rates_still_fall(void **state)
{
	struct cache_levels c;
	struct table rows;
	char text[CACHE_TEXT];
	(void)state;
	prepare(&c, &rows, INFINITY);
	for (size_t i = 0; i < rows.count; i++) {
		struct probe_row *r = table_row(&rows, i);
		const double size = units_bytes_read(r->of.setting);
		if (strcmp(r->of.unit, "B/s") == 0 && strcmp(r->of.mechanism, cache_teams[0]) == 0 &&
			size > 6e6)
			r->median = 6e16 / size;
	}
	measure(&c, &rows);
	assert_true(isnan(c.level_off_bytes) && c.level_off_share <= 1.4e6);
	assert_string_equal(cache_memory_text(&c, text),
		"no steady rate of reading up to 14.0 MiB, 1.00 MiB each when all work");
}

static void sizes_are_read_back(void **state)
{
	(void)state;
	assert_true(units_bytes_read("4.5 KiB") == 4608 && units_bytes_read("64 B") == 64);
	assert_true(units_bytes_read("1.25 GiB") == 1.25 * 0x1p30);
	assert_true(
		units_bytes_read("two") == 0 && units_bytes_read("3 KB") == 0 && units_bytes_read("") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_agrees_stays),
		cmocka_unit_test(a_host_s_cache_is_measured),
		cmocka_unit_test(nothing_told),
		cmocka_unit_test(unseen_and_unreached),
		cmocka_unit_test(one_knee_too_many),
		cmocka_unit_test(rows_give_levels),
		cmocka_unit_test(translation_is_not_taken_for_a_cache),
		cmocka_unit_test(memory_is_not_seen_where_rates_still_fall),
		cmocka_unit_test(sizes_are_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
