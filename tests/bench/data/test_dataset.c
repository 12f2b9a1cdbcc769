/* SPDX-License-Identifier: MIT */
/* test_dataset.c - what delivers the bytes of a problem, by the caches of the manifest; which cells
 * stand beside each other. */
#include "base/units.h"
#include "bench/data/dataset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KIB 1024.0
#define MIB (1024 * KIB)

/* What delivers so many bytes to so many workers. */
struct delivery {
	double bytes;
	uint64_t workers;
	const char *level; /* NULL: the end of a list */
};

static void check(const char *manifest, const struct delivery *of)
{
	struct dataset d = {.manifest = json_loads(manifest, 0, NULL)};
	assert_non_null(d.manifest);
	for (; of->level; of++) {
		char text[UNITS_BYTES];
		assert_string_equal(dataset_level(&d, of->bytes, of->workers, text), of->level);
	}
	json_decref(d.manifest);
}

/* Two packages of four cores, each with an L3 of 32 MiB. */
static void levels_hold_shares(void **state)
{
	static const struct delivery deliveries[] = {{32 * KIB, 1, "L1"}, {33 * KIB, 1, "L2"},
		{128 * KIB, 4, "L1"}, {8 * MIB, 8, "L2"}, {32 * MIB, 1, "L3"},
		{48 * MIB, 1, "48.0 MiB"},                    /* partly in the last cache */
		{64 * MIB, 1, "memory"}, {64 * MIB, 8, "L3"}, /* of both packages */
		{127 * MIB, 8, "127 MiB"}, {128 * MIB, 8, "memory"}, {0, 0, NULL}};
	(void)state;
	check("{\"machine\": {\"caches\": [{\"level\": 1, \"bytes\": 32768, \"count\": 8},"
	      "{\"level\": 2, \"bytes\": 1048576, \"count\": 8}, {\"level\": 3, \"bytes\": 33554432, \"count\": 2}]}}",
		deliveries);
}

/* Eight cores, each four of which share an L2 of 2 MiB; no L3. */
static void levels_that_cores_share_hold_one(void **state)
{
	static const struct delivery deliveries[] = {{512 * KIB, 8, "L1"}, {4 * MIB, 8, "L2"},
		{2 * MIB, 1, "L2"}, {16 * MIB, 8, "memory"}, {0, 0, NULL}};
	(void)state;
	check("{\"machine\": {\"caches\": [{\"level\": 1, \"bytes\": 65536, \"count\": 8},"
	      "{\"level\": 2, \"bytes\": 2097152, \"count\": 2}]}}",
		deliveries);
}

static void without_caches_all_is_memory(void **state)
{
	static const struct delivery deliveries[] = {{1 * KIB, 2, "memory"}, {0, 0, NULL}};
	(void)state;
	check("{}", deliveries);
}

static struct factors cell_of(const char *backend, const char *meter, uint64_t workers, uint64_t threads)
{
	struct factors f = {.workers = {workers, true}, .size = {1000, true}, .items = {1000, true}};
	snprintf(f.kernel, sizeof f.kernel, "noop");
	snprintf(f.scaling, sizeof f.scaling, "strong");
	snprintf(f.backend, sizeof f.backend, "%s", backend);
	snprintf(f.meter, sizeof f.meter, "%s", meter);
	f.threads_per_rank = (struct uint_field){threads, threads > 0};
	return f;
}

/* Ranks know one meter; of the others each meter makes cells of its own. */
static void ranks_stand_beside_others(void **state)
{
	static const char *const free[] = {"backend", NULL};
	const struct factors threads = cell_of("openmp", "gbench", 2, 0),
			     ranks = cell_of("mpi", "native", 2, 0), fork = cell_of("fork", "native", 2, 0);
	(void)state;
	assert_true(cells_match(&threads, &ranks, free));
	assert_true(cells_match(&ranks, &fork, free));
	assert_false(cells_match(&threads, &fork, free));
}

/* A cell of ranks with threads has no like among the other back ends: it leads only where there is no other. */
static void cells_that_all_may_have_lead(void **state)
{
	struct dataset d = {.manifest = json_object()};
	struct err e = {0};
	(void)state;
	table_init(&d.summary, summary_columns, sizeof(struct summary));
	for (int i = 0; i < 2; i++) {
		struct summary *s = table_add(&d.summary, NULL, &e);
		assert_non_null(s);
		s->cell = cell_of("mpi", "native", 4, i == 0 ? 2 : 0);
		s->samples = (struct uint_field){7, true};
		s->median_seconds = 1 + i;
		assert_ptr_equal(dataset_focus(&d, "noop"), dataset_row(&d, (size_t)i));
	}
	table_free(&d.summary);
	json_decref(d.manifest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_hold_shares),
		cmocka_unit_test(levels_that_cores_share_hold_one),
		cmocka_unit_test(without_caches_all_is_memory),
		cmocka_unit_test(ranks_stand_beside_others),
		cmocka_unit_test(cells_that_all_may_have_lead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
