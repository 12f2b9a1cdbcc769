/* SPDX-License-Identifier: MIT */
/* test_schema.c - former names lead to names of today, and only known schemas pass. */
#include "bench/data/schema.h"

#include "bench/data/columns.h"
#include "bench/data/folder.h"
#include "bench/data/row_json.h"
#include "bench/machine/json_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static bool is_column(const char *name)
{
	static const struct column *const files[] = {
		sample_columns, summary_columns, model_columns, worker_columns, comparison_columns};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		for (const struct column *c = files[i]; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return true;
	return false;
}

static void former_columns_have_a_name_today(void **state)
{
	(void)state;
	static const struct {
		const char *old, *now;
	} former[] = {
#define FORMER_COLUMN(old, now) {old, now},
#include "bench/data/former.def"
	};
	for (size_t i = 0; i < sizeof former / sizeof *former; i++) {
		assert_string_equal(schema_column(former[i].old), former[i].now);
		assert_false(is_column(former[i].old));
		assert_true(is_column(former[i].now));
	}
	assert_null(schema_column("kernel"));
	assert_null(schema_column(""));
}

static void labels_differ_by_more_than_former_names(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} labels[] = {
		{"sieve/scalar/pthread/spawn/dynamic/2w/none", "sieve/scalar/pthread/spawn/dynamic/2w/none",
			true},
		{"sieve/2w/one-at-a-time=yes/1000", "sieve/2w/global-lock=yes/1000", true},
		{"sieve/count=2/1000", "sieve/tuplet=2/1000", true},
		{"sieve/tuplet=2/1000", "sieve/count=2/1000", true},
		{"sieve/count=2/1000", "sieve/tuplet=3/1000", false},
		{"sieve/count=2/1000", "sieve/tuplet=2", false},
		{"sieve/count=2/1000", "sieve/tuplet=2/10000", false},
		{"sieve/count/1000", "sieve/tuplet/1000", false},
		{"sieve/counts=2", "sieve/tuplets=2", false},
		{"", "", true},
		{"", "/", false},
		{"/", "=", false},
	};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (schema_same_label(labels[i].a, labels[i].b) != labels[i].same)
			fail_msg("'%s' and '%s'", labels[i].a, labels[i].b);
}

static void only_known_schemas_pass(void **state)
{
	(void)state;
	static const struct {
		const char *manifest, *why; /* NULL: passes */
	} manifests[] = {
		{"{}", NULL},
		{"{\"schema\": 1}", NULL},
		{"{\"schema\": 2}", NULL},
		{"{\"schema\": 3}", "x: results of schema 3; this parscale reads schema 1 to 2"},
		{"{\"schema\": 0}", "x: results of schema 0; this parscale reads schema 1 to 2"},
		{"{\"schema\": -1}", "schema -1;"},
		{"{\"schema\": 2.0}", "schema 2.0;"},
		{"{\"schema\": null}", "schema null;"},
		{"{\"schema\": \"2\\n\"}", "schema \"2\\n\";"},
		{"{\"schema\": 4294967297}", "schema 4294967297;"},
	};
	for (size_t i = 0; i < sizeof manifests / sizeof *manifests; i++) {
		struct err e = {0};
		json_t *manifest = json_loads(manifests[i].manifest, 0, NULL);
		assert_non_null(manifest);
		assert_int_equal(schema_check(manifest, "x", &e), manifests[i].why ? -1 : 0);
		assert_int_equal(e.status, manifests[i].why ? ERR_USAGE : ERR_NONE);
		if (manifests[i].why && !strstr(e.text, manifests[i].why))
			fail_msg("%s: '%s'", manifests[i].manifest, e.text);
		json_decref(manifest);
	}
}

#ifndef __SANITIZE_ADDRESS__
/* As where memory is short: whatever jansson could not make is missing from its object, so that none is written or read. The
 * last test, as it stays so. */
static void an_object_that_lacks_something_is_not_written(void **state)
{
	(void)state;
	struct err e = {0};
	json_malloc_t take;
	json_free_t release;
	FILE *to = tmpfile();
	char dir[] = "/tmp/schema.XXXXXX", path[64];
	assert_non_null(to);
	json_memory_watch();
	assert_int_equal(json_print(to, json_object(), &e), 0);
	json_get_alloc_funcs(&take, &release);
	for (size_t bytes = SIZE_MAX / 4; !json_memory_lost() && bytes < SIZE_MAX / 2; bytes *= 2)
		release(take(bytes));
	assert_true(json_memory_lost());
	assert_int_equal(json_print(to, json_object(), &e), -1);
	assert_int_equal(e.cause, CAUSE_MEMORY);
	fclose(to);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/manifest.json", dir);
	to = fopen(path, "w");
	fputs("{", to);
	fclose(to);
	e = (struct err){0};
	assert_null(folder_manifest(dir, &e));
	assert_int_equal(e.cause, CAUSE_MEMORY);
	assert_non_null(strstr(e.text, "manifest.json: out of memory"));
	unlink(path);
	rmdir(dir);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(former_columns_have_a_name_today),
		cmocka_unit_test(labels_differ_by_more_than_former_names),
		cmocka_unit_test(only_known_schemas_pass),
#ifndef __SANITIZE_ADDRESS__ /* which ends a program that asks for so much */
		cmocka_unit_test(an_object_that_lacks_something_is_not_written),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
