/* SPDX-License-Identifier: MIT */
/* What this program says of its build, and a build in a line. */
#include "bench/machine/build.h"
#include "bench/machine/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include <cmocka.h>

static void test_build(void **state)
{
	(void)state;
	char version[64];
	const char *root = getenv("PARSCALE_ROOT");
	assert_true(tree_text(root ? root : ".", version, sizeof version, "VERSION"));
	assert_string_equal(build_version, version);
	json_t *object = build_json();
	assert_string_equal(json_string_value(json_object_get(object, "version")), build_version);
	for (const struct build_fact *f = build_facts(); f->name; f++) {
		assert_non_null(json_object_get(object, f->name));
		assert_true((f->value == NULL) == (f->missing != NULL));
	}
	json_decref(object);
}

static void test_a_build_in_a_line(void **state)
{
	static const struct {
		const char *build, *text;
	} lines[] = {
		{"{\"version\": \"0.9.0\", \"commit\": \"1a2b\", \"compiler\": \"gcc 12\", \"flags\": \"-O3\"}",
			"0.9.0 (1a2b, gcc 12, -O3)"},
		{"{\"version\": \"0.9.0\", \"commit\": null, \"compiler\": \"gcc (Debian) 12\"}",
			"0.9.0 (gcc (Debian) 12)"},
		{"{\"version\": \"0.9.0\"}", "0.9.0"}, {"{}", "unknown version"}, {"[]", ""}};
	char text[BUILD_TEXT];
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		json_t *build = json_loads(lines[i].build, 0, NULL);
		assert_non_null(build);
		assert_string_equal(build_text(build, text), lines[i].text);
		json_decref(build);
	}
	assert_string_equal(build_text(NULL, text), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_a_build_in_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
