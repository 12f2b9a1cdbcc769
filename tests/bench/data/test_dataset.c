/* SPDX-License-Identifier: MIT */
/* test_dataset.c - what delivers the bytes of a problem, by the caches of the manifest. */
#include "base/units.h"
#include "bench/data/dataset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KIB 1024.0
#define MIB (1024 * KIB)

static void check(const struct dataset *d, double bytes, uint64_t workers, const char *level)
{
	char text[UNITS_BYTES];
	assert_string_equal(dataset_level(d, bytes, workers, text), level);
}

/* Two packages of four cores, each with an L3 of 32 MiB. */
static void levels_hold_shares(void **state)
{
	struct dataset d = {
		.manifest = json_pack("{s:{s:[{s:i,s:i,s:i},{s:i,s:i,s:i},{s:i,s:i,s:i}]}}", "machine",
			"caches", "level", 1, "bytes", 32 << 10, "count", 8, "level", 2, "bytes", 1 << 20,
			"count", 8, "level", 3, "bytes", 32 << 20, "count", 2)};
	(void)state;
	assert_non_null(d.manifest);
	check(&d, 32 * KIB, 1, "L1");
	check(&d, 33 * KIB, 1, "L2");
	check(&d, 128 * KIB, 4, "L1");
	check(&d, 8 * MIB, 8, "L2");
	check(&d, 32 * MIB, 1, "L3");
	check(&d, 48 * MIB, 1, "48.0 MiB"); /* partly in the last cache */
	check(&d, 64 * MIB, 1, "memory");
	check(&d, 64 * MIB, 8, "L3"); /* of both packages */
	check(&d, 127 * MIB, 8, "127 MiB");
	check(&d, 128 * MIB, 8, "memory");
	json_decref(d.manifest);
}

/* Eight cores, each four of which share an L2 of 2 MiB; no L3. */
static void levels_that_cores_share_hold_one(void **state)
{
	struct dataset d = {
		.manifest = json_pack("{s:{s:[{s:i,s:i,s:i},{s:i,s:i,s:i}]}}", "machine", "caches", "level",
			1, "bytes", 64 << 10, "count", 8, "level", 2, "bytes", 2 << 20, "count", 2)};
	(void)state;
	assert_non_null(d.manifest);
	check(&d, 512 * KIB, 8, "L1");
	check(&d, 4 * MIB, 8, "L2");
	check(&d, 2 * MIB, 1, "L2");
	check(&d, 16 * MIB, 8, "memory");
	json_decref(d.manifest);
}

static void without_caches_all_is_memory(void **state)
{
	struct dataset d = {.manifest = json_object()};
	(void)state;
	check(&d, 1 * KIB, 2, "memory");
	json_decref(d.manifest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_hold_shares),
		cmocka_unit_test(levels_that_cores_share_hold_one),
		cmocka_unit_test(without_caches_all_is_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
